"""The composite score: one number from 0 to 100 for all KPIs with a target, that says how it came about.

score = 100 × Σ weight × min(attainment, 1) ÷ Σ weight, over the KPIs that have a value and a target; an attainment below
nothing counts as nothing, and what is beyond a target doesn't make up for another one. While the period runs, pace
stands for attainment. A gate caps the score while its KPI is off target or without a value.
"""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

from tallymark.scorecards.compose.book import Book, plain
from tallymark.scorecards.compose.inputs import Kpi, MetricFacts
from tallymark.scorecards.compose.status import attainment
from tallymark.scorecards.composition import Gate
from tallymark.scorecards.document import Figure, Score, ScorePart, Status, Tile, Tiles

FULL = Decimal(100)
GOOD, FAIR = Decimal(90), Decimal(75)
"""Scores from which the whole is on target, and from which it is merely at risk."""
_TENTH = Decimal("0.1")


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A KPI that counts: its attainment from 0 to 1."""

    kpi: Kpi
    metric: MetricFacts
    tile: Tile
    attainment: Decimal
    credit: Decimal


def score(book: Book, shown: Tiles) -> Score:
    """The composite score with its parts, gates and explanation."""
    texts = book.texts
    tiles = {tile.metric: tile for group in shown.groups for tile in group.tiles}
    counted = [found for kpi in book.kpis if (found := _counted(kpi, tiles, book)) is not None]
    whole = sum((each.kpi.weight for each in counted), Decimal(0))
    empty = Score(
        title=texts.gettext("Composite score"),
        subtitle=book.format.period(book.timeline.current),
        value=None,
        parts=(),
        reason=texts.gettext(
            "There is no score: no KPI of the set has a value and a target. Set targets first."
        ),
    )
    if not whole:
        return empty
    plain = (FULL * sum((each.kpi.weight * each.credit for each in counted), Decimal(0)) / whole).quantize(
        _TENTH, rounding=ROUND_HALF_EVEN
    )
    closed = [gate for gate in book.composition.gates if _is_closed(gate, tiles)]
    value = min([plain, *(gate.cap for gate in closed)])
    return replace(
        empty,
        value=book.known(value, "score"),
        band=Status.ON if value >= GOOD else Status.RISK if value >= FAIR else Status.OFF,
        parts=tuple(_part(each, whole, closed, book) for each in counted),
        gates=tuple(_gate(gate, plain, book) for gate in closed),
        explanation=_explained(len(book.kpis) - len(counted), book),
        reason=None,
    )


def _counted(kpi: Kpi, tiles: dict[str, Tile], book: Book) -> Counted | None:
    metric, tile = book.metrics.get(kpi.metric), tiles.get(kpi.metric)
    value, target = (look(kpi.metric, book.timeline.current) for look in (book.value, book.target))
    if metric is None or tile is None or value is None or target is None or kpi.weight <= 0:
        return None
    reached = attainment(value, target, metric.better)
    pace = book.paces.get(kpi.metric)
    if pace is not None and pace.pace is not None:
        reached = pace.pace
    if reached is None:
        if tile.status is Status.NONE:
            return None
        reached = Decimal(1 if tile.status is Status.ON else 0)  # a target of 0 is reached or missed
    credit = min(max(reached, Decimal(0)), Decimal(1))
    return Counted(kpi=kpi, metric=metric, tile=tile, attainment=reached, credit=credit)


def _is_closed(gate: Gate, tiles: dict[str, Tile]) -> bool:
    tile = tiles.get(gate.metric)
    return tile is not None and (tile.status is Status.OFF or tile.value is None)


def _part(each: Counted, whole: Decimal, closed: list[Gate], book: Book) -> ScorePart:
    most = FULL * each.kpi.weight / whole
    gated = any(gate.metric == each.kpi.metric for gate in closed)
    return ScorePart(
        metric=each.kpi.metric,
        name=each.metric.name,
        weight=_weight(each.kpi.weight, book),
        attainment=book.known(each.attainment, "ratio"),
        points=book.known((most * each.credit).quantize(_TENTH, rounding=ROUND_HALF_EVEN), "score"),
        most=book.known(most.quantize(_TENTH, rounding=ROUND_HALF_EVEN), "score"),
        status=each.tile.status,
        gate=book.texts.gettext("Gate") if gated else None,
    )


def _weight(weight: Decimal, book: Book) -> Figure:
    text = book.format.number(weight, 0 if weight == weight.to_integral_value() else 2)
    return Figure(exact=plain(weight), text=text, full=text, unit="index")


def _gate(gate: Gate, plain: Decimal, book: Book) -> str:
    metric = book.metrics.get(gate.metric)
    name = book.format.in_sentence(metric.name if metric else gate.metric)
    values = {
        "name": name,
        "cap": book.format.value(gate.cap, "score"),
        "score": book.format.value(plain, "score"),
    }
    if plain <= gate.cap:
        return book.texts.gettext(
            "Gate: while %(name)s is off target the score is at most %(cap)s.", **values
        )
    return book.texts.gettext(
        "Gate: %(name)s is off target, so the score is capped at %(cap)s; without the gate it would be %(score)s.",
        **values,
    )


def _explained(left_out: int, book: Book) -> str:
    texts = book.texts
    how = texts.gettext(
        "Each KPI gives its weight's share of 100 points, times how much of its target it reached, at most all of it."
    )
    if not left_out:
        return how
    rest = texts.ngettext(
        "%(count)s KPI has no value or no target and doesn't count.",
        "%(count)s KPIs have no value or no target and don't count.",
        left_out,
        count=book.format.count(left_out),
    )
    return f"{how} {rest}"
