"""A bridge in a reader's words and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Any

from babel.numbers import get_currency_precision
from markupsafe import Markup

from tallymark.bridge import Bridge
from tallymark.bridge.rounding import summing
from tallymark.bridge.terms import Written
from tallymark.bridge.told import segments
from tallymark.bridge.words import cause_name, term_name
from tallymark.scorecards.charts import Step, Waterfall, draw_waterfall
from tallymark.web.localisation import formatter, texts
from tallymark.web.localisation import gettext as _
from tallymark_sdk.metric import Better

MOST_SEGMENTS = 50


@dataclass(frozen=True, kw_only=True)
class Line:
    """A step: what it is called, its figure, its drawing, and what else must be said."""

    label: str
    figure: str
    drawing: Markup
    note: str = ""
    is_end: bool = False


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A bridge as the page shows it.

    Attributes:
        causes: the restatement's parts: cause, rows, figure.
        heads, segments: the columns of the table by segment, and its rows: name, currency and figures.
        more: how many segments aren't shown.
    """

    lines: Sequence[Line]
    change: str
    causes: Sequence[tuple[str, int, str]]
    heads: Sequence[str]
    segments: Sequence[tuple[str, str, Sequence[str]]]
    more: int
    notes: Sequence[str]


def shown(bridge: Bridge, better: Better, names: Mapping[str, str]) -> Shown:
    """The bridge in the running request's language.

    Args:
        better: which direction is good.
        names: segment → its name.
    """
    places = _places(bridge)
    written = bridge.written(places)
    heads, found = _segments(bridge, names, places)
    return Shown(
        lines=_lines(bridge, written, better),
        change=_signed(written.change, bridge.unit),
        causes=_causes(bridge, written.terms[0], places),
        heads=heads,
        segments=found[:MOST_SEGMENTS],
        more=max(0, len(found) - MOST_SEGMENTS),
        notes=[_(note.text, **note.values) for note in bridge.notes],
    )


def _lines(bridge: Bridge, written: Written, better: Better) -> list[Line]:
    """The two ends with the terms between them, each drawn from where the one before it ended."""
    earlier, later = formatter().period(bridge.earlier), formatter().period(bridge.later)
    first = _("%(period)s, as of then", period=earlier) if bridge.known_at else earlier
    labels = [first, *(term_name(term.key, texts()) for term in bridge.terms), later]
    figures = [
        _figure(written.start, bridge.unit),
        *(_signed(value, bridge.unit) for value in written.terms),
        _figure(written.end, bridge.unit),
    ]
    tones = ["brand", *(_tone(value, better) for value in written.terms), "brand"]
    levels = [Decimal(0), *accumulate((written.start, *written.terms))]
    edges = [*pairwise(levels), (Decimal(0), written.end)]
    steps = tuple(
        Step(
            before=float(before),
            after=float(after),
            tone=tone,
            caption=_("%(name)s: %(value)s", name=label, value=figure),
        )
        for (before, after), tone, label, figure in zip(edges, tones, labels, figures, strict=True)
    )
    drawings = draw_waterfall(Waterfall(steps=steps), direction=texts().direction)
    notes = [
        "",
        *(_(term.note.text, **term.note.values) if term.note.text else "" for term in bridge.terms),
        "",
    ]
    last = len(labels) - 1
    return [
        Line(label=label, figure=figure, drawing=drawing, note=note, is_end=place in (0, last))
        for place, (label, figure, drawing, note) in enumerate(
            zip(labels, figures, drawings, notes, strict=True)
        )
    ]


def _causes(bridge: Bridge, restatement: Decimal, places: int) -> list[tuple[str, int, str]]:
    if not bridge.restated:
        return []
    values = summing([each.value for each in bridge.restated], restatement, places)
    return [
        (cause_name(each.cause, texts()), each.rows, _signed(value, bridge.unit))
        for each, value in zip(bridge.restated, values, strict=True)
    ]


def _segments(
    bridge: Bridge, names: Mapping[str, str], places: int
) -> tuple[list[str], list[tuple[str, str, list[str]]]]:
    rows = segments(bridge, places)
    present = [term.key for term in bridge.terms if rows and term.key in rows[0]]
    if len(rows) < 2:  # a single segment says what the terms say
        return [], []
    ordered = sorted(rows, key=lambda row: -_weight(row))
    return [term_name(key, texts()) for key in present], [
        (
            formatter().name(names.get(row["segment"], row["segment"])),
            row.get("currency_code", ""),
            [_signed(row[key], bridge.unit) for key in present],
        )
        for row in ordered
    ]


def _weight(row: Mapping[str, Any]) -> Decimal:
    return sum((abs(value) for value in row.values() if isinstance(value, Decimal)), Decimal(0))


def _places(bridge: Bridge) -> int:
    """As many as the figures are shown with; a percentage has one."""
    if bridge.unit == "money":
        return get_currency_precision(formatter().currency)
    return 3 if bridge.unit == "ratio" else 2


def _figure(value: Decimal, unit: str) -> str:
    if unit == "money":
        return formatter().money(value)
    return formatter().percent(value) if unit == "ratio" else formatter().number(value, 2)


def _signed(value: Decimal, unit: str) -> str:
    if unit == "ratio":
        return formatter().signed(value, points=True)
    return formatter().with_sign(value, "money" if unit == "money" else "rate", compact=False)


def _tone(value: Decimal, better: Better) -> str:
    if not value or better == "neutral":
        return "neutral"
    return "good" if (value > 0) == (better == "higher") else "bad"
