"""Colours that white text can be read on: WCAG 2.2's contrast, and the nearest colour that has it.

Source: Web Content Accessibility Guidelines 2.2, "relative luminance" and "contrast ratio".
"""

from __future__ import annotations

import colorsys
import re

from tallymark.i18n.catalogue import mark

PRIMARY, DEEP = "#1d4ed8", "#16224f"
"""The product's own colours."""

DARK_PAGE = "#162036"
"""The lightest ground of a dark page."""

ENOUGH = 4.5
"""Contrast of level AA for text of any size."""

_HEX = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.ASCII | re.IGNORECASE)
_STEPS = 400


class BadColour(ValueError):
    """A colour that can't be used; `nearest` is one that can, where there is one."""

    def __init__(self, sentence: str, nearest: str = "") -> None:
        super().__init__(sentence)
        self.nearest = nearest


def plain(colour: str) -> str:
    """`#rrggbb` in small letters, from `#RGB` or without the sign too. Raises BadColour."""
    found = _HEX.fullmatch(colour.strip())
    if found is None:
        raise BadColour(mark("Write a colour as # and six digits of 0-9 and a-f, such as #1d4ed8."))
    digits = found.group(1).lower()
    return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits)


def contrast_with_white(colour: str) -> float:
    """From 1 (white) to 21 (black)."""
    return 1.05 / (_luminance(_channels(plain(colour))) + 0.05)


def nearest_readable(colour: str) -> str:
    """The lightest colour of the same hue and saturation, no lighter than `colour`, that white text is readable on."""
    hue, light, saturation = colorsys.rgb_to_hls(*_channels(plain(colour)))
    for step in range(_STEPS + 1):
        darker = light * (1 - step / _STEPS)
        red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, darker, saturation))
        found = f"#{red:02x}{green:02x}{blue:02x}"
        if contrast_with_white(found) >= ENOUGH:
            return found
    return "#000000"


def on_dark(colour: str) -> str:
    """The colour as it is on a dark page: of the same hue, light enough to be seen there."""
    hue, light, saturation = colorsys.rgb_to_hls(*_channels(plain(colour)))
    for step in range(_STEPS + 1):
        lighter = light + (1 - light) * step / _STEPS
        red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, lighter, saturation))
        found = f"#{red:02x}{green:02x}{blue:02x}"
        if _against_dark(found) >= ENOUGH:
            return found
    return "#ffffff"


def _against_dark(colour: str) -> float:
    return (_luminance(_channels(colour)) + 0.05) / (_luminance(_channels(DARK_PAGE)) + 0.05)


def readable(colour: str) -> str:
    """The colour as `#rrggbb`. Raises BadColour, with the nearest that is readable, where white text isn't."""
    found = plain(colour)
    if contrast_with_white(found) < ENOUGH:
        nearest = nearest_readable(found)
        raise BadColour(
            mark("White text can't be read on this colour: choose a darker one. The nearest is offered."),
            nearest,
        )
    return found


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _luminance(channels: tuple[float, float, float]) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
