<?xml version="1.0" encoding="utf-8"?>
<!-- A Word file, its parts side by side in one element, as a web page. What word.py has found out of a paragraph stands on it: @kind, the
     tag that it becomes or `nav`, and @marker, its automatic number. Anything without a template is passed through to what it holds. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" exclude-result-prefixes="w m mc"
    xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"
    xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">
  <xsl:output method="html" encoding="utf-8"/>
  <xsl:key name="footnote" match="w:footnote" use="@w:id"/>
  <xsl:key name="endnote" match="w:endnote" use="@w:id"/>
  <xsl:key name="style" match="w:style" use="@w:styleId"/>

  <xsl:template match="/*">
    <html><body>
      <xsl:apply-templates select="w:hdr"/>
      <xsl:apply-templates select="w:document"/>
      <xsl:apply-templates select="w:ftr"/>
      <xsl:for-each select="w:comments/w:comment"><del><xsl:value-of select="."/></del></xsl:for-each>
    </body></html>
  </xsl:template>

  <xsl:template match="w:hdr | w:ftr">
    <p class="nav"><xsl:apply-templates select=".//w:r"/></p>
  </xsl:template>

  <xsl:template match="w:sdt[w:sdtPr/w:docPartObj/w:docPartGallery/@w:val = 'Table of Contents']">
    <div class="nav"><xsl:apply-templates/></div>
  </xsl:template>

  <xsl:template match="w:p">
    <xsl:variable name="tag"><xsl:choose>
      <xsl:when test="@kind = 'nav' or ancestor::w:tc">p</xsl:when>
      <xsl:otherwise><xsl:value-of select="@kind"/></xsl:otherwise>
    </xsl:choose></xsl:variable>
    <xsl:element name="{$tag}">
      <xsl:if test="@kind = 'nav'"><xsl:attribute name="class">nav</xsl:attribute></xsl:if>
      <xsl:if test="@marker != ''"><span class="marker"><xsl:value-of select="@marker"/></span></xsl:if>
      <xsl:apply-templates/>
    </xsl:element>
    <xsl:variable name="here" select="generate-id()"/>
    <xsl:apply-templates select=".//w:txbxContent[not(ancestor::mc:Fallback)][generate-id(ancestor::w:p[1]) = $here]/*"/>
    <xsl:if test="not(ancestor::w:tbl or ancestor::w:txbxContent)"><xsl:call-template name="notes"/></xsl:if>
  </xsl:template>

  <!-- tables: a cell that goes on with the one above is `covered` -->
  <xsl:template match="w:tbl">
    <table><xsl:apply-templates/></table>
    <xsl:if test="not(ancestor::w:tbl)"><xsl:call-template name="notes"/></xsl:if>
  </xsl:template>
  <xsl:template match="w:tr">
    <tr>
      <xsl:apply-templates select="w:trPr/w:gridBefore"/>
      <xsl:apply-templates/>
      <xsl:apply-templates select="w:trPr/w:gridAfter"/>
    </tr>
  </xsl:template>
  <xsl:template match="w:gridBefore[@w:val > 0] | w:gridAfter[@w:val > 0]"><td colspan="{@w:val}"/></xsl:template>
  <xsl:template match="w:tc">
    <td>
      <xsl:if test="w:tcPr/w:gridSpan"><xsl:attribute name="colspan"><xsl:value-of select="w:tcPr/w:gridSpan/@w:val"/></xsl:attribute></xsl:if>
      <xsl:if test="w:tcPr/w:vMerge[not(@w:val = 'restart')]"><xsl:attribute name="class">covered</xsl:attribute></xsl:if>
      <xsl:apply-templates/>
    </td>
  </xsl:template>

  <!-- notes stand behind the paragraph or table that refers to them -->
  <xsl:template name="notes">
    <xsl:apply-templates mode="note" select=".//w:footnoteReference | .//w:endnoteReference"/>
  </xsl:template>
  <xsl:template mode="note" match="*">
    <xsl:variable name="note" select="key(substring-before(local-name(), 'Reference'), @w:id)"/>
    <xsl:if test="$note">
      <li class="footnotes"><xsl:attribute name="value"><xsl:number level="any"/></xsl:attribute>
        <xsl:for-each select="$note//w:p"><p><xsl:apply-templates select=".//w:r"/></p></xsl:for-each>
      </li>
    </xsl:if>
  </xsl:template>

  <!-- text -->
  <xsl:template match="w:r[w:rPr/w:vertAlign/@w:val = 'superscript' or w:rPr/w:position/@w:val > 0
      or key('style', w:rPr/w:rStyle/@w:val)/w:rPr/w:vertAlign/@w:val = 'superscript']"><sup><xsl:apply-templates/></sup></xsl:template>
  <xsl:template match="w:t | m:t"><xsl:value-of select="."/></xsl:template>
  <xsl:template match="m:f"><xsl:apply-templates select="m:num"/>/<xsl:apply-templates select="m:den"/></xsl:template>
  <xsl:template match="w:tab | w:ptab"><xsl:text> </xsl:text></xsl:template>
  <xsl:template match="w:br | w:cr"><br/></xsl:template>
  <xsl:template match="w:noBreakHyphen">-</xsl:template>
  <xsl:template match="w:sym[@w:font = 'Symbol'][@w:char = 'F0B3']">≥</xsl:template>
  <xsl:template match="w:sym[@w:font = 'Symbol'][@w:char = 'F0A3']">≤</xsl:template>
  <xsl:template match="w:sym[@w:font = 'Symbol'][@w:char = 'F0B1']">±</xsl:template>
  <xsl:template match="w:sym[@w:font = 'Symbol'][@w:char = 'F0B4']">×</xsl:template>
  <xsl:template match="w:sym[@w:font = 'Symbol'][@w:char = 'F025']">%</xsl:template>

  <!-- not part of it: properties, what stands there a second time, what asks to be filled in, and the marks of notes; text boxes have been read
       with their paragraph -->
  <xsl:template match="text() | w:pPr | w:rPr | w:tblPr | w:trPr | w:tcPr | w:sdtPr | w:rt | w:txbxContent | mc:Fallback | w:sdt[w:sdtPr/w:showingPlcHdr] | w:r[w:footnoteReference | w:endnoteReference]/w:t"/>
  <!-- what was deleted, struck out or hidden -->
  <xsl:template match="w:del | w:moveFrom | w:tr[w:trPr/w:del] | w:tc[w:tcPr/w:cellDel] | w:r[w:rPr/*[self::w:vanish or self::w:strike or self::w:dstrike][not(@w:val = '0' or @w:val = 'false')]]
      | w:r[key('style', w:rPr/w:rStyle/@w:val)/w:rPr/w:vanish[not(@w:val = '0' or @w:val = 'false')]][not(w:rPr/w:vanish)]"><del><xsl:value-of select="."/></del></xsl:template>
</xsl:stylesheet>
