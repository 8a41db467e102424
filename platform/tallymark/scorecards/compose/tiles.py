"""The KPI tiles."""

from decimal import Decimal
from itertools import groupby

from tallymark.scorecards.compose.book import Book, plain
from tallymark.scorecards.compose.changes import delta
from tallymark.scorecards.compose.inputs import Kpi, MetricFacts
from tallymark.scorecards.compose.pacing import pace_in_words
from tallymark.scorecards.compose.status import attainment, running_status
from tallymark.scorecards.compose.words import versus, versus_year_before
from tallymark.scorecards.document import Band, Delta, Gauge, Line, Status, Tile, TileGroup, Tiles

TICK = 0.8
"""Where the target stands on every bullet bar: a bar that passes the tick has reached its target."""


def tiles(book: Book) -> Tiles:
    """All KPIs of the set, grouped by section in the order in which the sections first appear."""
    order = list(dict.fromkeys(kpi.section for kpi in book.kpis))
    ordered = sorted(book.kpis, key=lambda kpi: order.index(kpi.section))
    groups = tuple(
        TileGroup(
            name=book.texts.gettext(name) if name else "", tiles=tuple(tile(kpi, book) for kpi in members)
        )
        for name, members in groupby(ordered, key=lambda kpi: kpi.section)
    )
    return Tiles(
        title=book.texts.gettext("Key performance indicators"),
        subtitle=book.format.period(book.timeline.current),
        groups=groups,
    )


def tile(kpi: Kpi, book: Book) -> Tile:
    """One KPI; a metric that isn't installed any more is a tile with that reason."""
    metric = book.metrics.get(kpi.metric)
    if metric is None:
        reason = book.texts.gettext("The metric is not installed or not enabled.")
        return Tile(metric=kpi.metric, name=kpi.metric, value=None, reason=reason, weight=plain(kpi.weight))
    value, target = (
        book.value(kpi.metric, book.timeline.current),
        book.target(kpi.metric, book.timeline.current),
    )
    reached = running_status(value, target, metric.better, kpi.thresholds, book.paces.get(kpi.metric))
    return Tile(
        metric=kpi.metric,
        name=metric.name,
        value=book.figure(value, metric.unit),
        target=book.figure(target, metric.unit),
        status=reached,
        gauge=_gauge(value, target, metric, book),
        pace=pace_in_words(metric, book),
        deltas=deltas(metric, book),
        line=_line(metric, target, book),
        beside=_beside(metric, book),
        reason=None if value is not None else why_empty(kpi.metric, book),
        weight=plain(kpi.weight),
        band=_band(kpi),
        why=None if reached is Status.NONE else _thresholds(kpi, book),
    )


def _band(kpi: Kpi) -> Band:
    return Band(on=plain(kpi.thresholds.on), risk=plain(kpi.thresholds.risk))


def _thresholds(kpi: Kpi, book: Book) -> str:
    """From which share of what is due the status is what."""
    return book.texts.gettext(
        "On target from %(on)s of what is due, at risk from %(risk)s.",
        on=book.format.percent(kpi.thresholds.on),
        risk=book.format.percent(kpi.thresholds.risk),
    )


def why_empty(metric: str, book: Book) -> str:
    """The engine's reason for a missing value, in the reader's language."""
    cell = book.cell(metric, book.timeline.current)
    if cell is None:
        return book.texts.gettext("It was not computed for this period.")
    return book.texts.gettext(cell.reason) if cell.reason else book.texts.gettext("There is no value.")


def deltas(metric: MetricFacts, book: Book, *, dimension: str = "", member: str = "") -> tuple[Delta, ...]:
    """Against the previous period and against the same one a year before, as far as both have values."""
    line, texts = book.timeline, book.texts

    def at(period: object) -> Decimal | None:
        return book.value(metric.key, period, dimension=dimension, member=member)  # type: ignore[arg-type]

    now = at(line.current)
    grain = line.current.grain
    found = [delta(now, at(line.previous), metric, versus(line.previous, grain, texts), book.format)]
    if grain != "year":
        before = line.year_before[-1]
        found.append(delta(now, at(before), metric, versus_year_before(before, texts), book.format))
    return tuple(each for each in found if each is not None)


def _gauge(value: Decimal | None, target: Decimal | None, metric: MetricFacts, book: Book) -> Gauge | None:
    """The bar's length: value ÷ target where higher is better, target ÷ value where lower is, the target at the tick."""
    if value is None or target is None or attainment(value, target, metric.better) is None or target < 0:
        return None
    if metric.better == "higher":
        part = value / target
    else:
        part = target / value if value > 0 else Decimal(1) / Decimal(str(TICK))
    fill = min(1.0, max(0.0, float(part) * TICK))
    caption = book.texts.gettext(
        "%(value)s against a target of %(target)s",
        value=book.format.value(value, metric.unit),
        target=book.format.value(target, metric.unit),
    )
    return Gauge(fill=round(fill, 4), tick=TICK, caption=caption)


def _line(metric: MetricFacts, target: Decimal | None, book: Book) -> Line | None:
    values = [book.value(metric.key, period) for period in book.timeline.periods]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    write = book.format.value
    caption = book.texts.gettext(
        "From %(first)s to %(last)s; lowest %(low)s, highest %(high)s",
        first=write(known[0], metric.unit),
        last=write(known[-1], metric.unit),
        low=write(min(known), metric.unit),
        high=write(max(known), metric.unit),
    )
    points = tuple(None if value is None else plain(value) for value in values)
    return Line(points=points, target=None if target is None else plain(target), caption=caption)


def _beside(metric: MetricFacts, book: Book) -> str | None:
    """That a cohort isn't final yet, else the median where the metric has one: a mean alone hides a few long deals."""
    whole = book.cell(metric.key, book.timeline.current)
    if whole is not None and whole.value is not None and whole.pending:
        return book.texts.gettext("Not final: %(n)s open", n=book.format.number(Decimal(whole.pending)))
    cell = book.cell(metric.key, book.timeline.current, part="median")
    if cell is None or cell.value is None:
        return None
    return book.texts.gettext("Median %(value)s", value=book.format.value(cell.value, metric.unit))


def counted(section: Tiles) -> dict[Status, int]:
    """How many tiles have each status."""
    found = [each.status for group in section.groups for each in group.tiles]
    return {kind: found.count(kind) for kind in Status}
