"""Links that work without an account: to the PDF of one delivery, and to stop one recipient's messages.

A link names its tenant and object and carries a signature over them, so nobody is looked up for a made-up one, and the
same delivery has the same link in each attempt to send it. Whether it still works (until when, withdrawn or not) is in
the tenant's database, with the token's hash alone.
"""

from __future__ import annotations

import base64
import hmac
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID

from tallymark.vault import derived

VALID = timedelta(days=30)
Purpose = Literal["pdf", "stop"]
_CODES: dict[Purpose, bytes] = {"pdf": b"p", "stop": b"u"}
_LENGTH = 1 + 16 + 16 + 16
_RETURN = 10


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a link opens: a delivery's PDF, or the way out for a recipient."""

    purpose: Purpose
    tenant_id: UUID
    id: UUID


def token_for(secret_key: str, link: Link) -> str:
    """The token in the link's address."""
    named = _CODES[link.purpose] + link.tenant_id.bytes + link.id.bytes
    return base64.urlsafe_b64encode(named + _signature(secret_key, named)[:16]).decode().rstrip("=")


def read_token(secret_key: str, token: str) -> Link | None:
    """What a token is for; None for one that isn't ours."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (NotBase64, ValueError):
        return None
    named, signed = raw[:33], raw[33:]
    if len(raw) != _LENGTH or not hmac.compare_digest(signed, _signature(secret_key, named)[:16]):
        return None
    purpose = next((name for name, code in _CODES.items() if code == named[:1]), None)
    if purpose is None or base64.urlsafe_b64encode(raw).decode().rstrip("=") != token:
        return None
    return Link(purpose=purpose, tenant_id=UUID(bytes=named[1:17]), id=UUID(bytes=named[17:33]))


def return_path(secret_key: str, bounces: str, delivery_id: UUID) -> str:
    """Where a message that can't be delivered comes back to: `name+<token>@domain`; "" where none is set up."""
    if not bounces:
        return ""
    name, _, domain = bounces.partition("@")
    raw = delivery_id.bytes + _signature(secret_key, b"return" + delivery_id.bytes)[:_RETURN]
    return f"{name}+{base64.b32encode(raw).decode().rstrip('=').lower()}@{domain}"


def read_return_path(secret_key: str, address: str) -> UUID | None:
    """The delivery that an address made by `return_path` stands for; None for any other address."""
    token = address.partition("@")[0].rpartition("+")[2]
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except (NotBase64, ValueError):
        return None
    named, signed = raw[:16], raw[16:]
    if len(raw) != 16 + _RETURN or not hmac.compare_digest(
        signed, _signature(secret_key, b"return" + named)[:_RETURN]
    ):
        return None
    return UUID(bytes=named)


def _signature(secret_key: str, named: bytes) -> bytes:
    return hmac.new(derived(secret_key, "delivery links"), named, sha256).digest()
