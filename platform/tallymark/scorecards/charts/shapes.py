"""SVG elements as safe markup, and the colours they are painted with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup, escape

COLOURS: Mapping[str, str] = {
    "brand": "#1d4ed8",
    "area": "#e8edfb",
    "band": "#dbe4fb",
    "track": "#e8edf4",
    "pale": "#f3f5fa",
    "grid": "#e6e9f2",
    "axis": "#c3c9d6",
    "target": "#0f172a",
    "past": "#94a3c2",
    "paper": "#ffffff",
    "loss": "#dcaaa5",
    "on": "#146c43",
    "risk": "#8a5300",
    "off": "#a4161a",
    "none": "#7b8497",
    "info": "#5b6475",
    "good": "#146c43",
    "bad": "#a4161a",
    "neutral": "#5b6475",
}
"""The PDF's colours by role; the page overrides them by class."""

_TINTS = {"area": 0.10, "band": 0.17}

Style = dict[str, str | float | None]


@dataclass(frozen=True)
class Paint:
    """Colours by role. A drawing in a PDF knows no stylesheet, so each shape carries its colour beside its class."""

    colours: Mapping[str, str] = field(default_factory=lambda: COLOURS)

    @classmethod
    def branded(cls, primary: str) -> "Paint":
        """The usual colours with a brand's own ("#rrggbb") and its tints."""
        tints = {role: tint(primary, part) for role, part in _TINTS.items()}
        return cls({**COLOURS, "brand": primary, **tints})

    def filled(self, role: str) -> Style:
        """Class and colour of an area in `role`."""
        return {"class_": f"f-{role}", "fill": self.colours[role]}

    def drawn(self, role: str, width: float) -> Style:
        """Class, colour and width of a line in `role`."""
        return {"class_": f"s-{role}", "fill": "none", "stroke": self.colours[role], "stroke_width": width}


PLAIN = Paint()


def tint(colour: str, part: float) -> str:
    """`colour` ("#rrggbb") mixed with white; `part` (0 to 1) is the colour's own share."""
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - each) * part):02x}" for each in parts)


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


def percent(part: float) -> str:
    """0.25 as `25.00%`."""
    return f"{part * 100:.2f}%"


def picture(*children: Markup, css: str, caption: str, **attributes: str | float | None) -> Markup:
    """The outer `svg`. `caption` is what it says to somebody who can't see it; an empty one marks it decorative."""
    if caption:
        title = element("title", escape(caption))
        return element("svg", title, *children, class_=css, role="img", **attributes)
    return element("svg", *children, class_=css, aria_hidden="true", **attributes)
