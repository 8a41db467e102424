"""An invitation as the invited person meets it."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from sqlalchemy.orm import Session

from tallymark.web.accounts.forms import ConfirmForm, NewMemberForm
from tallymark.web.forms import Form
from tallymark.web.navigation import role_name
from tallymark_tenants.accounts import accept_invitation
from tallymark_tenants.accounts.emails import find_user
from tallymark_tenants.accounts.errors import InvitationForAnother, InvitationUnknown
from tallymark_tenants.accounts.invitations import find_invitation
from tallymark_tenants.models import Tenant


@dataclass(frozen=True, kw_only=True)
class Joining:
    """An open invitation. `known`: the address has an account; `signed_in`: and the visitor is it."""

    token: str
    company: str
    slug: str
    email: str
    role_name: str
    known: bool
    signed_in: UUID | None

    @property
    def must_sign_in(self) -> bool:
        """Whether the invited person has an account to sign in with first."""
        return self.known and self.signed_in is None

    @classmethod
    def of(cls, session: Session, token: str, visitor: UUID | None) -> Self:
        """Find it; raises `InvitationUnknown`, `InvitationExpired`, `InvitationForAnother`."""
        invitation = find_invitation(session, token)
        tenant = session.get(Tenant, invitation.tenant_id)
        if tenant is None:
            raise InvitationUnknown
        person = find_user(session, invitation.email)
        if visitor is not None and (person is None or person.id != visitor):
            raise InvitationForAnother
        return cls(
            token=token,
            company=tenant.name,
            slug=tenant.slug,
            email=invitation.email,
            role_name=role_name(invitation.role),
            known=person is not None,
            signed_in=visitor,
        )

    def form(self) -> Form:
        """What this visitor still has to tell."""
        return ConfirmForm() if self.signed_in else NewMemberForm()

    def accept(self, session: Session, form: Form) -> UUID:
        """Join the company; returns who joined. Raises `AccountError`s such as a weak password."""
        if self.signed_in:
            return accept_invitation(session, self.token, user_id=self.signed_in).id
        password = str(form["password"].data)
        return accept_invitation(session, self.token, name=str(form["name"].data), password=password).id
