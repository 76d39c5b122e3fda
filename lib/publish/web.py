"""What only pages need: the policy that lets nothing but their own style and script run, and pages beside the report."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"


def secured(**texts: str) -> dict[str, Markup]:
    """Style and script for a page, each with the hash by which its Content-Security-Policy admits it, and nothing else."""
    found: dict[str, Markup] = {}
    for kind, text in texts.items():
        digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        found |= {kind: Markup(text), f"{kind}_hash": Markup(f"'sha256-{digest}'")}
    return found


@cache
def template(kind: str, /, **filters: Callable[[Any], Any]) -> Any:
    """The page template of `templates/<kind>`, which knows no names but those it is given; compiled once."""
    import jinja2

    loader = jinja2.FileSystemLoader(TEMPLATES / kind)
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters |= filters
    return environment.get_template("index.html.j2")


def write_page(kind: str, target: Path, **given: Any) -> None:
    """Write a page of `templates/<kind>`, in the report's style and its own, and put it into place in one step."""
    style = "".join((TEMPLATES / path).read_text("utf-8") for path in ("report/report.css", f"{kind}/index.css"))
    page = template(kind).render(**given, **secured(style=style))
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}")
    aside.write_text(page, "utf-8")
    aside.replace(target)
