"""The seal itself: a hash over everything, and a signature that only this installation can make.

The hash alone notices damage; whoever can write to the database could make it anew. The signature is an HMAC with a key
that is derived from the installation's secret and isn't in the database. The key's own short name stands beside it, so
that a secret that was replaced since is told from a seal that was forged.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from tallymark.scorecards.seal.canonical import digest
from tallymark.scorecards.seal.errors import SealError

VERSION = "1"
_PURPOSE = b"tallymark: seals of editions, 1"

Standing: TypeAlias = Literal["holds", "unsigned", "foreign", "broken"]
"""`foreign`: the hash holds, signed with a key that isn't this installation's; `unsigned`: it has no signature."""


@dataclass(frozen=True, kw_only=True)
class Seal:
    """A seal taken apart: `hash` over the content, `key` the name of the key, `signature` over the hash."""

    hash: str
    key: str
    signature: str

    @classmethod
    def read(cls, text: str) -> Seal:
        """The seal that an edition has.

        Raises:
            SealError: it isn't one.
        """
        parts = text.split(":")
        if len(parts) != 4 or parts[0] != VERSION:
            raise SealError("This seal isn't of a kind that this version knows.")
        return cls(hash=parts[1], key=parts[2], signature=parts[3])

    @property
    def short(self) -> str:
        """The beginning of the hash, enough to tell editions apart by eye."""
        return self.hash[:12]


def seal_of(basis: Mapping[str, Any], document: Mapping[str, Any], secret: str) -> str:
    """The seal over a basis and a document; unsigned where the installation has no secret."""
    content = _content(basis, document)
    if not secret:
        return f"{VERSION}:{content}::"
    key = _key(secret)
    return f"{VERSION}:{content}:{_name(key)}:{_signature(content, key)}"


def standing(text: str, basis: Mapping[str, Any], document: Mapping[str, Any], secret: str) -> Standing:
    """Whether a seal is over just this content."""
    try:
        seal = Seal.read(text)
    except SealError:
        return "broken"
    if not hmac.compare_digest(seal.hash, _content(basis, document)):
        return "broken"
    if not seal.signature:
        return "unsigned"
    key = _key(secret)
    if seal.key != _name(key):
        return "foreign"
    return "holds" if hmac.compare_digest(seal.signature, _signature(seal.hash, key)) else "broken"


def _content(basis: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    return digest({"basis": basis, "document": document})


def _key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), _PURPOSE, "sha256")


def _name(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:8]


def _signature(content: str, key: bytes) -> str:
    return hmac.new(key, f"{VERSION}:{content}".encode(), "sha256").hexdigest()
