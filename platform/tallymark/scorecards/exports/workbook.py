"""The workbook of a scorecard: its figures, where they come from, and the rows they stand on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from tallymark.i18n import Catalogue, Formatter, catalogue
from tallymark.i18n.catalogue import mark
from tallymark.scorecards.document import Appendix, Document
from tallymark.scorecards.exports.figures import CHANGE, FigureRow, figures
from tallymark.scorecards.exports.references import RowRefs, numbered
from tallymark.scorecards.exports.xlsx import Cell, Sheet, number, workbook_bytes

_SECTIONS: Mapping[str, str] = {
    "summary": mark("Summary"),
    "tiles": mark("Key figures"),
    "score": mark("Score"),
    "trend": mark("Trend"),
    "funnel": mark("Funnel"),
    "bars": mark("Bars"),
    "bridge": mark("Bridge"),
    "ranking": mark("Ranking"),
    "breakdown": mark("Breakdown"),
    "cohorts": mark("Cohorts"),
    "restatements": mark("Restatements"),
    "appendix": mark("Appendix"),
}
_UNITS: Mapping[str, str] = {
    "money": mark("money"),
    "ratio": mark("ratio"),
    "count": mark("count"),
    "rate": mark("rate"),
    "days": mark("days"),
    "hours": mark("hours"),
    "score": mark("score"),
    "index": mark("index"),
}


def workbook(document: Document, rows: Mapping[str, RowRefs] | None = None) -> bytes:
    """The XLSX file; `rows` are the rows of the period's KPIs, by metric. Right to left where the language is."""
    texts = catalogue(document.locale)
    known = rows or {}
    sheets = [_figures(document, known, texts), _passports(document, texts)]
    if known:
        sheets.append(_rows(document, known, texts))
    title = f"{document.cover.title} · {document.cover.period} · {document.cover.company}"
    return workbook_bytes(
        sheets,
        title=title,
        created=datetime.fromisoformat(document.created),
        rtl=texts.direction == "rtl",
    )


def _figures(document: Document, rows: Mapping[str, RowRefs], texts: Catalogue) -> Sheet:
    _ = texts.gettext
    header = (_("Section"), _("Metric"), _("Name"), _("Measure"), _("Member"), _("Period"), _("Exact value"),
              _("Unit"), _("As shown"), _("Reason"), _("Rows"))  # fmt: skip
    return Sheet(
        title=_("Figures"),
        header=header,
        widths=(14, 26, 30, 22, 26, 22, 18, 10, 20, 40, 8),
        rows=(_figure(row, texts, document.currency) for row in figures(document, rows)),
    )


def _figure(row: FigureRow, texts: Catalogue, currency: str) -> tuple[Cell, ...]:
    section, unit = _SECTIONS.get(row.section), _UNITS.get(row.unit)
    return (
        texts.gettext(section) if section else row.section,
        row.metric,
        row.name,
        _measure(row, texts),
        row.member,
        row.period,
        number(row.exact, row.unit) if row.exact else None,
        currency if row.unit == "money" else texts.gettext(unit) if unit else row.unit,
        row.shown,
        row.reason,
        row.reference,
    )


def _measure(row: FigureRow, texts: Catalogue) -> str:
    if row.measure == CHANGE and row.against:
        return texts.gettext("change %(against)s", against=row.against)
    measure = texts.gettext(row.measure) if row.measure else ""
    return f"{measure} · {row.against}" if row.against else measure


def _passports(document: Document, texts: Catalogue) -> Sheet:
    _ = texts.gettext
    header = (_("Metric"), _("Name"), _("Exact value"), _("Formula"), _("Filters"), _("Inputs"), _("Rows used"),
              _("Left out"), _("Data as of"), _("Reconciliation"), _("Pack and version"), _("Reason"))  # fmt: skip
    return Sheet(
        title=_("Passports"),
        header=header,
        widths=(26, 30, 18, 60, 40, 40, 12, 40, 26, 40, 30, 40),
        rows=_passport_rows(document),
    )


def _passport_rows(document: Document) -> Iterator[tuple[Cell, ...]]:
    for section in document.sections:
        if not isinstance(section, Appendix):
            continue
        for each in section.passports:
            left_out = "; ".join(f"{out.rows.full} · {out.reason}" for out in each.left_out)
            yield (
                each.metric,
                each.name,
                number(each.value.exact, each.value.unit) if each.value else None,
                each.formula,
                each.filters,
                ", ".join(each.inputs),
                number(each.rows.exact, "count"),
                left_out,
                each.fresh,
                each.reconciliation,
                each.pack,
                each.reason,
            )


def _rows(document: Document, rows: Mapping[str, RowRefs], texts: Catalogue) -> Sheet:
    _ = texts.gettext
    return Sheet(
        title=_("Rows"),
        header=(_("Rows"), _("Metric"), _("Measure"), _("Dataset"), _("Source"), _("Id"), _("Name")),
        widths=(8, 26, 44, 18, 30, 30, 40),
        rows=_row_lines(rows, texts, Formatter(document.locale, document.currency, texts=texts)),
    )


def _row_lines(rows: Mapping[str, RowRefs], texts: Catalogue, form: Formatter) -> Iterator[tuple[Cell, ...]]:
    for metric, name in numbered(rows).items():
        refs = rows[metric]
        if refs.reason:
            yield (name, metric, refs.reason, None, None, None, None)
        for each in refs.measures:
            for ref in each.refs:
                yield (name, metric, each.measure, each.dataset, ref.source, ref.id, ref.name)
            left = each.rows - len(each.refs)
            if left > 0:
                more = texts.ngettext(
                    "and %(count)s more", "and %(count)s more", left, count=form.number(left)
                )
                yield (name, metric, each.measure, each.dataset, None, more, None)
