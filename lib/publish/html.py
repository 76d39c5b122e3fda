"""The page: an edition, or a single section, as one HTML file that asks the network for nothing; its markup stands in `templates/report`."""

import re
from urllib.parse import quote

from markupsafe import Markup

from lib.cells import plain
from lib.publish.blocks import chapters
from lib.publish.document import Block, Column, Document, Heading, Table, Text, inner_text
from lib.publish.layout import Form, chart_size, day
from lib.publish.web import beside, page

NOISE = re.compile(r'<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>|(?<=<g) id="[^"]*"', re.S)
PATH = re.compile(r'(?<= d=")[^"]*')


def picture(svg: str) -> Markup:
    """An SVG as a data URI of characters that an address may hold, without metadata and idle blanks."""
    slim = re.sub(r"\s{2,}|\n", " ", re.sub(r">\s+<", "><", NOISE.sub("", svg).strip()))
    slim = PATH.sub(lambda path: re.sub(r" ?([A-Za-z]) ?| (?=-)", r"\1", path[0]).strip().replace(" ", ","), slim)
    return Markup("data:image/svg+xml," + quote(slim if "'" in slim else slim.replace('"', "'"), "/:=;,'()*+!?@~$"))


def unlisted(document: Document, references: list[str]) -> tuple[Heading, list[Block]]:
    """数值说明: the rows for numbers that no table of this document explains, as in a single section."""
    columns = [Column(label, label == "结果") for label in ("指标", "结果", "上下限", "计算方法", "所用数据", "说明")]
    rows = []
    for about in map(document.values.__getitem__, references):
        cells = (about["label"], about["shown"], about["bounds"], about["formula"], "；".join(about["sources"]))
        rows.append(tuple((Text(cell),) if cell else () for cell in (*cells, about["caveat"])))
    table = Table("", "其余数值", tuple(columns), tuple(rows), tuple(references), "数值说明表")
    return Heading(1, "", "数值说明", "数值说明", data=True), [table]


class ReportHTML(Form):
    """`jupyter nbconvert --to jixiao-html report.ipynb`."""

    label, place = "网页", 1
    file_extension = ".html"

    def make(self, doc: Document) -> str:
        """The page, chapter by chapter; rows of their own for the references that no annex explains."""
        placed = {name for block in doc.blocks if isinstance(block, Table) for name in block.anchors}
        homeless = sorted(doc.values.keys() - placed)
        parts = [*chapters(doc.blocks), *([unlisted(doc, homeless)] if homeless else [])]
        given = {"document": doc, "parts": parts, "files": beside(doc.card), "size": chart_size}
        return page("report", **given, picture=picture, day=day, inner_text=inner_text, plain=plain, type=type)
