"""A company with a scorecard's edition, a wall on it, deals in the lake, and a browser signed in."""

import importlib.util
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from uuid import UUID, uuid4

import pyarrow as pa
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tallymark import jobs
from tallymark.app import create_app
from tallymark.lake import Lake
from tallymark.scorecards.codec import to_json
from tallymark.scorecards.document import Document
from tallymark.wall import setup
from tallymark.wall.entry import Entry, find
from tallymark.wall.plan import Celebrate, People, Plan, Screen, ScreenKind
from tallymark.web.settings import WebSettings
from tallymark_sdk.model import dataset
from tallymark_tenants.accounts import Role, start_session
from tallymark_tenants.db import Database
from tallymark_tenants.models import Edition, KpiSet, Membership, Scorecard, User, Wall
from tallymark_tenants.profile import TenantProfile

PLAN = Plan(
    name="Sales office",
    locale="en",
    screens=tuple(Screen(kind=kind, seconds=15) for kind in ScreenKind),
    people=People.NAMES,
    celebrate=Celebrate.DEAL,
    stale_hours=26,
)


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The module that builds the sample scorecard."""
    path = Path(__file__).parents[1] / "scorecards" / "sample.py"
    spec = importlib.util.spec_from_file_location("sample_on_a_wall", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def document(sample: ModuleType) -> Document:
    return sample.document()


@pytest.fixture(scope="session")
def app(settings, database) -> Flask:
    return create_app(settings, WebSettings(), database=database)


@dataclass
class Office:
    """A company, its scorecard and its wall, and how to change things there."""

    database: Database
    lake: Lake
    profile: TenantProfile
    scorecard: UUID
    wall: UUID
    token: str

    @property
    def path(self) -> str:
        return f"/wall/{self.token}"

    @property
    def entry(self) -> Entry:
        with self.database.auth() as session:
            return find(session, self.token)

    def plan(self, **changes: object) -> None:
        """Set the wall up otherwise."""
        with self.database.tenant(self.profile.id) as session:
            wall = session.get_one(Wall, (self.profile.id, self.wall))
            setup.change(session, wall, self.scorecard, replace(Plan.of(wall), **changes))  # type: ignore[arg-type]

    def edition(self, document: Document, **columns: object) -> UUID:
        """File an edition as if it had been made."""
        given: dict[str, object] = {
            "scorecard_id": self.scorecard,
            "period_start": date(2026, 10, 1),
            "period_end": date(2026, 11, 1),
            "grain": "month",
            "locale": document.locale,
            "document": to_json(document),
            "snapshots": {},
        }
        with self.database.tenant(self.profile.id) as session:
            run_id = jobs.request(session, self.profile.id, "scorecard", uuid4().hex, "1", {})
            edition = Edition(run_id=run_id, **(given | columns))
            session.add(edition)
            session.flush()
            return edition.id

    def land(self, dataset_name: str, *rows: dict) -> None:
        """Import rows."""
        batch = pa.RecordBatch.from_pylist(
            [{"source_id": "crm", **row} for row in rows], dataset(dataset_name).import_schema
        )
        with self.database.tenant(self.profile.id) as session:
            self.lake.land(session, self.profile, dataset_name, [batch])

    def deal(self, name: str, status: str = "won", amount: int = 1000, days_ago: float = 0.0) -> dict:
        """A row of opportunities."""
        closed = datetime.now(UTC) - timedelta(days=days_ago)
        return {
            "id": name,
            "name": name,
            "status": status,
            "amount": amount,
            "rep_id": "r1",
            "currency": "EUR",
            "closed_at": int(closed.timestamp() * 1_000_000) if status == "won" else None,
        }


@pytest.fixture
def office(database, settings, make_tenant, document) -> Office:
    """A wall that may tell everything, with an edition of October and two people in the lake."""
    profile = make_tenant(currency="EUR", name="Alder & Finch")
    lake = Lake.of(settings)
    with database.tenant(profile.id) as session:
        kpi_set = KpiSet(name="Sales")
        session.add(kpi_set)
        session.flush()
        scorecard = Scorecard(kpi_set_id=kpi_set.id, name="Monthly sales")
        session.add(scorecard)
        session.flush()
        wall = setup.create(session, scorecard.id, PLAN)
        token = setup.make_link(session, wall)
    made = Office(
        database=database, lake=lake, profile=profile, scorecard=scorecard.id, wall=wall.id, token=token
    )
    people = {"r1": "Maya Okafor", "r2": "Daniel Reyes", "r3": "Ann"}
    made.land("reps", *({"id": key, "name": name} for key, name in people.items()))
    made.edition(document)
    return made


@dataclass
class Browser:
    """A test client that fills in the CSRF token of the page it posts from."""

    client: FlaskClient

    def post(self, path: str, data: dict | None = None, *, page: str = ""):
        form = self.client.get(page or path).get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
        assert token, f"no CSRF token on {page or path}"
        return self.client.post(path, data={"csrf_token": token[1]} | (data or {}))


@pytest.fixture
def sign_in(app, database, office):
    """A browser signed in with a role in the office's company."""

    def start(role: Role = Role.ANALYST) -> Browser:
        client = app.test_client()
        with database.auth() as session:
            user = User(email=f"{uuid4().hex}@example.com", name="Quentin Quill")
            session.add(user)
            session.flush()
            session.add(Membership(tenant_id=office.profile.id, user_id=user.id, role=role))
            token = start_session(session, user.id)
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return Browser(client)

    return start
