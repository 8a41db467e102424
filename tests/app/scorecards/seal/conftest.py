"""Small companies whose editions are made as the background job makes them, without drawing a PDF."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from tallymark import jobs
from tallymark.branding.dressing import dressed
from tallymark.lake import Lake
from tallymark.scorecards.codec import to_json
from tallymark.scorecards.gather import gather
from tallymark.scorecards.produce import produce
from tallymark.scorecards.scope import EVERYBODY, Scope
from tallymark.scorecards.seal.filing import seal_edition
from tallymark.scorecards.seal.restating import restatements
from tallymark.scorecards.seal.told import said_in
from tallymark.scorecards.seal.verifying import verify
from tallymark_sdk.model import dataset
from tallymark_tenants.branding import Branding
from tallymark_tenants.kpi_sets import create_set
from tallymark_tenants.models import Edition, Scorecard
from tallymark_tenants.profile import load_profile

SECRET = "a secret of this installation, long enough"
KPIS = ("revenue.bookings", "conversion.close_ratio")
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def deal(
    key: str, amount: str, *, on: str = "2026-09-10", status: str = "won", rep: str = "an", **more: Any
) -> dict:
    """A deal of An's that was won in September, unless said otherwise."""
    return {
        "source_id": "crm", "id": key, "name": f"Deal {key}", "amount": Decimal(amount), "status": status,
        "closed_at": datetime.fromisoformat(on).replace(hour=12, tzinfo=UTC),
        "created_at": datetime(2026, 8, 1, tzinfo=UTC), "rep_id": rep, "currency": "EUR", **more,
    }  # fmt: skip


@dataclass
class Company:
    """A tenant with a scorecard, and what can be done with it."""

    database: Any
    settings: Any
    profile: Any
    lake: Lake
    kpi_set_id: Any = None
    scorecard_id: Any = None
    secret: str = SECRET

    def land(self, name: str, rows: list[dict], *, replace: bool = False) -> None:
        with self.database.tenant(self.profile.id) as session:
            profile = load_profile(session)
            full = [{"source_id": "crm", **row} for row in rows]
            batch = pa.RecordBatch.from_pylist(full, dataset(name).import_schema)
            self.lake.land(session, profile, name, [batch], replace=replace)

    def edition(
        self,
        day: date,
        *,
        locale: str = "en",
        scope: Scope = EVERYBODY,
        pdf: bytes = b"%PDF-1.7 drawn elsewhere",
        branding: Branding | None = None,
    ) -> Any:
        """Make and seal an edition; its id."""
        with self.database.tenant(self.profile.id) as session:
            scorecard = session.get_one(Scorecard, (self.profile.id, self.scorecard_id))
            basis = gather(
                session,
                self.lake,
                scorecard.kpi_set_id,
                grain="month",
                day=day,
                scope=scope,
                scorecard=scorecard,
            )
            found = restatements(session, self.lake, basis, scorecard.id)
            document = produce(
                basis, self.lake, title="Sales", locale=locale, restatements=said_in(found, basis, locale)
            )
            if branding is not None:
                document = dressed(document, branding)
            run = jobs.request(
                session, self.profile.id, "import", f"{datetime.now(UTC).isoformat()}", "1", {}
            )
            path = self.settings.editions_dir / str(self.profile.id) / f"{run}.pdf"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(pdf)
            current = basis.timeline.current
            edition = Edition(
                run_id=run,
                scorecard_id=scorecard.id,
                period_start=current.start,
                period_end=current.end,
                grain="month",
                locale=locale,
                scope=scope.stored(),
                document=to_json(document),
                snapshots={name: str(snapshot.id) for name, snapshot in basis.snapshots.items()},
                pdf_path=path.relative_to(self.settings.editions_dir).as_posix(),
                sha256=hashlib.sha256(pdf).hexdigest(),
            )
            seal_edition(
                edition,
                basis,
                self.lake,
                title="Sales",
                restated=found.rows,
                branding=branding,
                secret=SECRET,
            )
            session.add(edition)
            session.flush()
            return edition.id

    def stored(self, edition_id: Any) -> Edition:
        with self.database.tenant(self.profile.id) as session:
            found = session.get_one(Edition, (self.profile.id, edition_id))
            found.basis, found.seal, found.document  # noqa: B018  loaded while the session lasts
            session.expunge(found)
            return found

    def verified(self, edition_id: Any, *, secret: str = SECRET) -> Any:
        with self.database.tenant(self.profile.id) as session:
            found = session.get_one(Edition, (self.profile.id, edition_id))
            return verify(session, self.lake, found, editions=self.settings.editions_dir, secret=secret)

    def restated(self, edition_id: Any) -> list[dict]:
        """The rows of an edition's section of restatements."""
        sections = self.stored(edition_id).document["sections"]
        return next((section["rows"] for section in sections if section["kind"] == "restatements"), [])


DEALS = [
    deal("1", "100.10"),
    deal("2", "200"),
    deal("3", "50", rep="binh"),
    deal("4", "70", status="lost"),
    deal("5", "300"),
    deal("6", "40"),
    deal("8", "400", on="2026-10-10"),
]
REPS = [{"id": "an", "name": "An Nguyen"}, {"id": "binh", "name": "Binh Tran"}]


@pytest.fixture
def company(database, settings, make_tenant) -> Company:
    """Six deals in September, one in October, and a scorecard of two KPIs."""
    tenant = make_tenant(name="Acme", currency="EUR")
    made = Company(database=database, settings=settings, profile=tenant, lake=Lake(settings.lake_dir))
    made.land("reps", REPS)
    made.land("opportunities", DEALS)
    with database.tenant(tenant.id) as session:
        made.kpi_set_id = create_set(session, "Small", KPIS)
        scorecard = Scorecard(kpi_set_id=made.kpi_set_id, name="Monthly")
        session.add(scorecard)
        session.flush()
        made.scorecard_id = scorecard.id
    return made


@pytest.fixture(name="deal")
def made_deal():
    """What makes a deal."""
    return deal
