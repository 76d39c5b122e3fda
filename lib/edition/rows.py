"""Rows of the tables: their columns, what they say as a quantity, and a quantity as a row."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from lib.numbers.bounds import Bounds
from lib.numbers.quantity import Quantity
from lib.numbers.wording import MISSING

if TYPE_CHECKING:
    import pandas as pd

BOUNDED = ["value", "low", "high", "low_closed", "high_closed", "unit"]
FIGURES = ["indicator", "section", "label", "printed", *BOUNDED, "scope", "status", "locator"]
METRICS = ["metric", "section", "label", *BOUNDED, "shown", "formula", "inputs", "caveat"]
FINDINGS = ["check", "severity", "status", "section", "indicators", "locators", "message"]
TABLES = {"figures": FIGURES, "metrics": METRICS, "findings": FINDINGS}
SEVERITIES = {"error": "差错", "warning": "提醒", "note": "说明"}
STATUSES = {"reported": "照录", "corrected": "更正", "implied": "按所列计数", "missing": "未提供"}
"""How pages name what a finding amounts to, and how a figure came into the table."""


def bounds(row: Mapping[str, Any] | None) -> Bounds | None:
    """The bounds of a row of figures or metrics; None where it is missing."""
    if not row or row["low"] is None:
        return None
    return Bounds(row["low"], row["high"], row["low_closed"], row["high_closed"])


def quantity(row: Mapping[str, Any], rounded: bool = False) -> Quantity:
    """A row of typed figures as a quantity; `rounded` widens by half the last printed place, for checks only."""
    limits = bounds(row)
    if limits and rounded:
        limits = limits.widened(Fraction(row["rounding"]))
    name, scope = row["indicator"], frozenset(row["scope"].split(";"))
    about = {"label": row["label"], "scope": scope, "wording": row["shown"], "inputs": {name: source(row)}}
    return Quantity.figure(name, limits, row["value"], row["unit"], **about, place=row["locator"])


def source(row: Mapping[str, Any]) -> str:
    """A figure as printed and with its place: 参保人数：4025人（来源1(1)）."""
    if row["status"] == "missing":
        return f"{row['label']}：{MISSING}"
    how = {"implied": "，按来源所列计数", "corrected": f"，更正为{row['shown']}"}.get(row["status"], "")
    return f"{row['label']}：{row['printed'] or row['shown']}（来源{row['locator']}{how}）"


def metric(row: Mapping[str, Any], figures: Mapping[str, Quantity]) -> Quantity:
    """A row of metrics as a quantity that other notebooks can use; `figures` are those that it may rest on."""
    rests = {name: figures[name] for name in filter(None, row["inputs"].split(";"))}
    scope = frozenset().union(*(figure.scope for figure in rests.values()))
    inputs = {name: figure.inputs[name] for name, figure in rests.items()}
    return _computed(row, row["metric"], row["label"], row["formula"], inputs, scope=scope)


def quoted(row: Mapping[str, Any], name: str, label: str, edition: str) -> Quantity:
    """A row of another edition's metrics as a quantity that says which edition published it."""
    return _computed(row, name, label, f"{row['formula']}（据{edition}）", {})


def _computed(row: Mapping[str, Any], name: str, label: str, formula: str, inputs: dict, **more: Any) -> Quantity:
    about = {"label": label, "formula": formula, "caveat": row["caveat"], "wording": row["shown"], "inputs": inputs}
    return Quantity.figure(name, bounds(row), row["value"], row["unit"], **about, **more)


def of_metric(quantity: Quantity, section: str) -> dict[str, Any]:
    """A metric of a section as a row of `METRICS`."""
    limits = quantity.bounds
    ends = [None] * 4 if limits is None else [limits.low, limits.high, limits.low_closed, limits.high_closed]
    return {
        "metric": quantity.name,
        "section": section,
        "label": quantity.label,
        "value": quantity.value,
        **dict(zip(("low", "high", "low_closed", "high_closed"), ends, strict=True)),
        "unit": str(quantity.unit),
        "shown": quantity.shown,
        "formula": quantity.formula,
        "inputs": ";".join(quantity.inputs),
        "caveat": quantity.caveat,
    }


def finding(check: str, severity: str, message: str, rows: pd.DataFrame | None = None, status: str = "open") -> dict:
    """One row of findings.csv about these rows of figures."""
    joined = {
        plural: "" if rows is None else ";".join(dict.fromkeys(rows[column]))
        for plural, column in (("section", "section"), ("indicators", "indicator"), ("locators", "locator"))
    }
    return {"check": check, "severity": severity, "status": status, **joined, "message": message}
