"""The form of a composition: one line a section, numbered by its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallymark.scorecards.composition import MOST_SECTIONS, Composition, CompositionError
from tallymark.web.localisation import gettext as _
from tallymark_sdk.said import Said

BREAKDOWNS = ("rep", "team", "department", "region", "product", "product_group", "source", "channel")
"""The breakdowns that a ranking or a table is offered by."""
GATES = 3
"""Gates that the form has room for."""


def section_names() -> dict[str, str]:
    """What the kinds of sections are called."""
    return {
        "headline": _("Headline and findings"),
        "tally": _("Count by status"),
        "score": _("Composite score"),
        "tiles": _("KPI tiles"),
        "trend": _("Trend with target"),
        "funnel": _("Pipeline funnel and losses"),
        "losses": _("Why deals were lost"),
        "bridge": _("What moved a KPI"),
        "ranking": _("Ranking"),
        "breakdown": _("Table by members"),
        "cohorts": _("Cohorts"),
        "chart": _("Chart of a metric pack"),
        "actions": _("Agreed actions"),
        "remarks": _("Remarks"),
        "restatements": _("Restated figures"),
        "notes": _("Notes on the data"),
        "appendix": _("How the numbers were made"),
    }


def read(form: Mapping[str, str]) -> Composition:
    """The composition that the fields say; raises CompositionError."""
    sections: list[dict[str, Any]] = []
    for place in range(MOST_SECTIONS):
        if f"kind-{place}" not in form:
            break
        sections.append(_section(form, place))
    gates = [
        {"metric": form[f"gate-metric-{place}"], "cap": form.get(f"gate-cap-{place}", "").strip() or "0"}
        for place in range(GATES)
        if form.get(f"gate-metric-{place}")
    ]
    return Composition.read(
        {
            "sections": sections,
            "paper": form.get("paper", "a4"),
            "orientation": form.get("orientation", "portrait"),
            "score": {"gates": gates},
        }
    )


def _section(form: Mapping[str, str], place: int) -> dict[str, Any]:
    rows = form.get(f"rows-{place}", "").strip() or "0"
    if not rows.isdecimal():
        raise CompositionError(Said("%(rows)s is no number of rows; write a whole number.", rows=rows))
    found: dict[str, Any] = {
        "kind": form[f"kind-{place}"],
        "shown": f"shown-{place}" in form,
        "rows": int(rows),
    }
    for name in ("metric", "by", "chart"):
        found[name] = form.get(f"{name}-{place}", "")
    return found
