"""Who may ask for a route: declared on each view, checked in one place, refused where nothing is declared."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tallymark.web.identity import Visitor
from tallymark.web.scope import SAFE_METHODS, scope
from tallymark_tenants.accounts import Permission, Role, access_to, can
from tallymark_tenants.profile import TenantProfile

# Programs are told that they must sign in, not led to a page.
API = "api"

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What a view declared. `permission` is one within the tenant that the address names."""

    signed_in: bool = False
    permission: Permission | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """The tenant that the request is in, and the signed-in user's role there."""

    profile: TenantProfile
    role: Role

    def can(self, permission: Permission) -> bool:
        """Whether the signed-in user may do this here."""
        return can(self.role, permission)


class UndeclaredAccess(RuntimeError):
    """A route without `@public`, `@signed_in` or `@permits(…)`."""


def public(view: View) -> View:
    """Let everybody ask for this route."""
    return _declare(view, Requirement())


def signed_in(view: View) -> View:
    """Let every signed-in user ask for this route, which belongs to no tenant."""
    return _declare(view, Requirement(signed_in=True))


def permits(permission: Permission) -> Callable[[View], View]:
    """Let members ask for this route whose role in the tenant of the address has the permission."""
    return lambda view: _declare(view, Requirement(signed_in=True, permission=permission))


def access_of(view: Callable[..., Any]) -> Requirement | None:
    """What a view function declared, or None."""
    return cast("Requirement | None", getattr(view, "access", None))


def here() -> Place:
    """The tenant and role of the running request; only for routes under `/t/<tenant>/`."""
    return cast(Place, g.place)


def user() -> Visitor:
    """The signed-in user of the running request."""
    return cast(Visitor, current_user)


def init_access(app: Flask) -> None:
    """Check each request against what its view declared."""

    @app.url_value_preprocessor
    def _take_tenant(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.tenant_slug = (values or {}).pop("tenant", None)

    @app.url_defaults
    def _give_tenant(endpoint: str, values: dict[str, Any]) -> None:
        if (
            "tenant" not in values
            and g.get("tenant_slug")
            and app.url_map.is_endpoint_expecting(endpoint, "tenant")
        ):
            values["tenant"] = g.tenant_slug

    @app.before_request
    def _authorise() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # No such route: the 404 page follows.
        access = access_of(app.view_functions[request.endpoint])
        if access is None:
            abort(403)
        if access.signed_in and not current_user.is_authenticated:
            return _to_sign_in()
        if access.permission is not None:
            _enter(access.permission)
        return None

    @app.context_processor
    def _place() -> dict[str, Any]:
        return {"place": g.get("place"), "user": current_user, "Permission": Permission}


def check_declarations(app: Flask) -> None:
    """Raise `UndeclaredAccess` for a route that declares nothing, or a tenant's route without a permission."""
    for rule in app.url_map.iter_rules():
        access = access_of(app.view_functions[rule.endpoint])
        if access is None:
            raise UndeclaredAccess(
                f"{rule.rule} ({rule.endpoint}) declares no access: add @public or @permits(…)."
            )
        if ("tenant" in rule.arguments) != (access.permission is not None):
            raise UndeclaredAccess(
                f"{rule.rule} ({rule.endpoint}): a permission and /t/<tenant>/ go together."
            )


def _enter(permission: Permission) -> None:
    if "\0" in g.tenant_slug:
        abort(404)  # PostgreSQL takes no NUL in text, not even to look for it.
    found = access_to(scope().auth(), user().id, g.tenant_slug)
    if found is None:
        abort(404)  # The same as for a tenant that doesn't exist.
    g.place = Place(profile=found.profile, role=found.role)
    scope().bind(found.profile.id, user().id)
    if not g.place.can(permission):
        abort(403)


def _to_sign_in() -> ResponseReturnValue:
    if request.method not in SAFE_METHODS or request.blueprint == API:
        abort(401)
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))


def _declare(view: View, access: Requirement) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view
