"""Wall screens: what a television in the office shows, by a link that needs no sign-in."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tallymark_tenants.models.base import Base, TenantRow, created_at, one_of, same_tenant

PEOPLE = ("names", "numbers", "hidden")
CELEBRATIONS = ("off", "plain", "amount", "deal")


class Wall(TenantRow, Base):
    """A screen: which scorecard, in which language, which of its sections rotate and what it may tell.

    `screens` is a list of {"screen": kind, "seconds": number}. `people` says whether a ranking shows names, numbers
    instead of names, or is left out; `celebrate` what is said of a deal that was won: nothing, that there is one,
    its amount, or its name too. Data older than `stale_hours` is marked. Of the link only its token's hash is kept;
    without one there is no link. `document` is what the wall shows, of the data of `snapshots` (dataset → id) as read at
    `made_at`; each replaces the one before. `asked_for` is the state of the data that it was last asked for, at
    `asked_at`; `wins_snapshot_id` the opportunities in which won deals were last looked for.
    """

    __tablename__ = "walls"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        UniqueConstraint("token_hash"),
        one_of("people", PEOPLE),
        one_of("celebrate", CELEBRATIONS),
        CheckConstraint("stale_hours between 1 and 720", name="stale_hours"),
        same_tenant("scorecard_id", "scorecards", "CASCADE"),
    )

    scorecard_id: Mapped[UUID]
    name: Mapped[str]
    locale: Mapped[str]
    screens: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    people: Mapped[str]
    celebrate: Mapped[str]
    stale_hours: Mapped[int] = mapped_column(SmallInteger)
    token_hash: Mapped[bytes | None]
    linked_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    document: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    snapshots: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    made_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    asked_for: Mapped[str] = mapped_column(default="", server_default="")
    wins_snapshot_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_at()


class WallWin(TenantRow, Base):
    """A won deal that a wall celebrated: one row for each, for ever, so that none is celebrated twice.

    `name`, `rep` and `amount` (in the tenant's currency) are kept only where the wall may tell them.
    """

    __tablename__ = "wall_wins"
    __table_args__ = (
        UniqueConstraint("tenant_id", "wall_id", "source_id", "deal_id"),
        same_tenant("wall_id", "walls", "CASCADE"),
    )

    wall_id: Mapped[UUID]
    source_id: Mapped[str]
    deal_id: Mapped[str]
    name: Mapped[str] = mapped_column(default="", server_default="")
    rep: Mapped[str] = mapped_column(default="", server_default="")
    amount: Mapped[Decimal | None] = mapped_column(Numeric(38, 4))
    created_at: Mapped[datetime] = created_at()
