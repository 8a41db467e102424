"""The limited process that decodes a logo from standard input and writes it anew: a line of facts, then the picture."""

from __future__ import annotations

import io
import json
import os
import resource
import struct
import sys
import warnings

from PIL import Image, ImageFile, ImageOps, JpegImagePlugin, PngImagePlugin
from PIL.TiffImagePlugin import (
    ImageFileDirectory_v2,
)  # what a camera says is read by it; nothing is imported later

from tallymark.sandbox import policy, seccomp

MAX_PIXELS = 4_000_000
_BOX = (1200, 600)
_SMALLEST, _MOST_UNEQUAL = 8, 20
_MEMORY, _SECONDS, _OUTPUT = 700_000_000, 10, 20_000_000
_PNG_SIGNATURE = 8
_LOADED_EARLY = (ImageFileDirectory_v2,)


class Refused(ValueError):
    """The one word says why."""


def main() -> None:
    """Decode, check, write; the process opens nothing and reaches nobody."""
    content = sys.stdin.buffer.read()
    Image.preinit()
    _confine()
    try:
        mime, picture = remade(content)
        head = {"mime": mime[0], "width": mime[1], "height": mime[2]}
    except Refused as error:
        head, picture = {"refused": str(error)}, b""
    except Exception:  # noqa: BLE001  decoders raise whatever they like over a damaged file
        head, picture = {"refused": "damaged"}, b""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + picture)
    sys.stdout.buffer.flush()
    os._exit(0)


def _confine() -> None:
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _OUTPUT),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _SECONDS),
    ):
        resource.setrlimit(kind, (value, value))
    if seccomp.why_unavailable() is None:
        policy.while_running()


def remade(content: bytes) -> tuple[tuple[str, int, int], bytes]:
    """Type, width and height of the new picture, and its bytes. Raises Refused."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # counted below
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    PngImagePlugin.MAX_TEXT_MEMORY = 1_000_000
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
        _check_size(image)
        _check_end(content, image)
        image.load()
        upright = ImageOps.exif_transpose(image) or image
        is_jpeg = isinstance(image, JpegImagePlugin.JpegImageFile)
        plain = upright.convert("RGB" if is_jpeg or not _has_alpha(upright) else "RGBA")
    plain.thumbnail(_BOX, Image.Resampling.LANCZOS)
    clean = Image.frombytes(
        plain.mode, plain.size, plain.tobytes()
    )  # pixels, and nothing that came with them
    out = io.BytesIO()
    if is_jpeg:
        clean.save(out, "JPEG", quality=90)
    else:
        clean.save(out, "PNG", optimize=True)
    return ("image/jpeg" if is_jpeg else "image/png", *clean.size), out.getvalue()


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Refused("pixels")
    if min(width, height) < _SMALLEST:
        raise Refused("small")
    if max(width, height) > _MOST_UNEQUAL * min(width, height):
        raise Refused("shape")
    if getattr(image, "is_animated", False):
        raise Refused("moving")


def _check_end(content: bytes, image: Image.Image) -> None:
    """Refuse what follows the picture: a file that is two things at once."""
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        ended = content.rstrip(b"\0").endswith(b"\xff\xd9")
    else:
        place, kind = _PNG_SIGNATURE, b""
        while kind != b"IEND":
            (length,) = struct.unpack(">I", content[place : place + 4])
            kind = content[place + 4 : place + 8]
            place += 12 + length
        ended = place == len(content)
    if not ended:
        raise Refused("more")


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


if __name__ == "__main__":
    main()
