"""A wall drawn as it stands now."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from markupsafe import Markup
from sqlalchemy.orm import Session

from tallymark.lake import Lake
from tallymark.settings import Settings
from tallymark.wall.colours import colour_of
from tallymark.wall.plan import Plan
from tallymark.wall.privacy import names_of_people, without_people
from tallymark.wall.pulse import formatter_of
from tallymark.wall.render import Said, render_wall
from tallymark.wall.showing import Showing, document_of, showing
from tallymark_tenants.models import Wall
from tallymark_tenants.profile import TenantProfile


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The fragment, its language and direction, its company's colour, and what of the data it shows."""

    html: Markup
    lang: str
    direction: str
    colour: str
    showing: Showing


def drawn(session: Session, profile: TenantProfile, wall: Wall, *, now: datetime) -> Picture:
    """The wall with nobody named who may not be."""
    settings: Settings = current_app.extensions["tallymark_settings"]
    plan, shown = Plan.of(wall), showing(session, wall)
    document = document_of(session, wall, shown)
    formatter = formatter_of(profile, document.locale if document else wall.locale)
    if document is not None and not plan.names_people:
        names = names_of_people(session, Lake.of(settings))
        document = without_people(document, plan.people, names, formatter)
    fresh = shown.freshness
    said = Said(
        as_of=fresh.as_of(formatter),
        stale=fresh.stale_words(formatter, now) if fresh.is_stale(now) else "",
        overdue=fresh.overdue_words(formatter),
    )
    return Picture(
        html=render_wall(document, plan, said, formatter=formatter),
        lang=formatter.texts.tag,
        direction=formatter.texts.direction,
        colour=colour_of(document),
        showing=shown,
    )
