"""Lines over time. Time runs from left to right in every language."""

from collections.abc import Sequence

from markupsafe import Markup

from tallymark.scorecards.charts.scale import path, runs
from tallymark.scorecards.charts.shapes import Paint, Style, element, picture
from tallymark.scorecards.charts.spec import Sparkline, TrendChart

SPARK, LARGE_SPARK, SPARK_EDGE = (72, 28), (480, 110), 4
WIDTH, WIDE, HEIGHT, TOP = 640, 1000, 180, 1
_MANY = 26
"""With more points than this, dots would touch."""

Points = list[tuple[float, float] | None]


def draw_sparkline(spark: Sparkline, paint: Paint) -> Markup:
    """A small line with a dot on its newest value and its target dashed."""
    known = [value for value in (*spark.points, spark.target) if value is not None]
    if not any(value is not None for value in spark.points):
        return Markup("")
    width, height = LARGE_SPARK if spark.large else SPARK
    low, high = min(known), max(known)
    reach = (high - low) or 1.0

    def place(value: float) -> float:
        return height - SPARK_EDGE - (value - low) / reach * (height - 2 * SPARK_EDGE)

    step = (width - 2 * SPARK_EDGE) / max(1, len(spark.points) - 1)
    points: Points = [
        None if value is None else (SPARK_EDGE + index * step, place(value))
        for index, value in enumerate(spark.points)
    ]
    shapes = [_area(run, height, paint) for run in runs(points) if len(run) > 1]
    if spark.target is not None:
        level = place(spark.target)
        dashes: Style = {"stroke_dasharray": "2.4 1.8", **paint.drawn("past", 0.9)}
        shapes.append(element("line", x1=0, x2=width, y1=level, y2=level, **dashes))
    shapes += _lines(points, "brand", 2 if spark.large else 1.5, paint)
    if points[-1] is not None:
        (x, y) = points[-1]
        shapes.append(element("circle", cx=x, cy=y, r=3.4 if spark.large else 2.2, **paint.filled("brand")))
    size: Style = {"width": "100%"} if spark.large else {"width": width, "height": height}
    css = "spark large" if spark.large else "spark"
    return picture(*shapes, css=css, caption=spark.caption, viewBox=f"0 0 {width} {height}", **size)


def draw_trend(chart: TrendChart, paint: Paint) -> Markup:
    """The line against its target steps and last year's line; hollow dots missed their target."""
    if not chart.values:
        return Markup("")
    width = WIDE if chart.wide else WIDTH
    cell = width / len(chart.values)
    values = _placed(chart, chart.values, cell)
    shapes = _grid(chart, width, paint) + _current(chart, cell, paint)
    shapes += [_area(run, HEIGHT, paint) for run in runs(values) if len(run) > 1]
    shapes += _lines(_placed(chart, chart.year_before, cell), "past", 1.4, paint)
    shapes += _target_steps(chart, cell, paint)
    shapes += _lines(values, "brand", 2.6, paint)
    shapes += _dots(chart, values, paint)
    return picture(*shapes, css="trend", caption=chart.caption, viewBox=f"0 0 {width} {HEIGHT}", width="100%")


def _dots(chart: TrendChart, values: Points, paint: Paint) -> list[Markup]:
    hollow: Style = {
        "class_": "hollow", "fill": paint.colours["paper"], "stroke": paint.colours["brand"], "stroke_width": 2,
    }  # fmt: skip
    radius = 4 if len(values) <= _MANY else 2
    return [
        element("circle", cx=point[0], cy=point[1], r=radius, **(hollow if missed else paint.filled("brand")))
        for point, missed in zip(values, chart.missed, strict=True)
        if point is not None
    ]


def _height(chart: TrendChart, value: float) -> float:
    reach = (chart.high - chart.low) or 1.0
    return HEIGHT - 1 - (value - chart.low) / reach * (HEIGHT - 1 - TOP)


def _placed(chart: TrendChart, values: Sequence[float | None], cell: float) -> Points:
    return [
        None if value is None else ((index + 0.5) * cell, _height(chart, value))
        for index, value in enumerate(values)
    ]


def _grid(chart: TrendChart, width: int, paint: Paint) -> list[Markup]:
    gap = (HEIGHT - 1 - TOP) / max(1, chart.lines)
    roles = ["axis" if index == 0 else "grid" for index in range(chart.lines + 1)]
    return [
        element(
            "line",
            x1=0,
            x2=width,
            y1=HEIGHT - 1 - index * gap,
            y2=HEIGHT - 1 - index * gap,
            **paint.drawn(role, 1),
        )
        for index, role in enumerate(roles)
    ]


def _current(chart: TrendChart, cell: float, paint: Paint) -> list[Markup]:
    left = (len(chart.values) - 1) * cell
    return [element("rect", x=left, y=TOP, width=cell, height=HEIGHT - TOP - 1, **paint.filled("band"))]


def _target_steps(chart: TrendChart, cell: float, paint: Paint) -> list[Markup]:
    corners: Points = []
    for index, target in enumerate(chart.targets):
        if target is None:
            corners.append(None)
        else:
            level = _height(chart, target)
            corners += [(index * cell, level), ((index + 1) * cell, level)]
    dashes: Style = {"stroke_dasharray": "5 3", **paint.drawn("target", 1.4)}
    return [element("polyline", points=path(run), **dashes) for run in runs(corners)]


def _lines(points: Points, role: str, width: float, paint: Paint) -> list[Markup]:
    style: Style = {"stroke_linejoin": "round", "stroke_linecap": "round", **paint.drawn(role, width)}
    return [element("polyline", points=path(run), **style) for run in runs(points) if len(run) > 1]


def _area(run: list[tuple[float, float]], floor: float, paint: Paint) -> Markup:
    corners = [(run[0][0], floor), *run, (run[-1][0], floor)]
    return element("polygon", points=path(corners), fill_opacity=0.75, **paint.filled("area"))
