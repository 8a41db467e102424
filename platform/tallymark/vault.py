"""Secrets that tenants give us, closed with the installation's key so that the database alone gives nothing away.

AES-256-GCM. What a secret belongs to (tenant and object) is authenticated with it: copied to another row, or to another
tenant's, it doesn't open.
"""

from __future__ import annotations

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"
_NONCE = 12


class CannotOpen(ValueError):
    """The secret was closed with another key, or for something else; it has to be entered again."""


def close(secret_key: str, text: str, *, tenant: UUID, purpose: str, of: UUID) -> bytes:
    """The text closed for one object of a tenant; `purpose` says what kind of secret it is."""
    nonce = os.urandom(_NONCE)
    box = AESGCM(_key(secret_key))
    return _VERSION + nonce + box.encrypt(nonce, text.encode(), _belonging(tenant, purpose, of))


def reveal(secret_key: str, closed: bytes, *, tenant: UUID, purpose: str, of: UUID) -> str:
    """The text that `close` was given; raises CannotOpen."""
    if closed[:1] != _VERSION:
        raise CannotOpen("This secret was stored by another version; enter it again.")
    nonce, rest = closed[1 : 1 + _NONCE], closed[1 + _NONCE :]
    try:
        return AESGCM(_key(secret_key)).decrypt(nonce, rest, _belonging(tenant, purpose, of)).decode()
    except (InvalidTag, ValueError):
        raise CannotOpen(
            "This secret was stored with another TALLYMARK_SECRET_KEY; enter it again."
        ) from None


def derived(secret_key: str, use: str) -> bytes:
    """32 bytes for one use, so that no key serves two."""
    if not secret_key:
        raise CannotOpen("There is no TALLYMARK_SECRET_KEY; set it.")
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"tallymark {use} 1".encode()).derive(
        secret_key.encode()
    )


def _key(secret_key: str) -> bytes:
    return derived(secret_key, "vault")


def _belonging(tenant: UUID, purpose: str, of: UUID) -> bytes:
    return b"|".join((tenant.bytes, purpose.encode(), of.bytes))
