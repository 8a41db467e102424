"""SVG elements as safe markup."""

from markupsafe import Markup, escape

COLOURS = {
    "brand": "#1d4ed8",
    "area": "#e8edfb",
    "band": "#dbe4fb",
    "track": "#e8edf4",
    "grid": "#e6e9f2",
    "axis": "#c3c9d6",
    "target": "#0f172a",
    "past": "#94a3c2",
    "paper": "#ffffff",
    "on": "#146c43",
    "risk": "#8a5300",
    "off": "#a4161a",
    "none": "#7b8497",
    "good": "#146c43",
    "bad": "#a4161a",
    "neutral": "#5b6475",
}
"""The PDF's colours by role; the page overrides them by class."""


Style = dict[str, str | float | None]


def element(name: str, *children: Markup, **attributes: str | float | None) -> Markup:
    """An SVG element; `class_` and `stroke_width` become `class` and `stroke-width`, None leaves one out."""
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _text(value))
        for key, value in attributes.items()
        if value is not None
    )
    return Markup("<{0}{1}>{2}</{0}>").format(name, written, Markup("").join(children))


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def filled(role: str) -> Style:
    """Class and colour of an area in `role`."""
    return {"class_": f"f-{role}", "fill": COLOURS[role]}


def drawn(role: str, width: float) -> Style:
    """Class, colour and width of a line in `role`."""
    return {"class_": f"s-{role}", "fill": "none", "stroke": COLOURS[role], "stroke_width": width}


def picture(*children: Markup, css: str, caption: str, **attributes: str | float) -> Markup:
    """The outer `svg`. `caption` is what it says to somebody who can't see it; an empty one marks it decorative."""
    if caption:
        title = element("title", escape(caption))
        return element("svg", title, *children, class_=css, role="img", **attributes)
    return element("svg", *children, class_=css, aria_hidden="true", **attributes)
