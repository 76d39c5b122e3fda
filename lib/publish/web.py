"""What only pages need: the policy that lets nothing but their own style and script run, and pages beside the report."""

import hashlib
import re
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from lib.edition.card import Card
from lib.edition.store import put

TEMPLATES = Path(__file__).parent / "templates"


@cache
def template(kind: str, name: str) -> Any:
    """A page template of `templates/<kind>`, which knows no names but those it is given; compiled once."""
    import jinja2

    loader = jinja2.FileSystemLoader(TEMPLATES / kind)
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["titled"] = titled
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "indent": 1}
    return environment.get_template(name)


def titled(card: Card) -> str:
    """A report's title as it is told among others: with the unit's name."""
    return card.title if card.unit_name in card.title else card.unit_name + card.title


def beside(card: Card) -> dict[str, tuple[str, str]]:
    """Downloads by file name, in order: their label, and the name that tells a reader what was kept (蒸湘区总工会2020年度….pdf)."""
    from lib.publish.release import forms  # this page among them

    whole = re.sub(r'[\\/:*?"<>|\s]', "", titled(card))
    labels = {name: form.label for name, form in forms().items()}
    labels |= {"metrics.csv": "指标（CSV）", "metrics.xlsx": "指标（XLSX）", "report.ipynb": "笔记本"}
    stems = {name: "" if name.startswith("report.") else f"_{label.split('（')[0]}" for name, label in labels.items()}
    return {name: (label, f"{whole}{stems[name]}{Path(name).suffix}") for name, label in labels.items()}


def page(kind: str, name: str = "index.html.j2", /, **given: Any) -> str:
    """A page of `templates/<kind>`, in the report's style and its own; its policy admits these and its script, by their hashes."""
    styles = (TEMPLATES / folder / "index.css" for folder in dict.fromkeys(("report", kind)))
    for part, paths in (("style", styles), ("script", (TEMPLATES / kind).glob("index.js"))):
        text = "".join(path.read_text("utf-8") for path in paths)
        digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        given |= {part: Markup(text), f"{part}_hash": Markup(f"'sha256-{digest}'")}
    return str(template(kind, name).render(given))


def write_page(kind: str, target: Path, **given: Any) -> None:
    """Write a page and put it into place in one step."""
    put(target, page(kind, "feed.xml.j2" if target.suffix == ".xml" else "index.html.j2", **given).encode())
