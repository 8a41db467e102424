"""`tallymark compute` of a month that is running, over a tenant's own data and working days."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from click.testing import CliRunner

from tallymark.cli.compute import compute
from tallymark.lake import Lake
from tallymark_sdk.model import dataset
from tallymark_tenants.accounts import create_tenant
from tallymark_tenants.db import VARIABLES

DAYS = [date(2026, 8, 1) + timedelta(days=offset) for offset in range(74)]


@pytest.fixture
def growth(settings, database, monkeypatch):
    """Land an order of 1 for each day from August to 13 October 2026, and compute the sales growth of October."""
    monkeypatch.setenv("TALLYMARK_DATA", str(settings.data_dir))
    monkeypatch.setenv("TALLYMARK_REDIS_URL", settings.redis_url)
    monkeypatch.setenv("TALLYMARK_SECRET_KEY", settings.secret_key)
    for role, name in VARIABLES.items():
        monkeypatch.setenv(name, getattr(settings.urls, role))

    def computed(*options, own=(), **tenant):
        with database.auth() as session:
            profile = create_tenant(session, name="Acme", **tenant)
        orders = [
            {"id": str(day), "ordered_at": datetime.combine(day, time(12), UTC), "status": "invoiced"}
            for day in DAYS
        ]
        lines = [
            {"id": str(day), "order_id": str(day), "amount": Decimal(1), "currency": "USD"} for day in DAYS
        ]
        lake = Lake(settings.lake_dir)
        tables = {"orders": orders, "order_lines": lines, "calendar_days": list(own)}
        for name, rows in tables.items():
            if not rows:
                continue
            fields = dataset(name).import_schema
            batch = pa.RecordBatch.from_pylist([{"source_id": "test", **row} for row in rows], fields)
            with database.tenant(profile.id) as session:
                lake.land(session, profile, name, [batch])
        words = [profile.slug, "--metrics", "revenue.sales_growth", "--from", "2026-10", *options]
        result = CliRunner().invoke(compute, words)
        assert result.exit_code == 0, result.output
        (row,) = (row for row in json.loads(result.stdout) if row["part"] == "value" and not row["dimension"])
        return row["value"]

    return computed


def test_growth_is_to_the_same_working_day(growth):
    # 13 October is the ninth working day, as 11 September was; a whole September has 30 days.
    assert growth("--as-of", "2026-10-13") == pytest.approx((13 - 11) / 11)
    assert growth("--as-of", "2026-10-31") == pytest.approx((13 - 30) / 30)


def test_holidays_and_the_companys_own_days_count(growth):
    # Labour Day (7 September) and Columbus Day (12 October) are off: the eighth working day was 11 September.
    assert growth("--as-of", "2026-10-13", country="US") == pytest.approx((13 - 11) / 11)
    # Columbus Day is worked, so that the ninth counts: 14 September.
    own = [{"id": "1", "on": date(2026, 10, 12), "is_workday": True}]
    assert growth("--as-of", "2026-10-13", country="US", own=own) == pytest.approx((13 - 14) / 14)
    # With Sundays off alone, the eleventh day of October was the 13th, of September the 12th.
    assert growth("--as-of", "2026-10-13", weekend="sunday") == pytest.approx((13 - 12) / 12)
