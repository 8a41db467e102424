"""Which character encoding a file is in, and how to read on where a byte doesn't fit."""

import codecs
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer
import numpy as np

from tallymark_connectors.csv_xlsx.errors import UnreadableFile

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 18
_CHUNK = 1 << 20
_EASTERN = ("cp1256", "big5", "cp1258", "gb18030", "shift_jis", "euc_kr", "cp1251", "cp1253")
_WESTERN = "cp1252"
# Bytes that no decoder of the encoding takes become lone surrogates, which mark the row for the report.
BAD_BYTES = "tallymark.bad-bytes"


def _keep_bad_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(BAD_BYTES, _keep_bad_bytes)


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """A codec's name, whether a byte order mark showed it, and what a person should look at if it is a guess."""

    name: str
    bom: bool = False
    note: str | None = None


def detect_encoding(path: Path) -> Encoding:
    """Detect the encoding from the byte order mark, the pattern of zero bytes, or the text itself."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return Encoding(name=name, bom=True)
    if wide := _wide(sample):
        return Encoding(name=wide, note="There is no byte order mark; the zero bytes show UTF-16.")
    bad, total = _utf8_errors(path)
    if not bad:
        return Encoding(name="utf-8")
    if bad * 50 < total:
        note = f"{bad} of the characters are not UTF-8; their rows are left out."
        return Encoding(name="utf-8", note=note)
    return _legacy(_lines_with_letters(path))


def check_encoding(name: str) -> str:
    """The codec's name as Python spells it; raises UnreadableFile for one that doesn't exist."""
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise UnreadableFile(
            f"There is no encoding {name!r}; use a name such as utf-8, utf-16, windows-1252 or big5."
        ) from None


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: the line ends and separators of any script have a zero byte on one side."""
    if len(sample) < 4 or b"\0" not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    size = len(sample) // 2
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > size * 0.05 and zeros > others * 10:
            text = sample[: size * 2].decode(name, "replace")
            if text.count("\ufffd") <= len(text) * 0.01 and any(end in text for end in "\r\n"):
                return name
    return None


def _utf8_errors(path: Path) -> tuple[int, int]:
    """How many sequences of the whole file are not UTF-8, and how many bytes are not ASCII."""
    bad = total = 0
    decoder = codecs.getincrementaldecoder("utf-8")(BAD_BYTES)
    for chunk, final in _chunks(path):
        if chunk.isascii() and not decoder.getstate()[0]:
            continue
        text = decoder.decode(chunk, final)
        total += int(np.count_nonzero(np.frombuffer(chunk, np.uint8) & 0x80))
        bad += _surrogates(text)
        if bad > 100_000:
            break
    return bad, total


def _surrogates(text: str) -> int:
    try:
        text.encode()
    except UnicodeEncodeError:
        return sum("\udc00" <= c <= "\udcff" for c in text)
    return 0


def _chunks(path: Path) -> Iterator[tuple[bytes, bool]]:
    with path.open("rb") as file:
        chunk = file.read(_CHUNK)
        while chunk:
            following = file.read(_CHUNK)
            yield chunk, not following
            chunk = following


def _lines_with_letters(path: Path) -> bytes:
    """The first lines of the file that hold more than ASCII: a header alone may hold none."""
    found, size = [], 0
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                found.append(line[:4096])
                size += len(found[-1])
                if size > 65_536:
                    break
    return b"".join(found)


def _legacy(sample: bytes) -> Encoding:
    best = charset_normalizer.from_bytes(sample, cp_isolation=[*_EASTERN, _WESTERN, "cp1250"]).best()
    guess = best.encoding if best is not None else _WESTERN
    if guess not in _EASTERN or not _plausible(sample, guess):
        guess = _WESTERN
    if guess == _WESTERN and not _decodes(sample, _WESTERN):
        guess = "latin-1"
    text = sample.decode(guess, "replace")
    word = next((w for w in text.split() if not w.isascii()), "")[:40]
    return Encoding(name=guess, note=f"{guess} is a guess; check that {word!r} is spelt right.")


def _decodes(sample: bytes, name: str) -> bool:
    try:
        sample.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _plausible(sample: bytes, name: str) -> bool:
    """Western letters stand alone between ASCII ones; Arabic, Greek, Cyrillic or Han text comes in runs."""
    text = sample.decode(name, "replace")
    foreign = [c for c in text if c > "\x7f"]
    if text.count("\ufffd") > len(foreign) * 0.02:
        return False
    if name == "cp1258":
        return any("\u0300" <= c <= "\u0323" for c in text) or any(c in "đĐơƠưƯ" for c in text)
    runs = sum(a > "\x7f" and b > "\x7f" for a, b in itertools.pairwise(text))
    return runs > len(foreign) * 0.4
