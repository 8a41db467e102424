"""Small shapes that say with form what colour says too."""

from markupsafe import Markup

from tallymark.scorecards.charts.shapes import COLOURS, PLAIN, Style, element, picture

_WHITE: Style = {
    "class_": "s-paper",
    "fill": "none",
    "stroke": COLOURS["paper"],
    "stroke_width": 1.7,
    "stroke_linecap": "round",
}
_RING: Style = {"class_": "s-none", "fill": "none", "stroke": COLOURS["none"], "stroke_width": 1.5}
_ARROWS = {"up": "4,0.8 7.6,7.2 0.4,7.2", "down": "4,7.2 7.6,0.8 0.4,0.8", "flat": "0.6,3 7.4,3 7.4,5 0.6,5"}


def status_icon(status: str) -> Markup:
    """A tick in a disc, a warning triangle, a cross in an octagon, or a dash in a ring. Decorative: the word stands by."""
    return picture(
        *_STATUS[status](), css=f"icon {status}", caption="", viewBox="0 0 14 14", width=12, height=12
    )


def arrow_icon(direction: str, mood: str) -> Markup:
    """A triangle that points where the value moved, in the colour of its welcome. Decorative: the sign stands by."""
    shape = element("polygon", points=_ARROWS[direction], **PLAIN.filled(mood))
    return picture(shape, css=f"arrow {mood}", caption="", viewBox="0 0 8 8", width=8, height=8)


def state_icon(state: str) -> Markup:
    """The state of an agreed action: a ring for open, a warning for overdue, a tick for done."""
    status = {"done": "on", "overdue": "off"}.get(state)
    shapes = _STATUS[status]() if status else [element("circle", cx=7, cy=7, r=5.8, **_RING)]
    return picture(*shapes, css=f"icon {state}", caption="", viewBox="0 0 14 14", width=12, height=12)


def info_icon() -> Markup:
    """An i in a ring: where a figure comes from. Decorative: its link says it in words."""
    ring: Style = {**PLAIN.drawn("info", 1.3)}
    shapes = [
        element("circle", cx=7, cy=7, r=5.9, **ring),
        element("circle", cx=7, cy=4.3, r=0.9, **PLAIN.filled("info")),
        element("line", x1=7, y1=6.5, x2=7, y2=10.2, stroke_linecap="round", **ring),
    ]
    return picture(*shapes, css="icon info", caption="", viewBox="0 0 14 14", width=12, height=12)


def _on() -> list[Markup]:
    return [
        element("circle", cx=7, cy=7, r=6.6, **PLAIN.filled("on")),
        element("polyline", points="4,7.2 6.2,9.4 10.1,5", stroke_linejoin="round", **_WHITE),
    ]


def _risk() -> list[Markup]:
    return [
        element("polygon", points="7,0.9 13.6,12.9 0.4,12.9", **PLAIN.filled("risk")),
        element("line", x1=7, y1=5, x2=7, y2=8.6, **_WHITE),
        element("circle", cx=7, cy=10.9, r=0.95, **PLAIN.filled("paper")),
    ]


def _off() -> list[Markup]:
    octagon = "4.3,0.4 9.7,0.4 13.6,4.3 13.6,9.7 9.7,13.6 4.3,13.6 0.4,9.7 0.4,4.3"
    return [
        element("polygon", points=octagon, **PLAIN.filled("off")),
        element("line", x1=4.7, y1=4.7, x2=9.3, y2=9.3, **_WHITE),
        element("line", x1=9.3, y1=4.7, x2=4.7, y2=9.3, **_WHITE),
    ]


def _none() -> list[Markup]:
    return [
        element("circle", cx=7, cy=7, r=5.8, **_RING),
        element("line", x1=4.5, y1=7, x2=9.5, y2=7, **_RING),
    ]


_STATUS = {"on": _on, "risk": _risk, "off": _off, "none": _none}
