"""A company in memory whose deals a test makes up, as rules see it on a day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallymark.alerts.grounds import Grounds
from tallymark.calendars import calendar_of, comparison_of
from tallymark.engine import TenantData
from tallymark.engine.targets import SetTargets, TenantTargets
from tallymark.plugins.loader import Pack
from tallymark.plugins.registry import Registry
from tallymark_sdk import Flow, Metric, Ratio, _
from tallymark_sdk.model import dataset
from tallymark_sdk.texts import Domain
from tallymark_tenants.profile import TenantProfile
from tallymark_tenants.targets import StoredTarget

BOOKED = Flow("opportunities", on="closed_on", value=_.amount_base.sum())
DEALS = Flow("opportunities", on="closed_on", value=_.count())


def metric(key, formula, unit="money", better="higher"):
    return Metric(
        key=key, name=key.partition(".")[2].capitalize(), description="d", unit=unit, better=better, additive=True,
        inputs=(), by=("rep",), formula=formula,
    )  # fmt: skip


METRICS = (
    metric("t.bookings", BOOKED),
    metric("t.costs", BOOKED, better="lower"),
    metric("t.size", Ratio(BOOKED, DEALS)),
)
PACK = Pack(family="t", distribution="tests", version="1", metrics=METRICS, domain=Domain("", "t"))
KNOWN = Registry(metrics={each.key: each for each in METRICS}, packs={each.key: PACK for each in METRICS})


@pytest.fixture
def grounds_of(tmp_path: Path) -> Callable[..., Grounds]:
    """Make a company: `deals` are (day, amount) or (day, amount, rep); `targets` metric → a year's target of 2026."""

    def make(deals, as_of, *, targets=None, of_reps=None, **settings):
        profile = TenantProfile(id=uuid4(), slug="t", name="T", currency="EUR", **settings)
        rows = [
            {"source_id": "test", "id": str(n), "closed_on": day, "amount_base": Decimal(amount), "rep_id": (rep or ["an"])[0]}
            for n, (day, amount, *rep) in enumerate(deals)
        ]  # fmt: skip
        folder = tmp_path / uuid4().hex
        folder.mkdir()
        path = folder / "opportunities.parquet"
        pq.write_table(pa.Table.from_pylist(rows, dataset("opportunities").stored_schema), path)
        data = TenantData(folder=folder, files={"opportunities": [path]})
        whose = [(key, "", "", value) for key, value in (targets or {}).items()]
        whose += [(key, "rep", rep, value) for (key, rep), value in (of_reps or {}).items()]
        stored = [
            StoredTarget(
                id=uuid4(), metric=key, start=date(2026, 1, 1), end=date(2027, 1, 1), value=Decimal(value),
                dimension=dimension, member=member,
            )
            for key, dimension, member, value in whose
        ]  # fmt: skip
        known = TenantTargets(
            stored=SetTargets(targets=tuple(stored)), data=data, registry=KNOWN, calendar=calendar_of(profile),
            profile=profile,
        )  # fmt: skip
        compared = comparison_of(profile, as_of=as_of)
        return replace(Grounds(targets=known, comparison=compared, as_of=as_of), thresholds={})

    return make
