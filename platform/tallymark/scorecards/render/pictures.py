"""What of a document's sections is drawn: the specs of their charts, and the tables behind them."""

import re
from collections.abc import Iterable
from itertools import takewhile

from markupsafe import Markup

from tallymark.i18n.isolation import bare
from tallymark.scorecards import charts
from tallymark.scorecards.document import (
    Bars,
    BridgeSection,
    Cohorts,
    Figure,
    Funnel,
    FunnelStep,
    Gauge,
    Line,
    Status,
    Trend,
)

NOTHING = "–"
_SIGN = re.compile(r"[^\d\s\N{MINUS SIGN}]{2,}(?=\d)")
_NARROW = 8
"""So many characters fit under a point of a trend."""
_STEP = 5
"""Labels stand at classes, as a page may hold no style of its own: at heights and widths in steps of five percent."""


def number(figure: Figure | None) -> float | None:
    """The figure for drawing; None where there is none."""
    return None if figure is None else float(figure.exact)


def written(figure: Figure | None) -> str:
    """The figure for a table's cell."""
    return NOTHING if figure is None else figure.text


def in_steps(part: float) -> int:
    """A part (0 to 1) in percent, to the nearest step."""
    return min(100, max(0, round(part * 100 / _STEP) * _STEP))


def shared_sign(texts: Iterable[str]) -> str:
    """The sign of several letters that all figures begin with, such as NT$; "" where there is none."""
    found = {match[0] if (match := _SIGN.match(bare(text))) else "" for text in texts}
    return found.pop() if len(found) == 1 else ""


def shared_unit(texts: Iterable[str]) -> str:
    """What all of these long figures end with, such as the word of a large number and its currency; "" for nothing."""
    found = [bare(text) for text in texts]
    if not found or max(map(len, found)) <= _NARROW:
        return ""
    turned = zip(*(reversed(text) for text in found), strict=False)
    ends = [
        signs[0] for signs in takewhile(lambda each: len(set(each)) == 1 and not each[0].isdigit(), turned)
    ]
    return "".join(reversed(ends)).strip("\N{NO-BREAK SPACE} ")


def gauge_bar(gauge: Gauge, status: Status) -> charts.Bar:
    """A tile's bullet bar."""
    return charts.Bar(part=gauge.fill, tick=gauge.tick, tone=str(status), caption=gauge.caption)


def sparkline(line: Line, *, large: bool = False) -> charts.Sparkline:
    """A tile's line over time."""
    return charts.Sparkline(
        points=tuple(None if point is None else float(point) for point in line.points),
        target=None if line.target is None else float(line.target),
        large=large,
        caption=line.caption,
    )


def trend_chart(trend: Trend, *, wide: bool) -> charts.TrendChart:
    """The trend without its labels."""
    low, high = _ends(trend)
    return charts.TrendChart(
        values=tuple(number(point.value) for point in trend.points),
        targets=tuple(number(point.target) for point in trend.points),
        year_before=tuple(number(point.year_before) for point in trend.points),
        missed=tuple(point.missed for point in trend.points),
        low=low,
        high=high,
        lines=max(1, len(trend.ticks) - 1),
        wide=wide,
        caption=trend.caption,
    )


def badge_place(trend: Trend) -> str:
    """The class that puts the newest value beside its point."""
    low, high = _ends(trend)
    newest = number(trend.points[-1].value)
    return f"at-{in_steps(((low if newest is None else newest) - low) / ((high - low) or 1.0))}"


def _ends(trend: Trend) -> tuple[float, float]:
    if not trend.ticks:
        return 0.0, 1.0
    return float(trend.ticks[0].exact), float(trend.ticks[-1].exact)


def funnel_bar(funnel: Funnel, step: FunnelStep) -> charts.FunnelBar:
    """One step's bar; its figures stand in words upon and beside it."""
    depth = funnel.steps.index(step) / max(1, len(funnel.steps) - 1)
    return charts.FunnelBar(part=step.bar, lost=step.lost_bar, depth=depth)


def waterfall(section: BridgeSection) -> charts.Waterfall:
    """What moved the metric, with every step in the alternative text."""
    steps = tuple(
        charts.Step(
            before=float(step.before),
            after=float(step.after),
            tone="brand" if step.is_end else str(step.mood),
            caption=f"{step.name}: {step.figure.text}",
        )
        for step in section.steps
    )
    said = (section.title, *(step.caption for step in steps))
    return charts.Waterfall(steps=steps, caption=" · ".join(said))


def heat_map(section: Cohorts, *, size: str, open_text: str, cap: int) -> charts.HeatMap:
    """The cohorts as shaded cells."""
    rows = tuple(
        charts.HeatRow(
            name=row.name,
            size=written(row.size),
            cells=tuple(
                None
                if cell.value is None
                else charts.HeatCell(text=cell.value.text, shade=cell.shade, open=cell.immature)
                for cell in row.cells[: len(section.ages)]
            )
            + (None,) * (len(section.ages) - len(row.cells)),
        )
        for row in section.rows[:cap]
    )
    return charts.HeatMap(
        member=section.member,
        size=size,
        ages=section.ages,
        rows=rows,
        open_text=open_text,
        caption=section.title,
    )


def table(
    *heads: str, rows: list[tuple[str | Markup, ...]], caption: str, css: str = "plain"
) -> charts.Table:
    """The numbers behind a chart: a name and figures."""
    columns = tuple(
        charts.Column(head=head, kind="number" if place else "text") for place, head in enumerate(heads)
    )
    return charts.Table(
        columns=columns, rows=tuple(charts.Row(cells=row) for row in rows), caption=caption, css=css
    )


def bar_rows(section: Bars, cap: int) -> list[tuple[str | Markup, ...]]:
    """Name, value and what stands beside it."""
    beside = any(row.beside for row in section.rows)
    return [
        (row.name, row.value.text, *((written(row.beside),) if beside else ())) for row in section.rows[:cap]
    ]
