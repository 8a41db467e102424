"""E-mails and phones: kept as keyed hashes only, and never carried along unasked."""

import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from typing import Any

from tallymark_connectors.csv_xlsx.errors import MappingError
from tallymark_connectors.csv_xlsx.text import fold, header_key, key

_PERSONAL = re.compile(
    r"\b(?:e ?mail|mail|phone|telephone|tel|mobile|cell|fax|homephone|whatsapp|zalo|"
    r"điện thoại|sđt|di động|تلفن|موبایل|همراه|ایمیل|فکس|رایانامه)\b|電話|手機|郵件|信箱|電郵|傳真"
)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def is_personal(header: str, sample: Sequence[str] = ()) -> bool:
    """Whether a source column holds e-mail addresses or phone numbers, by its header or by its values."""
    found = header_key(header)
    if _PERSONAL.search(found) and not found.startswith(("is ", "has ")):
        return True
    filled = [value for value in sample if value]
    return bool(filled) and sum(bool(_ADDRESS.fullmatch(v.strip())) for v in filled) * 2 > len(filled)


def hashed(reader: Callable[[str], Any], column: str, hash_key: bytes | None) -> Callable[[str], Any]:
    """The reader with its text turned into HMAC-SHA256 in hex; raises MappingError without a key."""
    if hash_key is None:
        raise MappingError(f"columns.{column} is kept as a keyed hash, but no key was given for this import.")

    def read(text: str) -> str | None:
        value = reader(text)
        if value is None:
            return None
        plain = key(str(value))
        if column.startswith("phone"):
            plain = "".join(c for c in fold(plain) if c.isdigit() or c == "+")
        return hmac.new(hash_key, plain.encode(), hashlib.sha256).hexdigest()

    return read
