"""One way to write plain data as bytes, so that its hash is the same wherever and whenever it is taken."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tallymark.scorecards.seal.errors import SealError


def canonical(data: object) -> bytes:
    """The data as JSON: keys sorted, no spaces, UTF-8, text as it is (not normalised).

    A float that is a whole number is written as one: PostgreSQL's jsonb doesn't keep the two apart where it is large,
    and knows no negative zero. Amounts are never floats; those there are say how long a bar is drawn.

    Raises:
        SealError: there is something that isn't plain data.
    """
    try:
        return json.dumps(
            _plain(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        ).encode()
    except (TypeError, ValueError) as error:
        raise SealError(f"This can't be sealed: {error}.") from error


def digest(data: object) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(data)).hexdigest()


def _plain(data: Any) -> Any:
    if isinstance(data, float) and data.is_integer():
        return int(data)
    if isinstance(data, Mapping):
        if stray := next((name for name in data if not isinstance(name, str)), None):
            raise SealError(f"This can't be sealed: {stray!r} is a key that isn't text.")
        return {name: _plain(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(each) for each in data]
    return data
