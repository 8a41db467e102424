"""Deals that were won since a wall last looked: found by comparing two snapshots, each told once, ever."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.calendars.tenant import day_of
from tallymark.i18n import Formatter
from tallymark.lake import Lake, Snapshot
from tallymark.lake.changes import changed_between
from tallymark.lake.overlay import overlaid_table
from tallymark.wall.plan import Celebrate, People, Plan
from tallymark_tenants.models import Wall, WallWin
from tallymark_tenants.profile import TenantProfile

DATASET = "opportunities"
RECENT = timedelta(days=3)
"""A deal that closed earlier is history that was imported late."""
AT_ONCE = 3
"""The largest of the deals that came together; more would be a fair, not a celebration."""

_BEFORE = ["source_id", "id", "status", "deleted_at"]
_AFTER = [*_BEFORE, "name", "rep_id", "amount_base", "closed_on"]

Key = tuple[str, str]


def look(session: Session, lake: Lake, profile: TenantProfile, wall: Wall, *, now: datetime) -> list[WallWin]:
    """The wins to celebrate since the wall's last look, noted so that none comes again; the largest first.

    The first look, and one after the earlier snapshot has aged out, only remembers where it stands.
    """
    current = lake.pinned(session).get(DATASET)
    if current is None or current.id == wall.wins_snapshot_id:
        return []
    seen, wall.wins_snapshot_id = wall.wins_snapshot_id, current.id
    earlier = None if seen is None else lake.pinned(session, [seen]).get(DATASET)
    if earlier is None or wall.celebrate == Celebrate.OFF:
        return []
    today = day_of(profile, now)
    known = {
        (row.source_id, row.deal_id)
        for row in session.execute(
            select(WallWin.source_id, WallWin.deal_id).where(WallWin.wall_id == wall.id)
        )
    }
    rows = [row for row in won_since(earlier, current, today) if _key(row) not in known]
    rows.sort(key=lambda row: (-(row["amount_base"] or Decimal(0)), _key(row)))
    names = _reps(session, lake, rows[:AT_ONCE]) if wall.celebrate == Celebrate.DEAL else {}
    wins = [_win(wall, row, names) for row in rows[:AT_ONCE]]
    session.add_all(wins)
    session.flush()
    return wins


def won_since(earlier: Snapshot, current: Snapshot, today: date) -> list[dict[str, Any]]:
    """Rows of deals that are won and were not, closed within the last days."""
    changed = changed_between(earlier, current)
    if changed is not None:
        before, after = changed.before(_BEFORE), changed.after(_AFTER)
    else:
        before, after = overlaid_table(earlier.files, _BEFORE), overlaid_table(current.files, _AFTER)
    closed = after.column("closed_on")
    recent = pc.and_(
        pc.greater_equal(closed, pa.scalar(today - RECENT)),
        pc.less_equal(closed, pa.scalar(today + timedelta(days=1))),  # another zone's tomorrow
    )
    fresh = after.filter(pc.and_(_won(after), recent)).to_pylist()
    were = {_key(row) for row in before.filter(_won(before)).select(["source_id", "id"]).to_pylist()}
    return [row for row in fresh if _key(row) not in were]


@dataclass(frozen=True, kw_only=True)
class Cheer:
    """What a wall says of a win; empty parts are not said."""

    id: str
    title: str
    name: str = ""
    amount: str = ""
    by: str = ""


def cheer(win: WallWin, plan: Plan, formatter: Formatter) -> Cheer | None:
    """The win in words, with no more than the wall's choices allow now; None where it celebrates nothing."""
    if plan.celebrate is Celebrate.OFF:
        return None
    told = plan.celebrate is Celebrate.DEAL and plan.people is People.NAMES
    amount = plan.celebrate in (Celebrate.AMOUNT, Celebrate.DEAL) and win.amount is not None
    texts = formatter.texts
    return Cheer(
        id=str(win.id),
        title=texts.gettext("We won a deal!"),
        name=formatter.name(win.name) if told and win.name else "",
        amount=formatter.money(win.amount, compact=True) if amount and win.amount is not None else "",
        by=texts.gettext("Won by %(name)s", name=formatter.name(win.rep)) if told and win.rep else "",
    )


def cheers_after(session: Session, wall_id: UUID, last: UUID, *, since: datetime) -> list[WallWin]:
    """The wins noted after `last`, oldest first, but none older than `since`, and the newest few only."""
    wanted = (
        select(WallWin)
        .where(WallWin.wall_id == wall_id, WallWin.id > last, WallWin.created_at > since)
        .order_by(WallWin.id.desc())
        .limit(AT_ONCE)
    )
    return list(reversed(session.scalars(wanted).all()))


def newest(session: Session, wall_id: UUID) -> UUID:
    """The newest win's id, from which a fresh page goes on; a nil one where there is none."""
    wanted = select(WallWin.id).where(WallWin.wall_id == wall_id).order_by(WallWin.id.desc()).limit(1)
    return session.scalar(wanted) or UUID(int=0)


def _won(table: pa.Table) -> pa.ChunkedArray:
    won = pc.equal(table.column("status"), "won").fill_null(fill_value=False)
    return pc.and_(won, pc.is_null(table.column("deleted_at")))


def _key(row: dict[str, Any]) -> Key:
    return row["source_id"], row["id"]


def _win(wall: Wall, row: dict[str, Any], reps: dict[Key, str]) -> WallWin:
    """No more is kept than the wall may tell."""
    told = wall.celebrate == Celebrate.DEAL
    return WallWin(
        wall_id=wall.id,
        source_id=row["source_id"],
        deal_id=row["id"],
        name=(row["name"] or "") if told else "",
        rep=reps.get((row["source_id"], row["rep_id"] or ""), "") if told else "",
        amount=row["amount_base"] if wall.celebrate != Celebrate.PLAIN else None,
    )


def _reps(session: Session, lake: Lake, rows: Iterable[dict[str, Any]]) -> dict[Key, str]:
    wanted = {row["rep_id"] for row in rows if row["rep_id"]}
    files = lake.files(session, "reps") if wanted else []
    if not files:
        return {}
    table = overlaid_table(files, ["source_id", "id", "name"])
    found = table.filter(pc.is_in(table.column("id"), pa.array(sorted(wanted)))).to_pylist()
    return {_key(row): row["name"] for row in found if row["name"]}
