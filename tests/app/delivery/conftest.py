"""Real servers to send to, a company with two teams, and a way to let its work be done."""

import importlib.util
import sys
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest
from sqlalchemy import select, text

from tallymark.delivery import job as _delivery_job  # noqa: F401  registers its handlers
from tallymark.delivery.planning import plan
from tallymark.jobs.entry import perform
from tallymark.jobs.lease import Lease
from tallymark.jobs.runtime import Runtime
from tallymark.jobs.schedules.waking import wake_due
from tallymark.lake import Lake
from tallymark.scorecards import job as scorecard_job
from tallymark.scorecards.render import Rendered
from tallymark.settings import Settings
from tallymark.settings_mail import MailSettings
from tallymark_sdk.model import dataset
from tallymark_tenants.db import Database
from tallymark_tenants.kpi_sets import create_set
from tallymark_tenants.models import Delivery, Recipient, Schedule, Scorecard
from tallymark_tenants.profile import TenantProfile

JULY = date(2026, 7, 1)
AT = "2026-07-01T04:00:00+00:00"
REPS = {"ann": ("Ann", "north"), "bao": ("Bảo", "south"), "cyrus": ("Cyrus", "south")}
WON = {"ann": 100, "bao": 200, "cyrus": 300}


@pytest.fixture(scope="session")
def servers() -> ModuleType:
    """The module with the servers."""
    spec = importlib.util.spec_from_file_location("delivery_servers", Path(__file__).with_name("servers.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def mailbox(servers):
    return servers.Mailbox()


@pytest.fixture
def mail_port(servers, mailbox):
    with servers.mail_server(mailbox) as port:
        yield port


@pytest.fixture
def hooks(servers):
    return servers.Hooks()


@pytest.fixture
def hook_url(servers, hooks):
    with servers.web_server(hooks) as url:
        yield url


@dataclass
class Post:
    """A company with a schedule, and the hands that do its work in this process."""

    database: Database
    settings: Settings
    profile: TenantProfile
    schedule_id: UUID

    def recipient(self, **columns) -> UUID:
        with self.database.tenant(self.profile.id) as session:
            made = Recipient(
                **({"schedule_id": self.schedule_id, "kind": "email", "attach": "link"} | columns)
            )
            session.add(made)
            session.flush()
            return made.id

    def plan(self, occurrence: str = AT, day: date = JULY) -> list[UUID]:
        with self.database.tenant(self.profile.id) as session:
            schedule = session.get_one(Schedule, (self.profile.id, self.schedule_id))
            return plan(
                session, self.profile, Lake.of(self.settings), schedule, occurrence=occurrence, day=day
            )

    def change(self, **columns) -> None:
        with self.database.tenant(self.profile.id) as session:
            schedule = session.get_one(Schedule, (self.profile.id, self.schedule_id))
            for name, value in columns.items():
                setattr(schedule, name, value)

    def due_now(self) -> None:
        with self.database.tenant(self.profile.id) as session:
            session.execute(text("update deliveries set due_at = now() - interval '1 second'"))

    def wake(self) -> int:
        with self.database.dispatcher() as session:
            return wake_due(self.database, session)

    def waiting(self) -> list[tuple[Lease, str]]:
        with self.database.tenant(self.profile.id) as session:
            rows = session.execute(
                text("select id, fence, kind from runs where status = 'queued' order by id")
            ).all()
        return [(Lease(tenant_id=self.profile.id, run_id=row.id, fence=row.fence), row.kind) for row in rows]

    def work(self, kind: str | None = None) -> int:
        """Wake what is due and do what waits, once."""
        self.wake()
        runtime = Runtime(settings=self.settings, open_database=lambda: self.database)
        found = [lease for lease, of in self.waiting() if kind in (None, of)]
        for lease in found:
            perform(runtime, lease)
        return len(found)

    def finish(self) -> None:
        """Work until nothing is left."""
        while self.work():
            pass

    def deliveries(self, **where) -> list[Delivery]:
        with self.database.tenant(self.profile.id) as session:
            query = select(Delivery).filter_by(**where).order_by(Delivery.created_at, Delivery.id)
            return list(session.scalars(query))

    def all_text(self) -> str:
        """Every row of the tables that delivery writes to, as text."""
        with self.database.tenant(self.profile.id) as session:
            return "\n".join(
                str(row)
                for table in (
                    "runs",
                    "outbox",
                    "deliveries",
                    "delivery_channels",
                    "delivery_recipients",
                    "audit",
                )
                for row in session.execute(text(f"select * from {table}")).all()
            )


@pytest.fixture
def quick_pdf(monkeypatch) -> None:
    """Drawing has tests of its own; here it would be most of the time."""
    drawn = Rendered(pdf=b"%PDF-1.7 drawn elsewhere", pages=1, cpu_seconds=0.0, warnings=())
    monkeypatch.setattr(scorecard_job, "render_pdf", lambda *_arguments, **_named: drawn)


@pytest.fixture
def make_post(database, settings, make_tenant, mail_port, quick_pdf):
    """Make a company with deals of June by three representatives in two teams, and a draft to send them."""

    def make(**columns) -> Post:
        tenant = make_tenant(**({"name": "Acme", "currency": "USD", "timezone": "Europe/Berlin"} | columns))
        mail = MailSettings(host="127.0.0.1", port=mail_port, tls="none", sender="scorecards@kpi.example.com")
        own = replace(settings, mail=mail, url="https://kpi.example.com", outgoing_loopback=True)
        lake = Lake(settings.lake_dir)
        closed = int(datetime(2026, 6, 10, tzinfo=UTC).timestamp() * 1_000_000)
        rows: dict[str, list[dict[str, Any]]] = {
            "teams": [{"id": team, "name": team.title()} for team in ("north", "south")],
            "reps": [{"id": rep, "name": name, "team_id": team} for rep, (name, team) in REPS.items()],
            "opportunities": [
                {
                    "id": f"d-{rep}", "status": "won", "amount": won, "closed_at": closed, "rep_id": rep,
                    "team_id": REPS[rep][1],
                }
                for rep, won in WON.items()
            ],
        }  # fmt: skip
        with database.tenant(tenant.id) as session:
            for name, listed in rows.items():
                batch = pa.RecordBatch.from_pylist(
                    [{"source_id": "crm", **row} for row in listed], dataset(name).import_schema
                )
                lake.land(session, tenant, name, [batch])
            scorecard = Scorecard(
                kpi_set_id=create_set(session, "Sales", ["revenue.bookings"]),
                name="Sales",
                locale="en",
            )
            session.add(scorecard)
            session.flush()
            schedule = Schedule(
                scorecard_id=scorecard.id,
                name="Monthly",
                rule='{"every": "month", "working_day": 1, "at": "06:00"}',
                enabled=False,
            )
            session.add(schedule)
            session.flush()
            made.append(Post(database=database, settings=own, profile=tenant, schedule_id=schedule.id))
            return made[-1]

    made: list[Post] = []
    yield make
    for each in made:  # a dispatcher of another test sees what is due in all companies
        with database.tenant(each.profile.id) as session:
            session.execute(
                text("update deliveries set state = 'discarded' where state in ('queued', 'sending')")
            )
            session.execute(text("update schedules set enabled = false"))


@pytest.fixture
def post(make_post) -> Post:
    return make_post()
