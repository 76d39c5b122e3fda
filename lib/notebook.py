"""What a notebook needs, in one import: `from lib.notebook import …` is the first line of its set-up cell."""

# ruff: noqa: F401
from lib.chapter import budgets, charts, headlines, prose, tables, text
from lib.chapter.chapter import metric, open_chapter
from lib.check import figures
from lib.check import findings as checks
from lib.compare import units as peers
from lib.compare import years as trend
from lib.edition.rows import frame
from lib.numbers.quantity import ranked
from lib.score import scorecard as sheets
from lib.score import sheet as scores
from lib.score import targets
