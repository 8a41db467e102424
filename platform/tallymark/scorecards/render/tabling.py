"""The tables of a view: KPIs that are no tiles, members, the parts of a score, agreed actions."""

from collections.abc import Sequence

from markupsafe import Markup

from tallymark.scorecards import charts
from tallymark.scorecards.document import (
    Actions,
    Breakdown,
    BreakdownRow,
    Figure,
    Ranking,
    RankRow,
    Score,
    ScorePart,
    Status,
    Tile,
    TileGroup,
)
from tallymark.scorecards.render import pictures
from tallymark.scorecards.render.drawings import Drawings


class Tabling(Drawings):
    """One document's tables."""

    def small_table(self, groups: Sequence[TileGroup], title: str) -> Markup:
        """KPIs as rows: value, target, status, two changes and a line."""
        _ = self.texts.gettext
        tiles = [tile for group in groups for tile in group.tiles]
        against = list(dict.fromkeys(delta.against for tile in tiles for delta in tile.deltas))[:2]
        columns = (
            charts.Column(head=_("KPI")),
            charts.Column(head=_("Value"), kind="number"),
            charts.Column(head=_("Target"), kind="number"),
            charts.Column(head=_("Status"), kind="state"),
            *(charts.Column(head=each, kind="number") for each in against),
            charts.Column(head=_("Trend"), kind="graph", unseen=True),
        )
        rows: list[charts.Row] = []
        for group in groups:
            if group.name:
                rows.append(charts.Row(cells=(self.name(group.name),), kind="group"))
            rows += [self._small_row(tile, against) for tile in group.tiles]
        return self.draw(charts.Table(columns=columns, rows=tuple(rows), css="small-kpis", caption=title))

    def ranking_table(self, section: Ranking) -> Markup:
        """Members with their bars, what they reached of their target, and what stands beside."""
        _ = self.texts.gettext
        reached = any(row.attainment for row in section.rows)
        columns = [
            charts.Column(head="#", kind="rank"),
            charts.Column(head=self.heading(section.member)),
            charts.Column(head=self.heading(section.measure), kind="number"),
            charts.Column(head=_("Compared"), kind="graph", unseen=True),
        ]
        if reached:
            columns += [
                charts.Column(head=_("Of target"), kind="number"),
                charts.Column(head=_("Status"), kind="state", unseen=True),
            ]
        columns += [charts.Column(head=self.heading(name), kind="number") for name in section.beside]
        rows = tuple(
            charts.Row(
                cells=(
                    row.rank,
                    self.name(row.name),
                    _strong(row.value),
                    self.bar(row.bar, row.tick),
                    *((pictures.written(row.attainment), self._rated(row)) if reached else ()),
                    *map(pictures.written, row.beside),
                )
            )
            for row in section.rows[: self.caps.ranks]
        )
        return self.draw(
            charts.Table(columns=tuple(columns), rows=rows, named=1, css="ranks", caption=section.title)
        )

    def _rated(self, row: RankRow) -> str | Markup:
        return self.rated(row.status) if row.attainment else ""

    def breakdown_table(self, section: Breakdown) -> Markup:
        """Members with their share of the total and their change."""
        _ = self.texts.gettext
        columns = [
            charts.Column(head=self.heading(section.member)),
            charts.Column(head=self.heading(section.measure), kind="number"),
            charts.Column(head=_("Compared"), kind="graph", unseen=True),
        ]
        shares = any(row.share for row in section.rows)
        changes = any(row.delta for row in section.rows)
        if shares:
            columns.append(charts.Column(head=_("Share"), kind="number"))
        if changes:
            columns.append(charts.Column(head=section.change, kind="number"))

        def row(part: BreakdownRow, *, total: bool = False) -> charts.Row:
            return charts.Row(
                cells=(
                    _("Total") if total else self.name(part.name),
                    _strong(part.value),
                    "" if total else self.bar(part.bar),
                    *((pictures.written(part.share),) if shares else ()),
                    *((self.change(part.delta) if part.delta else pictures.NOTHING,) if changes else ()),
                ),
                kind="total" if total else "row",
            )

        rows = [row(part) for part in section.rows[: self.caps.rows]]
        if section.total:
            rows.append(row(section.total, total=True))
        return self.draw(
            charts.Table(columns=tuple(columns), rows=tuple(rows), css="parts", caption=section.title)
        )

    def score_table(self, section: Score) -> Markup:
        """What each KPI gives to the score."""
        _ = self.texts.gettext
        columns = (
            charts.Column(head=_("KPI")),
            charts.Column(head=_("Weight"), kind="number"),
            charts.Column(head=_("Of target"), kind="number"),
            charts.Column(head=_("Status"), kind="state", unseen=True),
            charts.Column(head=_("Compared"), kind="graph", unseen=True),
            charts.Column(head=_("Points"), kind="number"),
        )
        rows = tuple(
            charts.Row(
                cells=(
                    self._gated(part),
                    part.weight.text,
                    pictures.written(part.attainment),
                    charts.status_icon(part.status) + self.unseen(self.status(part.status)),
                    self.bar(_part_of(part.points, part.most), tone=_tone(part.status)),
                    self._points(part),
                )
            )
            for part in section.parts[: self.caps.rows]
        )
        return self.draw(charts.Table(columns=columns, rows=rows, css="score-table", caption=section.title))

    def _gated(self, part: ScorePart) -> Markup:
        name = self.name(part.name)
        if not part.gate:
            return Markup("{}").format(name)
        return Markup('{}<br><small class="gate">{}</small>').format(name, self.prose(part.gate))

    def _points(self, part: ScorePart) -> Markup:
        given = pictures.written(part.points)
        text = self.texts.gettext("%(points)s of %(most)s", points=given, most=part.most.text)
        return Markup("<b>{}</b>").format(text)

    def actions_table(self, section: Actions) -> Markup:
        """What was agreed, by whom until when, and how it stands: shape, word and colour."""
        _ = self.texts.gettext
        columns = (
            charts.Column(head=_("Status"), kind="state"),
            charts.Column(head=_("Action")),
            charts.Column(head=_("Owner")),
            charts.Column(head=_("Due"), kind="number"),
        )
        state = Markup('<span class="pill {}">{}<span>{}</span></span>')
        rows = tuple(
            charts.Row(
                cells=(
                    state.format(row.state, charts.state_icon(row.state), row.state_text),
                    self.remark(row.text),
                    self.name(row.owner) if row.owner else pictures.NOTHING,
                    row.due or pictures.NOTHING,
                )
            )
            for row in section.rows[: self.caps.rows]
        )
        return self.draw(
            charts.Table(columns=columns, rows=rows, named=1, css="agreed", caption=section.title)
        )

    def _small_row(self, tile: Tile, against: Sequence[str]) -> charts.Row:
        changes = {delta.against: delta for delta in tile.deltas}
        return charts.Row(
            cells=(
                self.kpi_name(tile),
                Markup("<b>{}</b>").format(tile.value.text) if tile.value else self._reason(tile),
                pictures.written(tile.target),
                self.pill(tile),
                *(self.change(changes[each]) if each in changes else pictures.NOTHING for each in against),
                self.line(tile.line) if tile.line else "",
            )
        )

    def _reason(self, tile: Tile) -> Markup:
        return Markup('<span title="{}">{}</span>').format(tile.reason or "", pictures.NOTHING)


def _strong(figure: Figure | None) -> Markup:
    return Markup("<b>{}</b>").format(pictures.written(figure))


def _tone(status: Status) -> str:
    return "brand" if status == Status.NONE else str(status)


def _part_of(part: Figure | None, whole: Figure) -> float:
    most = float(whole.exact)
    return float(part.exact) / most if part and most > 0 else 0.0
