"""What a wall's page has to know from one moment to the next."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tallymark.i18n import Formatter
from tallymark.wall.asking import ask, seen
from tallymark.wall.entry import Entry
from tallymark.wall.plan import Plan
from tallymark.wall.showing import showing
from tallymark.wall.wins import Cheer, cheer, cheers_after, newest
from tallymark_tenants.db import Database
from tallymark_tenants.models import Wall
from tallymark_tenants.profile import TenantProfile, load_profile

LATE = timedelta(hours=1)
"""What was won longer ago is not celebrated when a screen comes back."""


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """The wall's state: `cursor` is the last win that was told, `stale` what is said of old data, if it is old.

    `stale_from` is the second (Unix time) from which it will be, 0 where its age isn't known.
    """

    version: str
    cursor: str
    as_of: str
    stale: str
    stale_from: int
    cheers: tuple[Cheer, ...] = ()

    def state(self) -> dict[str, Any]:
        """All but the cheers, as JSON."""
        told = asdict(self)
        del told["cheers"], told["cursor"]
        return told


def formatter_of(profile: TenantProfile, locale: str) -> Formatter:
    """How a wall in that language writes the tenant's numbers."""
    return Formatter.of(
        locale, profile.currency, profile.calendar, profile.timezone, money_display=profile.money_display
    )


def take(
    database: Database, entry: Entry, cursor: UUID | None = None, *, now: datetime | None = None
) -> Pulse | None:
    """Look at the wall once, in a transaction of its own, and ask for what it needs; None when the link has ended.

    Without a `cursor` nothing that was won before is told.
    """
    moment = now or datetime.now(UTC)
    with database.tenant(entry.tenant_id) as session:
        wall = session.get(Wall, (entry.tenant_id, entry.wall_id))
        if wall is None or wall.token_hash != entry.token_hash or _expired(wall, moment):
            return None
        profile = load_profile(session)
        seen(wall, now=moment)
        ask(session, profile, wall, now=moment)
        plan, shown = Plan.of(wall), showing(session, wall)
        formatter = formatter_of(profile, wall.locale)
        last = newest(session, wall.id) if cursor is None else cursor
        wins = [] if cursor is None else cheers_after(session, wall.id, cursor, since=moment - LATE)
        fresh = shown.freshness
        return Pulse(
            version=shown.version,
            cursor=str(max([last, *(win.id for win in wins)])),
            as_of=fresh.as_of(formatter),
            stale=fresh.stale_words(formatter, moment) if fresh.is_stale(moment) else "",
            stale_from=0 if fresh.stale_from is None else int(fresh.stale_from.timestamp()),
            cheers=tuple(told for win in wins if (told := cheer(win, plan, formatter)) is not None),
        )


def _expired(wall: Wall, now: datetime) -> bool:
    return wall.expires_at is not None and wall.expires_at <= now


def pulses(database: Database, entry: Entry, cursor: UUID | None) -> Iterator[Pulse | None]:
    """One look after the other; after None there is nothing more to see."""
    last = cursor
    while True:
        pulse = take(database, entry, last)
        yield pulse
        if pulse is None:
            return
        last = UUID(pulse.cursor)
