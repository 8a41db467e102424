"""The drawings of a view: specs of the document's sections, drawn in its direction and colours."""

from collections.abc import Sequence

from markupsafe import Markup

from tallymark.i18n.isolation import bare, isolate
from tallymark.scorecards import charts
from tallymark.scorecards.document import (
    Bars,
    BridgeSection,
    Cohorts,
    Delta,
    Figure,
    Funnel,
    FunnelStep,
    Gauge,
    Line,
    Status,
    Tile,
    Trend,
    TrendPoint,
)
from tallymark.scorecards.render import pictures
from tallymark.scorecards.render.words import Words

_LABELS = 13
"""More labels don't fit under a trend."""
_IN_COLUMNS = 8
"""A waterfall of more steps goes down the page, a row each."""
_INSIDE = 0.28
"""A funnel's figure stands upon its bar from this part of the width on, else beside it."""


class Drawings(Words):
    """One document's drawings."""

    def draw(self, spec: charts.Spec) -> Markup:
        """Any spec."""
        return charts.draw(spec, self.direction, paint=self.paint)

    def gauge(self, gauge: Gauge, status: Status) -> Markup:
        """A tile's bullet bar."""
        return self.draw(pictures.gauge_bar(gauge, status))

    def bar(self, part: float, tick: float | None = None, tone: str = "brand") -> Markup:
        """A bar in a table, where the number stands beside it."""
        return self.draw(charts.Bar(part=part, tick=tick, tone=tone))

    def line(self, line: Line, *, large: bool = False) -> Markup:
        """A tile's sparkline."""
        return self.draw(pictures.sparkline(line, large=large))

    # trends ---------------------------------------------------------------------------------------------------------
    def trend(self, trend: Trend) -> Markup:
        """The trend's drawing; its labels are laid out by the template."""
        return self.draw(pictures.trend_chart(trend, wide=self.is_wide))

    def badge_place(self, trend: Trend) -> str:
        """The class that puts the newest value beside its point."""
        return pictures.badge_place(trend)

    @staticmethod
    def tick_place(place: int, count: int) -> str:
        """The class that puts an axis value at its height; of three steps the inner ones lie at thirds."""
        return f"at-{round(place * 100 / max(1, count - 1))}"

    def axis_labels(self, points: Sequence[TrendPoint]) -> list[str]:
        """The periods under a trend; of many, every second or third, and always the last."""
        every = -(-len(points) // _LABELS)
        last = len(points) - 1
        return [point.short if (last - place) % every == 0 else "" for place, point in enumerate(points)]

    def under_plot(self, trend: Trend) -> Markup:
        """The figures under a drawing on paper, as many periods as fit; a unit that all share is said once."""
        _ = self.texts.gettext
        points = trend.points[-(_LABELS - 1) :]
        lines = [
            (_("Actual"), [point.value for point in points]),
            (_("Target"), [point.target for point in points]),
            (_("A year before"), [point.year_before for point in points]),
        ]
        texts = [figure.text for _name, line in lines for figure in line if figure]
        unit, sign = pictures.shared_unit(texts), pictures.shared_sign(texts)
        heads = [
            charts.Column(head=_("Period"), unseen=True),
            *(charts.Column(head=point.short) for point in points),
        ]
        rows = [
            charts.Row(cells=(name, *(self._under(figure, unit, sign) for figure in line)))
            for name, line in lines
            if any(line)
        ]
        if said := unit or sign:
            name, *cells = rows[0].cells
            rows[0] = charts.Row(cells=(Markup("{} <small>{}</small>").format(name, said), *cells))
        spec = charts.Table(columns=tuple(heads), rows=tuple(rows), css="under-plot", caption=trend.title)
        return self.draw(spec)

    def _under(self, figure: Figure | None, unit: str, sign: str) -> str:
        """A figure without what its row's name says of all: its unit, and where there is none its sign."""
        text = pictures.written(figure)
        if unit:
            return self.loose(isolate(bare(text).removesuffix(unit).rstrip(), self.direction))
        return isolate(bare(text).removeprefix(sign), self.direction) if sign else self.loose(text)

    def trend_table(self, trend: Trend) -> Markup:
        """Every period with its figures."""
        _ = self.texts.gettext
        rows: list[tuple[str | Markup, ...]] = [
            (point.label, *map(pictures.written, (point.value, point.target, point.year_before)))
            for point in trend.points
        ]
        heads = (_("Period"), _("Actual"), _("Target"), _("A year before"))
        return self.draw(pictures.table(*heads, rows=rows, caption=trend.title))

    # funnels and bars -----------------------------------------------------------------------------------------------
    def funnel_bar(self, funnel: Funnel, step: FunnelStep) -> Markup:
        """One step's bar."""
        return self.draw(pictures.funnel_bar(funnel, step))

    @staticmethod
    def count_place(step: FunnelStep) -> str:
        """The class that puts a step's figure upon its bar, or beside it where it is too short."""
        if step.bar >= _INSIDE:
            return "inside"
        return f"outside from-{pictures.in_steps(step.bar + 0.02)}"

    def funnel_table(self, funnel: Funnel) -> Markup:
        """Every step with its figures."""
        _ = self.texts.gettext
        rows: list[tuple[str | Markup, ...]] = [
            (self.name(step.name), *map(pictures.written, (step.count, step.onward, step.lost, step.days)))
            for step in funnel.steps
        ]
        heads = (_("Stage"), _("Entered"), _("Moved on"), _("Lost"), _("Median time"))
        return self.draw(pictures.table(*heads, rows=rows, caption=funnel.title))

    def bars_table(self, section: Bars) -> Markup:
        """Every bar with its figures."""
        heads = [section.member, section.measure]
        rows = pictures.bar_rows(section, self.caps.rows)
        if rows and len(rows[0]) > len(heads):
            heads.append(self.texts.gettext("Beside it"))
        return self.draw(pictures.table(*heads, rows=rows, caption=section.title))

    # bridges --------------------------------------------------------------------------------------------------------
    def any_long(self, section: BridgeSection) -> bool:
        """Whether the columns' figures need two lines."""
        return any(self.is_long(step.figure.text) for step in section.steps)

    @staticmethod
    def in_columns(section: BridgeSection) -> bool:
        """Whether its steps fit beside each other."""
        return len(section.steps) <= _IN_COLUMNS

    def columns(self, section: BridgeSection) -> Markup:
        """The waterfall as columns."""
        return self.draw(pictures.waterfall(section))

    @staticmethod
    def tops(section: BridgeSection) -> list[str]:
        """The class of each column's figure: how high it stands."""
        return [f"at-{pictures.in_steps(top)}" for top in charts.tops(pictures.waterfall(section))]

    def bridge_table(self, section: BridgeSection) -> Markup:
        """The waterfall down the page: each step with its figure and its drawing."""
        _ = self.texts.gettext
        chart = pictures.waterfall(section)
        rows = tuple(
            charts.Row(
                cells=(
                    self.name(step.name),
                    step.figure.text,
                    self.draw(charts.WaterfallRow(chart=chart, index=index)),
                ),
                kind="total" if step.is_end else "row",
            )
            for index, step in enumerate(section.steps)
        )
        columns = (
            charts.Column(head=_("Cause")),
            charts.Column(head=_("Value"), kind="number"),
            charts.Column(head=_("Compared"), kind="graph", unseen=True),
        )
        return self.draw(charts.Table(columns=columns, rows=rows, css="falls", caption=section.title))

    # tables ---------------------------------------------------------------------------------------------------------
    def heat_map(self, section: Cohorts) -> Markup:
        """The cohorts by age."""
        spec = pictures.heat_map(
            section,
            size=self.texts.gettext("Size"),
            open_text=self.texts.gettext("Can still change"),
            cap=self.caps.cohorts,
        )
        return self.draw(spec)

    def pill(self, tile: Tile) -> Markup:
        """A tile's status as shape, word and colour."""
        return _pill(tile.status, self.tile_status(tile))

    def rated(self, status: Status) -> Markup:
        """A member's status as shape, word and colour."""
        return _pill(status, self.status(status))

    @staticmethod
    def unseen(text: str) -> Markup:
        """A word for those who can't see the shape."""
        return Markup('<span class="unseen">{}</span>').format(text)

    @staticmethod
    def change(delta: Delta) -> Markup:
        """A change as arrow and figure; its colour says whether it is welcome."""
        icon = charts.arrow_icon(delta.direction, delta.mood)
        return Markup('{} <b class="{}">{}</b>').format(icon, delta.mood, delta.text)


def _pill(status: Status, word: str) -> Markup:
    icon = charts.status_icon(status)
    return Markup('<span class="pill {}">{}<span>{}</span></span>').format(status, icon, word)
