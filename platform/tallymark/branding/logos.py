"""Logos as they are uploaded: looked at here, decoded by a limited process, kept as a new picture without anything else."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

from tallymark.i18n.catalogue import mark

MAX_BYTES: Final = 2_000_000
DECODER = "tallymark.branding.decoding"
_SECONDS = 20
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_LOOKS_LIKE_MARKUP = (b"<svg", b"<?xml", b"<!doctype", b"<html", b"<script")
_SENTENCES = {
    "pixels": mark("The picture has more than 4 million pixels; upload a smaller one."),
    "small": mark("The picture is too small to be a logo; it must be at least 8 pixels wide and high."),
    "shape": mark("The picture is too long and thin to be a logo; its sides may differ twenty times."),
    "damaged": mark("The picture is damaged or cut short; save it again as a PNG or JPEG."),
    "more": mark("The file holds more than a picture; save it again as a PNG or JPEG."),
    "moving": mark("The picture moves; upload a still one."),
}


class LogoRefused(ValueError):
    """The file isn't a logo that can be used; the sentence says what to do."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of our own making: no metadata, no profile, at most 1200 × 600 pixels."""

    content: bytes
    mime: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """The name it is kept under."""
        return hashlib.sha256(self.content).hexdigest()


def picture_of(content: bytes) -> Picture:
    """The uploaded file as a picture that can be shown anywhere. Raises LogoRefused."""
    if not content:
        raise LogoRefused(mark("The file is empty; choose a PNG or JPEG."))
    if len(content) > MAX_BYTES:
        raise LogoRefused(mark("The picture has over 2 MB; upload a smaller one."))
    is_picture = content.startswith((_PNG, _JPEG))
    if not is_picture and any(sign in content[:1000].lower() for sign in _LOOKS_LIKE_MARKUP):
        raise LogoRefused(
            mark("SVG and web pages can point to other places, so they aren't taken; save the logo as a PNG.")
        )
    if not is_picture:
        raise LogoRefused(mark("The file is not a PNG or JPEG; save the logo as one of these."))
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", DECODER],
            input=content,
            env={"LC_ALL": "C.UTF-8"},
            cwd="/",
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise LogoRefused(_SENTENCES["damaged"]) from error
    head, _, made = done.stdout.partition(b"\n")
    try:
        facts = json.loads(head)
    except ValueError:  # it died over it
        raise LogoRefused(_SENTENCES["damaged"]) from None
    if "refused" in facts:
        raise LogoRefused(_SENTENCES[facts["refused"]])
    return Picture(content=made, mime=facts["mime"], width=facts["width"], height=facts["height"])
