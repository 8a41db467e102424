"""Logos and the like: which pictures are drawn at all."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from tallymark.scorecards.errors import AssetRefused

MAX_BYTES = 2_000_000
MAX_PIXELS = 4_000_000
_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg"}


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A picture by name. Its kind is read from its bytes, not from what it is called."""

    name: str
    content: bytes


def kind_of(asset: Asset) -> str:
    """The MIME type of a PNG or JPEG of reasonable size; only its header is read.

    Raises AssetRefused for anything else. SVG is refused because it can point elsewhere.
    """
    if len(asset.content) > MAX_BYTES:
        raise AssetRefused(
            f"The picture {asset.name!r} has over {MAX_BYTES // 1_000_000} MB; upload a smaller one."
        )
    try:
        with Image.open(BytesIO(asset.content), formats=tuple(_FORMATS)) as image:
            width, height = image.size
            kind = _FORMATS[str(image.format)]
    except Exception as error:
        raise AssetRefused(
            f"The picture {asset.name!r} is not a PNG or JPEG; upload one of these."
        ) from error
    if width * height > MAX_PIXELS:
        raise AssetRefused(
            f"The picture {asset.name!r} has {width} × {height} pixels; upload one of up to 4 million."
        )
    return kind
