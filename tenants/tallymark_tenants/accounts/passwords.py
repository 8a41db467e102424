"""Hashing passwords with argon2id, a few at a time."""

import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tallymark_tenants.accounts.errors import Busy, PasswordTooWeak

MINIMUM = 10  # characters
MAXIMUM = 1024  # characters: nobody types more, and hashing time grows with it
PATIENCE = 10.0  # seconds to wait for a turn

STRONG = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
"""RFC 9106's second choice: argon2id over 64 MiB, 3 passes, 4 lanes."""

_hasher = STRONG

# Each hash takes 64 MiB, so a rush of sign-ins must queue instead of filling the memory.
_turns = threading.BoundedSemaphore(4)


def check_strength(password: str) -> None:
    """Raise `PasswordTooWeak` unless the length is in bounds."""
    if len(password) < MINIMUM:
        raise PasswordTooWeak
    if len(password) > MAXIMUM:
        raise PasswordTooWeak(f"Choose a password of at most {MAXIMUM} characters.")


def hash_password(password: str) -> str:
    """The argon2id hash with its parameters and salt; raises `PasswordTooWeak`."""
    check_strength(password)
    return rehash(password)


def rehash(password: str) -> str:
    """The hash of a password that was accepted before, whatever is asked of new ones today."""
    with _turn():
        return _hasher.hash(password)


def verify(password: str, hashed: str | None) -> bool:
    """Whether the password fits; as slow for no hash at all (and False)."""
    if len(password) > MAXIMUM:
        password, hashed = "", None
    with _turn():
        try:
            return _hasher.verify(hashed or _decoy(), password) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(hashed: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(hashed)


def _decoy() -> str:
    """A hash of nobody's password, so that an unknown address takes as long as a wrong password."""
    salt, digest = (b64encode(bytes(n)).decode().rstrip("=") for n in (_hasher.salt_len, _hasher.hash_len))
    cost = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        _turns.release()
