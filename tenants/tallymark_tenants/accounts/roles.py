"""Roles and what each may do. Higher roles may do all that lower ones may."""

from enum import StrEnum


class Permission(StrEnum):
    """Something a member may be allowed to do in a tenant."""

    READ = "read"  # scorecards, figures, their rows
    ANALYSE = "analyse"  # KPI sets, targets, scorecards, running them
    IMPORT = "import"  # upload files, change mappings, start a sync
    CONNECT = "connect"  # connections with their credentials
    MANAGE_MEMBERS = "manage members"
    MANAGE_TENANT = "manage tenant"  # name, currency, zone, calendar
    MANAGE_OWNERS = "manage owners"  # make, demote and remove owners
    READ_AUDIT = "read audit"


class Role(StrEnum):
    """A member's role, lowest first."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    ADMIN = "admin"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        """0 for the lowest."""
        return list(Role).index(self)


_FROM = {
    Permission.READ: Role.VIEWER,
    Permission.ANALYSE: Role.ANALYST,
    Permission.IMPORT: Role.ANALYST,
    Permission.CONNECT: Role.ADMIN,
    Permission.MANAGE_MEMBERS: Role.ADMIN,
    Permission.MANAGE_TENANT: Role.ADMIN,
    Permission.READ_AUDIT: Role.ADMIN,
    Permission.MANAGE_OWNERS: Role.OWNER,
}


def can(role: Role | str, permission: Permission) -> bool:
    """Whether a member of this role may do this."""
    return Role(role).rank >= _FROM[permission].rank


def may_grant(role: Role | str, wanted: Role | str) -> bool:
    """Whether a member of `role` may give `wanted` to somebody, or take it away."""
    if Role(wanted) is Role.OWNER:
        return can(role, Permission.MANAGE_OWNERS)
    return can(role, Permission.MANAGE_MEMBERS)
