"""Random tokens, of which only hashes are kept."""

import secrets
from hashlib import sha256


def new_token() -> tuple[str, bytes]:
    """A token of 256 random bits for the outside, and its SHA-256 for the database."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)


def token_hash(token: str) -> bytes:
    """SHA-256 is enough for a random token: there is nothing to guess."""
    return sha256(token.encode()).digest()
