"""The sections of a company's pages, and words that many pages share."""

from dataclasses import dataclass

from flask import Flask

from tallymark.web.access import Place
from tallymark.web.localisation import formatter
from tallymark.web.localisation import gettext as _
from tallymark_sdk.rowwords import words
from tallymark_sdk.texts import SDK
from tallymark_tenants.accounts import Permission


@dataclass(frozen=True, kw_only=True)
class Section:
    """An entry of the bar: `slices` are the blueprints that it stands for."""

    slices: tuple[str, ...]
    endpoint: str
    label: str


def sections(place: Place) -> list[Section]:
    """The entries that this role may open, in the order of the work."""
    listed = [
        (Permission.READ, Section(slices=("home",), endpoint="home.show", label=_("Start"))),
        (
            Permission.READ,
            Section(slices=("scorecards",), endpoint="scorecards.index", label=_("Scorecards")),
        ),
        (
            Permission.READ,
            Section(slices=("kpis", "own_kpis", "bridge", "explain"), endpoint="kpis.index", label=_("KPIs")),
        ),
        (Permission.READ, Section(slices=("targets",), endpoint="targets.index", label=_("Targets"))),
        (
            Permission.READ,
            Section(slices=("alerts", "alerts.rules"), endpoint="alerts.index", label=_("Alerts")),
        ),
        (Permission.READ, Section(slices=("imports", "uploads"), endpoint="imports.index", label=_("Data"))),
        (Permission.ANALYSE, Section(slices=("delivery",), endpoint="delivery.index", label=_("Delivery"))),
        (Permission.READ, Section(slices=("members",), endpoint="members.index", label=_("Members"))),
        (Permission.ANALYSE, Section(slices=("walls",), endpoint="walls.index", label=_("Walls"))),
        (
            Permission.MANAGE_TENANT,
            Section(slices=("company", "branding"), endpoint="company.index", label=_("Company")),
        ),
    ]
    return [section for permission, section in listed if place.can(permission)]


def role_name(role: str) -> str:
    """A role as people read it."""
    return {"owner": _("Owner"), "admin": _("Admin"), "analyst": _("Analyst"), "viewer": _("Viewer")}.get(
        role, role
    )


def dataset_title(name: str) -> str:
    """A dataset as people read it, in the kit's words: `order_lines` is "Order lines"."""
    said = SDK.text(words(name), formatter().locale)
    return said[:1].upper() + said[1:]


def calendar_name(name: str) -> str:
    """A calendar as people read it."""
    return {
        "gregorian": _("Gregorian"),
        "jalali": _("Jalali"),
        "4-4-5": _("4-4-5 weeks a quarter"),
        "4-5-4": _("4-5-4 weeks a quarter (retail)"),
        "5-4-4": _("5-4-4 weeks a quarter"),
        "iso-week": _("ISO weeks"),
    }.get(name, name)


def initials(name: str) -> str:
    """Up to two letters for the mark beside a company's name."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "·"


def init_navigation(app: Flask) -> None:
    """Give templates these words."""
    app.jinja_env.globals.update(
        sections=sections,
        role_name=role_name,
        dataset_title=dataset_title,
        initials=initials,
        calendar_name=calendar_name,
    )
