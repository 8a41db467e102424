"""Routes of members and invitations."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import EmailField, SelectField
from wtforms.validators import DataRequired

from tallymark.web.access import here, permits, user
from tallymark.web.forms import Form, options
from tallymark.web.localisation import gettext as _
from tallymark.web.localisation import say
from tallymark.web.navigation import role_name
from tallymark.web.scope import scope
from tallymark_tenants.accounts import (
    AccountError,
    Permission,
    Role,
    invite,
    list_members,
    remove_member,
    revoke_invitation,
)
from tallymark_tenants.accounts import change_role as give_role
from tallymark_tenants.accounts.errors import InvitationUnknown, MemberUnknown
from tallymark_tenants.accounts.invitations import VALID
from tallymark_tenants.accounts.roles import may_grant
from tallymark_tenants.models import Invitation

members = Blueprint("members", __name__, template_folder="templates")


class InviteForm(Form):
    """Whom to invite, as what."""

    email = EmailField(_("E-mail"), validators=[DataRequired()])
    role = SelectField(_("Role"))


@dataclass(frozen=True, kw_only=True)
class Link:
    """A fresh invitation link: the only time its token is seen."""

    email: str
    url: str
    expires_at: datetime


@members.get("/")
@permits(Permission.READ)
def index() -> ResponseReturnValue:
    """Who belongs to the company."""
    return _page(_form())


@members.post("/invitations")
@permits(Permission.MANAGE_MEMBERS)
def invite_member() -> ResponseReturnValue:
    """Make an invitation and show its link."""
    form = _form()
    if form.validate_on_submit():
        email = str(form.email.data)
        try:
            token = invite(
                scope().auth(), here().profile.id, email=email, role=Role(form.role.data), actor=user().id
            )
        except AccountError as error:
            form.email.errors = [say(error)]
        else:
            address = url_for("accounts.invitation", token=token, _external=True)
            # The invitation shows in the list only after the commit, which comes after this page is made.
            return _page(
                _form(empty=True), Link(email=email, url=address, expires_at=datetime.now(UTC) + VALID)
            )
    return _page(form), 422


@members.post("/invitations/<uuid:invitation_id>/withdraw")
@permits(Permission.MANAGE_MEMBERS)
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """Make an open invitation worthless."""
    try:
        revoke_invitation(scope().auth(), here().profile.id, invitation_id, actor=user().id)
    except InvitationUnknown:
        abort(404)
    except AccountError as error:
        flash(say(error), "bad")
    else:
        flash(_("The invitation is withdrawn."), "good")
    return redirect(url_for("members.index"))


@members.post("/<uuid:user_id>/role")
@permits(Permission.MANAGE_MEMBERS)
def change_role(user_id: UUID) -> ResponseReturnValue:
    """Give a member another role."""
    wanted = request.form.get("role", "")
    if wanted not in list(Role):
        abort(400)
    try:
        give_role(scope().auth(), here().profile.id, user_id, Role(wanted), actor=user().id)
    except MemberUnknown:
        abort(404)
    except AccountError as error:
        flash(say(error), "bad")
    else:
        flash(_("The role is changed to %(role)s.", role=role_name(wanted)), "good")
    return redirect(url_for("members.index"))


@members.post("/<uuid:user_id>/remove")
@permits(Permission.MANAGE_MEMBERS)
def remove(user_id: UUID) -> ResponseReturnValue:
    """Take a member out of the company."""
    try:
        remove_member(scope().auth(), here().profile.id, user_id, actor=user().id)
    except MemberUnknown:
        abort(404)
    except AccountError as error:
        flash(say(error), "bad")
    else:
        flash(_("The member is removed and signed out."), "good")
    return redirect(url_for("members.index"))


def _grantable() -> list[Role]:
    return [role for role in Role if may_grant(here().role, role)]


def _form(*, empty: bool = False) -> InviteForm:
    form = InviteForm(formdata=None) if empty else InviteForm()
    form.role.choices = options((role.value, role_name(role)) for role in _grantable())
    return form


def _page(form: InviteForm, link: Link | None = None) -> str:
    session = scope().tenant()
    grantable = _grantable()
    people = [
        {
            "user_id": member.user_id,
            "email": member.email,
            "name": member.name,
            "role": member.role,
            "changeable": member.role in grantable,
        }
        for member in list_members(session, here().profile.id)
    ]
    waiting = session.scalars(
        select(Invitation).where(Invitation.accepted_at.is_(None)).order_by(Invitation.created_at)
    ).all()
    return render_template(
        "members/index.html", members=people, invitations=waiting, grantable=grantable, form=form, link=link
    )
