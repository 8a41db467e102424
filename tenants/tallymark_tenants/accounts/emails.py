"""E-mail addresses as the key of an account."""

import unicodedata

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from tallymark_tenants.accounts.errors import EmailInvalid
from tallymark_tenants.models import User

LONGEST = 254  # RFC 5321


def normalise(email: str) -> str:
    """Without surrounding spaces, in composed form and lower case; raises `EmailInvalid`.

    Providers that tell upper from lower case in the local part are extinct.
    """
    address = unicodedata.normalize("NFC", email.strip()).lower()
    local, _, domain = address.rpartition("@")
    plain = address.isprintable() and not any(letter.isspace() for letter in address)
    labels = domain.split(".")
    if not (
        plain and local and "@" not in local and len(address) <= LONGEST and all(labels) and len(labels) > 1
    ):
        raise EmailInvalid
    return address


def find_user(session: Session, email: str) -> User | None:
    """The user of a normalised address, with the password's hash loaded."""
    wanted = select(User).where(func.lower(User.email) == email).options(undefer(User.password_hash))
    return session.scalar(wanted)
