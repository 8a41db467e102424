"""The language that a person reads, whatever their companies speak."""

from uuid import UUID

from sqlalchemy.orm import Session

from tallymark_tenants.accounts.errors import MemberUnknown
from tallymark_tenants.accounts.values import check_locale
from tallymark_tenants.models import User


def choose_language(session: Session, user_id: UUID, locale: str) -> None:
    """Keep a person's own language, "" for that of the company they are in; raises `ValueRejected`."""
    user = session.get(User, user_id)
    if user is None:
        raise MemberUnknown
    user.locale = check_locale(locale) if locale else None
    session.flush()
