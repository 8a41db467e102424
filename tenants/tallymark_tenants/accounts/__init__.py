"""Signing up and in, invitations and roles: plain functions over a session of the auth role and values.

Each takes a `Session` from `Database.auth()` and leaves committing to its caller; each raises an
`AccountError` with a sentence for the person who asked. Times come in as `now` (UTC) so that expiry can be
tested, and default to the clock.
"""

from tallymark_tenants.accounts.audit import audit
from tallymark_tenants.accounts.browser_sessions import SignedIn, end_session, find_session, start_session
from tallymark_tenants.accounts.errors import AccountError
from tallymark_tenants.accounts.invitations import accept_invitation, invite, revoke_invitation
from tallymark_tenants.accounts.members import (
    Access,
    access_to,
    change_role,
    list_members,
    list_tenants_of,
    remove_member,
)
from tallymark_tenants.accounts.roles import Permission, Role, can
from tallymark_tenants.accounts.sign_in import change_password, disable_user, sign_in
from tallymark_tenants.accounts.sign_up import create_tenant, sign_up

__all__ = [
    "Access",
    "AccountError",
    "Permission",
    "Role",
    "SignedIn",
    "accept_invitation",
    "access_to",
    "audit",
    "can",
    "change_password",
    "change_role",
    "create_tenant",
    "disable_user",
    "end_session",
    "find_session",
    "invite",
    "list_members",
    "list_tenants_of",
    "remove_member",
    "revoke_invitation",
    "sign_in",
    "sign_up",
    "start_session",
]
