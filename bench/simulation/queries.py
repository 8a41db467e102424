"""The queries that matter, asked by the product's own code in its own roles, each rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from redis import Redis
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bench.simulation.watching import Seen, watch
from tallymark.jobs import dispatch, reconcile, request
from tallymark.jobs import lease as leases
from tallymark.jobs.daily import Sweeps
from tallymark.jobs.lanes import Lane
from tallymark.jobs.lease import Lease
from tallymark.jobs.retention import forget_old_runs
from tallymark.jobs.schedules.tick import TICKS, tick_due
from tallymark.lake import pointers
from tallymark_tenants.db import Database
from tallymark_tenants.models import Edition, Run

SENT = 500
"""Runs sent in a turn: what 20 light workers have ahead."""
Do = Callable[[Session], int]


class Measures:
    """Everything measured, against one filled database."""

    def __init__(self, database: Database, redis: Redis, times: int) -> None:
        """`times` is how often each is repeated."""
        self._database = database
        self._redis = redis
        self._times = times
        with database.auth() as session:
            middle = text(
                "select id from tenants order by id offset (select count(*) / 2 from tenants) limit 1"
            )
            self._tenant = UUID(str(session.execute(middle).scalar_one()))

    def quiet(self) -> Iterator[Seen]:
        """An ordinary moment: nothing due, two years of history behind every tenant's page."""
        yield self._of_tenant("one company's page of runs", self._page)
        yield self._of_tenant("one company's start page", self._start)
        yield self._of_tenant("snapshot pointers of a company", self._pointers)
        yield self._of_tenant("ask for a run, with its weight", self._request)
        yield self._of_tenant("forget a company's old runs", forget_old_runs)
        yield self._of_dispatcher("a turn with nothing due", self._idle)
        yield self._of_dispatcher("the day's sweeps, 500 companies", self._sweeps)

    def night(self) -> Iterator[Seen]:
        """The tick: one scorecard of every tenant waits at once."""
        yield self._of_dispatcher("which classes wait", lambda session: len(dispatch.waiting(session)))
        yield self._of_dispatcher(
            f"the next {SENT} of all due runs", lambda session: self._due(session, "default")
        )
        yield self._of_dispatcher("the next heavy runs", lambda session: self._due(session, "heavy"))
        with self._sent():
            yield self._of_dispatcher(
                f"the next {SENT}, {SENT} being out", lambda session: self._due(session, "default")
            )
            yield self._of_dispatcher("reconcile: leases that ran out", reconcile.take_back_expired)
            yield self._of_dispatcher(
                "reconcile: what Redis lost", lambda session: reconcile.resend_lost(session, self._redis, 0)
            )
            yield self._of_tenant("claim, renew and finish a run", self._whole_run)

    def tick(self) -> Seen:
        """Some of the schedules that are due together; each moves on and asks for a run in a transaction of its own."""
        with self._database.dispatcher() as session:
            session.execute(text("update schedules set next_at = now() - interval '1 minute'"))

        def once() -> tuple[Session, int]:
            with self._database.dispatcher() as session:
                return session, tick_due(self._database, session)

        return watch(f"a tick of {TICKS}, all schedules being due", once, lambda: None, self._times)

    def _of_tenant(self, name: str, do: Do) -> Seen:
        return self._watch(name, lambda: self._database.tenant(self._tenant), do)

    def _of_dispatcher(self, name: str, do: Do) -> Seen:
        return self._watch(name, self._database.dispatcher, do)

    def _watch(self, name: str, opened: Callable[[], object], do: Do) -> Seen:
        with ExitStack() as stack:
            session: Session = stack.enter_context(opened())  # type: ignore[arg-type]

            def once() -> tuple[Session, int]:
                return session, do(session)

            return watch(name, once, session.rollback, self._times)

    def _page(self, session: Session) -> int:
        return len(session.scalars(select(Run).order_by(Run.tenant_id.desc(), Run.id.desc()).limit(51)).all())

    def _start(self, session: Session) -> int:
        active = (
            select(Run).where(Run.status.in_(("queued", "running"))).order_by(Run.created_at.desc()).limit(5)
        )
        newest = select(Edition.id).order_by(Edition.created_at.desc()).limit(1)
        return len(session.scalars(active).all()) + len(session.scalars(newest).all())

    def _pointers(self, session: Session) -> int:
        return len(pointers.all_current(session, Path("/nowhere")))

    def _request(self, session: Session) -> int:
        request(session, self._tenant, "scorecard", uuid4().hex, "1", {}, seconds_per_million_rows=1)
        return 1

    def _idle(self, session: Session) -> int:
        reconcile.take_back_expired(session)
        return len(dispatch.waiting(session)) + reconcile.resend_lost(session, self._redis, 15)

    def _sweeps(self, session: Session) -> int:
        return Sweeps().request(session, datetime.now(UTC).date())

    def _due(self, session: Session, name: str) -> int:
        return len(dispatch.due(session, Lane(worker_class=name, queue=name, in_flight=4, room=SENT)))

    def _whole_run(self, session: Session) -> int:
        run = session.execute(
            text("select id from runs where status = 'queued' order by id desc limit 1")
        ).scalar_one()
        lease = Lease(tenant_id=self._tenant, run_id=UUID(str(run)), fence=1)
        claimed = leases.claim(session, lease, 30)
        kept = leases.renew(session, lease, 30) and leases.finish(session, lease, {})
        return int(claimed is not None and kept)

    def _sent(self) -> ExitStack:
        """Send a turn's worth, as if workers had them; taken back at the end."""
        lane = Lane(worker_class="default", queue="default", in_flight=4, room=SENT)
        with self._database.dispatcher() as session:
            dispatch.send(session, self._redis, dispatch.due(session, lane))
        stack = ExitStack()
        stack.callback(self._take_back)
        return stack

    def _take_back(self) -> None:
        self._redis.flushdb()
        with self._database.dispatcher() as session:
            session.execute(text("update outbox set dispatched_at = null where dispatched_at is not null"))
