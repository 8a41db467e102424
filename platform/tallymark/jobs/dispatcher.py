"""The process that sends runs to workers, brings back lost ones and keeps the schedules.

Any number may run; the one that holds a PostgreSQL advisory lock acts, the others stand by. The
lock lives as long as the transaction of one turn, so a dispatcher that dies or loses its
connection can neither keep the lock nor act without it.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg import Error as PostgresError
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tallymark_tenants.db import Database

from . import daily, dispatch, reconcile
from .lanes import Lanes
from .schedules.tick import TICKS, tick_due
from .schedules.waking import MESSAGES, wake_due
from .tuning import Tuning
from .wakeup import Wakeup

logger = logging.getLogger(__name__)

LOCK_KEY = 0x7A11_D15A
"""The advisory lock of the acting dispatcher."""
LONGEST_PAUSE = 10.0

_LOCK = text("select pg_try_advisory_xact_lock(:key)")


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one turn did; `acted` is False when another dispatcher held the lock."""

    acted: bool
    sent: int = 0
    recovered: int = 0
    ticked: int = 0
    woken: int = 0


class Dispatcher:
    """One dispatcher; `run` until told to stop, or `turn` once."""

    def __init__(self, database: Database, redis: Redis, tuning: Tuning) -> None:
        """Uses the database in the dispatcher's role, and tenants' sessions for their schedules."""
        self._database = database
        self._redis = redis
        self._tuning = tuning
        self._reconciled = float("-inf")
        self._acting: bool | None = None
        self._began = time.monotonic()
        self._lanes = Lanes(redis, tuning)
        self._sweeps = daily.Sweeps()

    def turn(self) -> Turn:
        """Tick, recover, send: once. Raises what PostgreSQL or Redis raise."""
        tuning, recovered = self._tuning, 0
        with self._database.dispatcher() as session:
            acting = bool(session.execute(_LOCK, {"key": LOCK_KEY}).scalar_one())
            self._note(acting=acting)
            if not acting:
                return Turn(acted=False)
            ticked = tick_due(self._database, session)
            woken = wake_due(self._database, session)
            if time.monotonic() - self._reconciled >= tuning.reconcile_every:
                recovered = reconcile.take_back_expired(session)
                recovered += reconcile.resend_lost(
                    session, self._redis, tuning.grace, heavy=self._lanes.heavy_is_served()
                )
                if time.monotonic() - self._began >= tuning.sweep_after:
                    self._sweeps.request(session, datetime.now(UTC).date())
                self._reconciled = time.monotonic()
            sent = self._send(session)
        return Turn(acted=True, sent=sent, recovered=recovered, ticked=ticked, woken=woken)

    def run(self, wakeup: Wakeup, stop: threading.Event) -> None:
        """Take turns until `stop` is set, waiting longer and longer while a server is away."""
        pause = 0.5
        while not stop.is_set():
            try:
                turn = self.turn()
            except (SQLAlchemyError, PostgresError, RedisError, OSError) as error:
                logger.warning(
                    "PostgreSQL or Redis is away (%s); trying again in %g s.", _brief(error), pause
                )
                stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = 0.5
            if turn.sent < self._tuning.batch and turn.ticked < TICKS and turn.woken < MESSAGES:
                wakeup.wait(self._tuning.poll)

    def _send(self, session: Session) -> int:
        rows = [
            row
            for lane in self._lanes.of(session, dispatch.waiting(session))
            for row in dispatch.due(session, lane)[: self._tuning.batch]
        ]
        dispatch.send(session, self._redis, rows)
        return len(rows)

    def _note(self, *, acting: bool) -> None:
        # Standing by for one turn is nothing: the lock changes hands between turns. Say it once.
        if self._acting is None:
            logger.info("Dispatcher is %s.", "active" if acting else "standing by")
        self._acting = acting


def _brief(error: Exception) -> str:
    return str(error).partition("\n")[0][:200] or type(error).__name__
