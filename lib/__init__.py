"""From source figures to the 部门整体支出绩效评价报告: figures → quantities → notebooks → metrics → page."""
