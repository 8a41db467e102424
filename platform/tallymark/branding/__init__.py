"""A tenant's own look: its logo, its colours, and the words beside them."""

from tallymark.branding.colours import BadColour, contrast_with_white, nearest_readable, readable
from tallymark.branding.dressing import assets_of, dressed
from tallymark.branding.logos import LogoRefused, Picture, picture_of

__all__ = [
    "BadColour",
    "LogoRefused",
    "Picture",
    "assets_of",
    "contrast_with_white",
    "dressed",
    "nearest_readable",
    "picture_of",
    "readable",
]
