"""Targets set in Tallymark: set, replaced, removed, each tenant's own, and written into the audit trail."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import select

from tallymark_tenants.models import AuditEntry
from tallymark_tenants.targets import (
    StoredTarget,
    TargetValue,
    find_target,
    list_targets,
    remove_target,
    set_spread,
    set_target,
    spreads,
)

YEAR = TargetValue(
    metric="revenue.bookings",
    start=date(2026, 1, 1),
    end=date(2027, 1, 1),
    value=Decimal("2400.50"),
    dimension="rep",
    member="an",
    spread="weights",
    weights=(Decimal("0.1"), Decimal(2)),
)


def plain(target: StoredTarget) -> TargetValue:
    return TargetValue(**{name: getattr(target, name) for name in TargetValue.__dataclass_fields__})


def test_a_target_reads_back_as_it_was_set(database, tenant):
    with database.tenant(tenant.id) as session:
        made = set_target(session, YEAR)
    with database.tenant(tenant.id) as session:
        assert [plain(target) for target in list_targets(session)] == [YEAR]
        assert plain(find_target(session, made)) == YEAR
        assert list_targets(session, ["revenue.revenue"]) == []


def test_setting_it_again_replaces_it_and_another_period_stands_beside_it(database, tenant):
    with database.tenant(tenant.id) as session:
        first = set_target(session, YEAR)
        changed = replace(YEAR, value=Decimal(7), spread=None, weights=())
        assert set_target(session, changed) == first
        set_target(session, replace(changed, end=date(2026, 2, 1)))
        assert [target.value for target in list_targets(session)] == [7, 7]
        assert plain(find_target(session, first)) == changed


def test_removing_gives_back_what_was_there(database, tenant):
    with database.tenant(tenant.id) as session:
        made = set_target(session, YEAR)
        assert plain(remove_target(session, made)) == YEAR
        assert remove_target(session, made) is None
        assert list_targets(session) == []
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert actions == ["target.set", "target.removed"]


def test_another_tenant_neither_sees_nor_removes_it(database, tenant, make_tenant):
    with database.tenant(tenant.id) as session:
        made = set_target(session, YEAR)
        set_spread(session, "", "seasonality")
    with database.tenant(make_tenant().id) as session:
        assert list_targets(session) == []
        assert spreads(session) == {}
        assert remove_target(session, made) is None
        assert find_target(session, uuid4()) is None


def test_spreads_are_set_changed_and_taken_away(database, tenant):
    with database.tenant(tenant.id) as session:
        set_spread(session, "", "seasonality")
        set_spread(session, "revenue.bookings", "evenly")
        set_spread(session, "revenue.bookings", "working-days")
        assert spreads(session) == {"": "seasonality", "revenue.bookings": "working-days"}
        set_spread(session, "", None)
        assert spreads(session) == {"revenue.bookings": "working-days"}
