"""A scorecard as JSON for programs: its facts, every number with its place, and its passports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tallymark.i18n.isolation import bare
from tallymark.scorecards.document import Appendix, Document
from tallymark.scorecards.exports.figures import figures
from tallymark.scorecards.exports.references import RowRefs, numbered, references_as_json


def figures_json(document: Document, rows: Mapping[str, RowRefs] | None = None) -> dict[str, Any]:
    """The scorecard as plain values. `exact` is a decimal as text; texts are in the document's language."""
    cover = document.cover
    written: dict[str, Any] = {
        "company": cover.company,
        "title": cover.title,
        "period": {"label": cover.period, "start": document.period_start, "end": document.period_end},
        "locale": document.locale,
        "currency": document.currency,
        "calendar": document.calendar,
        "created": document.created,
        "findings": [
            {"text": finding.text, "metrics": list(finding.metrics)}
            for finding in (document.summary.headline, *document.summary.findings)
            if finding is not None
        ],
        "figures": [asdict(row) for row in figures(document, rows)],
        "passports": [
            {
                "metric": each.metric,
                "name": each.name,
                "exact": each.value.exact if each.value else None,
                "formula": each.formula,
                "filters": each.filters,
                "inputs": list(each.inputs),
                "rows": each.rows.exact,
                "left_out": [{"reason": out.reason, "rows": out.rows.exact} for out in each.left_out],
                "fresh": each.fresh,
                "reconciliation": each.reconciliation,
                "pack": each.pack,
                "reason": each.reason,
            }
            for section in document.sections
            if isinstance(section, Appendix)
            for each in section.passports
        ],
    }
    if rows:
        names = numbered(rows)
        written["rows"] = {
            names[metric]: {"metric": metric, **refs} for metric, refs in references_as_json(rows).items()
        }
    return _bare(written)


def _bare(value: Any) -> Any:
    """Without direction controls, which are for readers."""
    if isinstance(value, str):
        return bare(value)
    if isinstance(value, dict):
        return {name: _bare(item) for name, item in value.items()}
    return [_bare(item) for item in value] if isinstance(value, list | tuple) else value
