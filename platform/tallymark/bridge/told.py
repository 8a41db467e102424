"""A bridge as plain values: one object for JSON, one table for CSV. What is written sums up as it is written."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tallymark.bridge.rounding import rounded, summing
from tallymark.bridge.terms import Bridge
from tallymark_sdk.calendars import Period

COLUMNS = ("metric", "earlier_start", "earlier_end", "later_start", "later_end", "dimension", "member", "step",
           "value", "note")  # fmt: skip
"""The table's columns; ends are exclusive. The steps are `start`, the terms in their order, and `end`."""

_BY_SEGMENT = {
    "volume": "volume",
    "mix": "mix",
    "price": "price",
    "without_quantity": "without_quantity",
    "currency": "exchange",
}
_RATE_BY_SEGMENT = {"rate": "rate", "mix": "mix", "without_base": "without_base"}


def as_object(bridge: Bridge) -> dict[str, Any]:
    """The whole bridge; figures are decimals."""
    written = bridge.written()
    causes = [each.value for each in bridge.restated]
    restatement = written.terms[0]
    return {
        "metric": bridge.metric,
        "unit": bridge.unit,
        "earlier": _days(bridge.earlier),
        "later": _days(bridge.later),
        "dimension": bridge.dimension,
        "member": bridge.member,
        "mix": bridge.mix,
        "counted": bridge.counted,
        "known_at": bridge.known_at,
        "edition_id": bridge.edition_id,
        "start": written.start,
        "terms": [
            {"key": term.key, "value": value, "note": str(term.note)}
            for term, value in zip(bridge.terms, written.terms, strict=True)
        ],
        "end": written.end,
        "change": written.change,
        "restated": [
            {"cause": each.cause, "rows": each.rows, "value": value}
            for each, value in zip(
                bridge.restated, summing(causes, restatement, bridge.places) if causes else [], strict=True
            )
        ],
        "segments": segments(bridge),
        "notes": [str(note) for note in bridge.notes],
    }


def as_rows(bridge: Bridge) -> list[dict[str, Any]]:
    """One mapping a step, in `COLUMNS`' order."""
    written = bridge.written()
    place = (
        bridge.metric,
        bridge.earlier.start.isoformat(),
        bridge.earlier.end.isoformat(),
        bridge.later.start.isoformat(),
        bridge.later.end.isoformat(),
        bridge.dimension,
        bridge.member,
    )
    steps: list[tuple[str, Decimal, str]] = [("start", written.start, "")]
    steps += [
        (term.key, value, str(term.note)) for term, value in zip(bridge.terms, written.terms, strict=True)
    ]
    steps.append(("end", written.end, ""))
    return [dict(zip(COLUMNS, (*place, *step), strict=True)) for step in steps]


def segments(bridge: Bridge, places: int | None = None) -> list[dict[str, Any]]:
    """What each segment adds to each term; every column sums to what its term is, rounded.

    Exchange rates that a price holds (see `price_and_currency`) stay in it.
    """
    digits = bridge.places if places is None else places
    moves: Sequence[Any] = bridge.moves or bridge.rate_moves
    names = _BY_SEGMENT if bridge.moves else _RATE_BY_SEGMENT
    columns = {key: _column([getattr(move, name) for move in moves], digits) for key, name in names.items()}
    return [
        {"segment": move.segment}
        | ({"currency_code": move.currency} if bridge.moves else {})
        | {key: values[place] for key, values in columns.items()}
        for place, move in enumerate(moves)
    ]


def _column(values: Sequence[Fraction], places: int) -> list[Decimal]:
    return summing(values, rounded(sum(values, Fraction(0)), places), places)


def _days(period: Period) -> dict[str, Any]:
    return {"label": period.label, "start": period.start, "end": period.end}
