"""Invitations and roles."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from sqlalchemy import select

from tallymark_tenants.accounts import (
    Permission,
    Role,
    accept_invitation,
    access_to,
    can,
    change_role,
    find_session,
    invite,
    list_members,
    list_tenants_of,
    remove_member,
    revoke_invitation,
    sign_in,
    sign_up,
    start_session,
)
from tallymark_tenants.accounts.errors import (
    AlreadyMember,
    InvitationExpired,
    InvitationForAnother,
    InvitationUnknown,
    LastOwner,
    MemberUnknown,
    NotAllowed,
)
from tallymark_tenants.accounts.invitations import VALID, find_invitation
from tallymark_tenants.models import Invitation, Membership, User

PASSWORD = "correct horse battery"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def an_address():
    return f"{uuid4().hex}@example.com"


class Company:
    """A company with an owner, to which members of any role can be added."""

    def __init__(self, session):
        made = sign_up(session, company="Acme", email=an_address(), password=PASSWORD, name="Olga")
        self.id, self.slug, self.owner = made.profile.id, made.profile.slug, made.user_id

    def add(self, session, role):
        user = User(email=an_address(), name=role.title())
        session.add(user)
        session.flush()
        session.add(Membership(tenant_id=self.id, user_id=user.id, role=role))
        session.flush()
        return user.id


@pytest.fixture
def auth(database):
    with database.auth() as session:
        yield session


@pytest.fixture
def company(auth):
    return Company(auth)


def test_roles_contain_the_lower_ones():
    for lower, higher in pairwise(Role):
        for permission in Permission:
            assert can(higher, permission) or not can(lower, permission)
    assert [permission for permission in Permission if can("viewer", permission)] == [Permission.READ]
    assert all(can("owner", permission) for permission in Permission)
    assert not can("admin", Permission.MANAGE_OWNERS)


def test_a_new_person_accepts_an_invitation_with_a_password(auth, company):
    address = an_address()
    token = invite(auth, company.id, email=address.upper(), role=Role.ANALYST, actor=company.owner)
    user = accept_invitation(auth, token, name="Ben", password=PASSWORD)
    assert sign_in(auth, email=address, password=PASSWORD).id == user.id
    access = access_to(auth, user.id, company.slug)
    assert access is not None
    assert access.role is Role.ANALYST
    assert token.encode() not in auth.scalars(select(Invitation.token_hash)).all()
    with pytest.raises(InvitationUnknown):
        accept_invitation(auth, token, name="Ben", password=PASSWORD)


def test_a_known_person_must_be_signed_in_to_accept(auth, company):
    other = Company(auth)
    address = auth.get(User, other.owner).email
    token = invite(auth, company.id, email=address, role=Role.VIEWER, actor=company.owner)
    for who in (None, company.owner):
        with pytest.raises(InvitationForAnother):
            accept_invitation(auth, token, user_id=who, name="Thief", password=PASSWORD)
    accept_invitation(auth, token, user_id=other.owner)
    assert {access.role for access in list_tenants_of(auth, other.owner)} == {Role.OWNER, Role.VIEWER}
    with pytest.raises(AlreadyMember):
        invite(auth, company.id, email=address, role=Role.ADMIN, actor=company.owner)


def test_an_invitation_expires_is_replaced_or_withdrawn(auth, company):
    values = {"email": an_address(), "role": Role.VIEWER, "actor": company.owner, "now": NOON}
    first = invite(auth, company.id, **values)
    second = invite(auth, company.id, **values)
    with pytest.raises(InvitationUnknown):
        find_invitation(auth, first, now=NOON)
    assert find_invitation(auth, second, now=NOON + VALID - timedelta(seconds=1)).role == "viewer"
    with pytest.raises(InvitationExpired, match="ask for a new one"):
        accept_invitation(auth, second, name="Late", password=PASSWORD, now=NOON + VALID)
    invitation = find_invitation(auth, second, now=NOON)
    with pytest.raises(NotAllowed):
        revoke_invitation(auth, company.id, invitation.id, actor=company.add(auth, "analyst"))
    revoke_invitation(auth, company.id, invitation.id, actor=company.owner)
    with pytest.raises(InvitationUnknown):
        find_invitation(auth, second, now=NOON)


@pytest.mark.parametrize(
    ("actor", "role", "allowed"),
    [
        ("owner", "owner", True),
        ("admin", "owner", False),
        ("admin", "admin", True),
        ("analyst", "viewer", False),
        ("viewer", "viewer", False),
    ],
)
def test_who_may_invite_whom(auth, company, actor, role, allowed):
    who = company.add(auth, actor)
    if allowed:
        assert invite(auth, company.id, email=an_address(), role=Role(role), actor=who)
        return
    with pytest.raises(NotAllowed):
        invite(auth, company.id, email=an_address(), role=Role(role), actor=who)


@pytest.mark.parametrize("fall", ["removed", "demoted"])
def test_who_loses_the_role_does_not_come_back_by_an_invitation(auth, company, fall):
    admin = company.add(auth, "admin")
    token = invite(auth, company.id, email=an_address(), role=Role.ADMIN, actor=admin)
    kept = invite(auth, company.id, email=an_address(), role=Role.ADMIN, actor=company.owner)
    if fall == "removed":
        remove_member(auth, company.id, admin, actor=company.owner)
    else:
        change_role(auth, company.id, admin, Role.VIEWER, actor=company.owner)
    with pytest.raises(InvitationUnknown):
        accept_invitation(auth, token, name="Again", password=PASSWORD)
    assert auth.scalars(select(Invitation.id).where(Invitation.invited_by == admin)).all() == []
    assert accept_invitation(auth, kept, name="Ben", password=PASSWORD)


@pytest.mark.parametrize("role", ["analyst", None])
def test_the_inviters_role_is_looked_at_again_when_accepting(auth, company, role):
    admin = company.add(auth, "admin")
    token = invite(auth, company.id, email=an_address(), role=Role.VIEWER, actor=admin)
    member = auth.scalars(select(Membership).where(Membership.user_id == admin)).one()
    if role:
        member.role = role
    else:
        auth.delete(member)
    auth.flush()
    with pytest.raises(InvitationUnknown):
        accept_invitation(auth, token, name="Ben", password=PASSWORD)


def test_an_admin_touches_no_invitation_of_an_owner_to_be(auth, company):
    admin, address = company.add(auth, "admin"), an_address()
    token = invite(auth, company.id, email=address, role=Role.OWNER, actor=company.owner, now=NOON)
    with pytest.raises(NotAllowed):
        invite(auth, company.id, email=address, role=Role.VIEWER, actor=admin, now=NOON)
    with pytest.raises(NotAllowed):
        revoke_invitation(auth, company.id, find_invitation(auth, token, now=NOON).id, actor=admin)
    assert find_invitation(auth, token, now=NOON).role == "owner"
    late = NOON + VALID
    replaced = invite(auth, company.id, email=address, role=Role.VIEWER, actor=admin, now=late)
    assert find_invitation(auth, replaced, now=late).role == "viewer", "an expired one blocks nobody"


def test_a_stranger_may_do_nothing(auth, company):
    stranger, member = Company(auth).owner, company.add(auth, "viewer")
    with pytest.raises(NotAllowed):
        invite(auth, company.id, email=an_address(), role=Role.VIEWER, actor=stranger)
    with pytest.raises(NotAllowed):
        change_role(auth, company.id, member, Role.ADMIN, actor=stranger)
    with pytest.raises(NotAllowed):
        remove_member(auth, company.id, member, actor=stranger)
    with pytest.raises(MemberUnknown):
        remove_member(auth, company.id, stranger, actor=company.owner)
    assert access_to(auth, stranger, company.slug) is None
    assert access_to(auth, stranger, "nowhere") is None


def test_losing_a_role_ends_the_sessions_and_gaining_one_does_not(auth, company):
    member = company.add(auth, "analyst")
    token = start_session(auth, member)
    change_role(auth, company.id, member, Role.ADMIN, actor=company.owner)
    assert find_session(auth, token) is not None
    change_role(auth, company.id, member, Role.VIEWER, actor=company.owner)
    assert find_session(auth, token) is None
    token = start_session(auth, member)
    remove_member(auth, company.id, member, actor=company.owner)
    assert find_session(auth, token) is None
    assert list_tenants_of(auth, member) == []


def test_an_admin_touches_no_owner_and_lifts_nobody_to_one(auth, company):
    admin, second = company.add(auth, "admin"), company.add(auth, "owner")
    for role in (Role.VIEWER, Role.ADMIN):
        with pytest.raises(NotAllowed):
            change_role(auth, company.id, second, role, actor=admin)
    with pytest.raises(NotAllowed):
        change_role(auth, company.id, admin, Role.OWNER, actor=admin)
    with pytest.raises(NotAllowed):
        remove_member(auth, company.id, second, actor=admin)


def test_the_last_owner_stays(auth, company):
    with pytest.raises(LastOwner):
        remove_member(auth, company.id, company.owner, actor=company.owner)
    with pytest.raises(LastOwner):
        change_role(auth, company.id, company.owner, Role.ADMIN, actor=company.owner)
    second = company.add(auth, "owner")
    remove_member(auth, company.id, company.owner, actor=company.owner)
    assert [(member.user_id, member.role) for member in list_members(auth, company.id)] == [
        (second, Role.OWNER)
    ]


def test_two_owners_cannot_leave_at_the_same_time(database):
    with database.auth() as session:
        company = Company(session)
        owners = [company.owner, company.add(session, "owner")]

    def leave(user_id):
        try:
            with database.auth() as session:
                remove_member(session, company.id, user_id, actor=user_id)
        except LastOwner:
            return "stays"
        return "left"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, owners)) == ["left", "stays"]


def test_members_are_listed_in_the_tenants_own_session(database):
    with database.auth() as session:
        company = Company(session)
        company.add(session, "viewer")
        Company(session)
    with database.tenant(company.id) as session:
        assert [(m.name, m.role) for m in list_members(session, company.id)] == [
            ("Olga", Role.OWNER),
            ("Viewer", Role.VIEWER),
        ]
