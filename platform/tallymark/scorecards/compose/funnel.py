"""The funnel: how what entered each stage in the period moved on, from stage to stage."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from tallymark.engine.cell import Cell
from tallymark.i18n.formatter import exact
from tallymark.scorecards.compose.book import Book
from tallymark.scorecards.compose.inputs import Stage
from tallymark.scorecards.composition import SectionChoice
from tallymark.scorecards.document import Funnel, FunnelStep

MOVES, TIMES = "conversion.stage_conversion", "conversion.stage_time"
STAGE = "stage"
NEEDED = (MOVES, TIMES)
"""The metrics that a funnel is made of, each by stage."""


def funnel(book: Book, _choice: SectionChoice) -> Funnel | None:
    """The stages of the busiest pipeline in their order, or None where the company's data has no stages."""
    if MOVES not in book.metrics or not book.further.stages:
        return None
    entered = _entered(book)
    stages = _busiest(book.further.stages, entered)
    texts = book.texts
    empty = Funnel(
        metric=MOVES,
        title=texts.gettext("Pipeline funnel and losses"),
        subtitle=texts.gettext(
            "Entered in %(period)s, by stage", period=book.format.period(book.timeline.current)
        ),
        steps=(),
    )
    if not stages:
        cell = book.cell(MOVES, book.timeline.current)
        reason = cell.reason if cell and cell.reason else texts.gettext("No opportunity entered a stage.")
        return replace(empty, reason=reason)
    widest = max(_count(entered[stage.id]) for stage in stages)
    steps = [_step(stage, entered[stage.id], widest, book) for stage in stages]
    won = _number(entered[stages[-1].id].numerator)
    steps.append(
        FunnelStep(name=texts.gettext("Won"), count=book.known(won, "count"), bar=_part(won, widest))
    )
    pending = sum(entered[stage.id].pending for stage in stages)
    return replace(empty, steps=tuple(steps), note=_under_way(pending, book) if pending else None)


def _under_way(pending: int, book: Book) -> str:
    return book.texts.ngettext(
        "%(count)s of them is still in its stage and may move on.",
        "%(count)s of them are still in their stage and may move on.",
        pending,
        count=book.format.count(pending),
    )


def _entered(book: Book) -> dict[str, Cell]:
    """Stage → its cell of the period: of so many that entered (denominator), so many went on (numerator)."""
    current = book.timeline.current
    found = {}
    for stage in book.members(MOVES, STAGE):
        cell = book.cell(MOVES, current, dimension=STAGE, member=stage)
        if cell is not None and cell.denominator:
            found[stage] = cell
    return found


def _busiest(stages: tuple[Stage, ...], entered: dict[str, Cell]) -> list[Stage]:
    """The open stages, in order, of the pipeline that most entered."""
    pipelines: dict[str, list[Stage]] = defaultdict(list)
    for stage in stages:
        if stage.id in entered and stage.kind == "open":
            pipelines[stage.pipeline].append(stage)
    if not pipelines:
        return []
    busiest = max(
        sorted(pipelines), key=lambda name: sum(_count(entered[stage.id]) for stage in pipelines[name])
    )
    return sorted(pipelines[busiest], key=lambda stage: (stage.position, stage.id))


def _step(stage: Stage, cell: Cell, widest: Decimal, book: Book) -> FunnelStep:
    count, onward = _count(cell), _number(cell.numerator)
    lost = max(Decimal(0), count - onward - cell.pending)
    time = book.cell(TIMES, book.timeline.current, dimension=STAGE, member=stage.id, part="median")
    return FunnelStep(
        name=stage.name,
        count=book.known(count, "count"),
        bar=_part(count, widest),
        lost_bar=_part(lost, widest),
        onward=book.figure(onward / count if count else None, "ratio"),
        lost=book.known(lost, "count"),
        days=book.figure(None if time is None or time.value is None else exact(time.value), "days"),
    )


def _count(cell: Cell) -> Decimal:
    return _number(cell.denominator)


def _number(value: Decimal | float | None) -> Decimal:
    return Decimal(0) if value is None else exact(value)


def _part(value: Decimal, widest: Decimal) -> float:
    return round(float(value / widest), 4) if widest else 0.0
