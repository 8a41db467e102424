"""Own KPIs as a tenant keeps them: versions, history, what stands on what, and whose they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from time import sleep

import pytest
from sqlalchemy import select, text

from tallymark_sdk import Flow, Metric, _
from tallymark_sdk.own import OwnKpi, WrongKpi
from tallymark_tenants.kpi_sets import create_set, kpis_of, list_sets
from tallymark_tenants.models import AuditEntry, KpiSet, Target
from tallymark_tenants.own_kpis import (
    OwnKpiInUse,
    OwnKpiRefused,
    OwnKpiUnknown,
    change,
    create,
    definitions,
    find,
    find_by_key,
    history_of,
    list_own,
    remove,
)

WAITING = "select count(*) from pg_locks where not granted"
KNOWN = {
    key: Metric(
        key=key,
        name=key,
        description=key,
        unit=unit,  # type: ignore[arg-type]  # the pairs below hold units
        better="higher",
        inputs=(),
        by=("rep",),
        additive=True,
        formula=Flow("opportunities", on="closed_on", value=_.count()),
    )
    for key, unit in (("sales.revenue", "money"), ("sales.profit", "money"), ("sales.orders", "count"))
}
COSTS = OwnKpi(
    key="own.costs", name="Costs", expression="sales.revenue - sales.profit", unit="money", better="lower"
)
SHARE = OwnKpi(
    key="own.cost_share",
    name="Cost share",
    expression="own.costs / sales.revenue",
    unit="ratio",
    better="lower",
)


@pytest.fixture
def session(database, tenant):
    with database.tenant(tenant.id) as opened:
        yield opened


def test_what_is_kept_comes_back(session):
    made = create(session, replace(COSTS, description=" All of them ", breakdowns=("rep",)), KNOWN)
    assert find(session, made.id) == find_by_key(session, "own.costs") == list_own(session)[0] == made
    assert made.kpi == replace(COSTS, description="All of them", breakdowns=("rep",))
    assert definitions(session) == (made.kpi,)


def test_a_wrong_definition_is_not_kept(session):
    with pytest.raises(WrongKpi, match="Did you mean"):
        create(session, replace(COSTS, expression="sales.revenu - sales.profit"), KNOWN)
    with pytest.raises(WrongKpi, match="gives money"):
        create(session, replace(COSTS, unit="count"), KNOWN)
    assert list_own(session) == []


def test_a_key_is_given_once(session):
    create(session, COSTS, KNOWN)
    with pytest.raises(OwnKpiRefused, match=r"key own\.costs already"):
        create(session, COSTS, KNOWN)


def test_the_version_is_raised_when_the_number_changes_and_only_then(session):
    made = create(session, COSTS, KNOWN)
    above = create(session, SHARE, KNOWN)
    assert made.kpi.version == above.kpi.version == 1
    spaced = replace(COSTS, expression="(sales.revenue) - sales.profit", name="All costs", better="neutral")
    assert change(session, made.id, spaced, KNOWN).kpi.version == 1
    changed = change(session, made.id, replace(COSTS, expression="sales.revenue - sales.profit * 2"), KNOWN)
    assert changed.kpi.version == 2
    assert find(session, above.id).kpi.version == 2, "it stands on the changed one"


def test_a_key_used_again_goes_on_counting(session):
    made = create(session, COSTS, KNOWN)
    change(session, made.id, replace(COSTS, expression="sales.revenue"), KNOWN)
    remove(session, made.id)
    assert create(session, COSTS, KNOWN).kpi.version == 3


def test_history_tells_every_change_newest_first(session, tenant):
    made = create(session, COSTS, KNOWN)
    change(session, made.id, replace(COSTS, expression="sales.revenue"), KNOWN)
    remove(session, made.id)
    told = [(each.action, each.version, each.expression) for each in history_of(session, made.id)]
    assert sorted(told) == [
        ("changed", 2, "sales.revenue"),
        ("created", 1, "sales.revenue - sales.profit"),
        ("removed", 2, "sales.revenue"),
    ]
    assert set(session.scalars(select(AuditEntry.tenant_id))) == {tenant.id}


def test_a_change_that_would_break_another_or_make_a_cycle_is_refused(session):
    made = create(session, COSTS, KNOWN)
    create(session, SHARE, KNOWN)
    with pytest.raises(OwnKpiRefused, match=r"own\.cost_share uses this KPI and would no longer work: "):
        change(session, made.id, replace(COSTS, expression="sales.orders", unit="count"), KNOWN)
    with pytest.raises(WrongKpi, match=r"refers to itself: own\.costs → own\.cost_share → own\.costs"):
        change(session, made.id, replace(COSTS, expression="sales.revenue * own.cost_share"), KNOWN)
    assert find(session, made.id).kpi == COSTS


def test_what_is_in_use_stays_and_says_where(session):
    made = create(session, COSTS, KNOWN)
    above = create(session, SHARE, KNOWN)
    create_set(session, "Board", ["own.costs"])
    with pytest.raises(OwnKpiInUse) as caught:
        remove(session, made.id)
    assert (caught.value.kpis, caught.value.sets) == (("own.cost_share",), ("Board",))
    assert (
        str(caught.value)
        == 'own.costs is used by the KPI own.cost_share, the KPI set "Board"; take it out there first.'
    )
    remove(session, above.id)
    with pytest.raises(OwnKpiUnknown):
        find(session, above.id)


def test_its_targets_go_with_it_and_no_others(session):
    made = create(session, COSTS, KNOWN)
    for key in ("own.costs", "sales.revenue"):
        session.add(
            Target(metric_key=key, period_start=date(2026, 1, 1), period_end=date(2027, 1, 1), value=5)
        )
    session.flush()
    remove(session, made.id)
    assert session.scalars(select(Target.metric_key)).all() == ["sales.revenue"]


def test_two_people_can_not_make_a_cycle_that_neither_sees(database, tenant):
    with database.tenant(tenant.id) as session:
        first = create(session, COSTS, KNOWN)
        second = create(session, replace(COSTS, key="own.other"), KNOWN)

    def refer_back():
        with database.tenant(tenant.id) as session:
            change(session, second.id, replace(COSTS, expression="own.costs + 1"), KNOWN)

    with ThreadPoolExecutor(1) as pool:
        with database.tenant(tenant.id) as session:
            change(session, first.id, replace(COSTS, expression="own.other + 1"), KNOWN)
            refused = pool.submit(refer_back)
            while not refused.done() and not session.scalar(text(WAITING)):
                sleep(0.01)
            assert not refused.done(), "it went on beside the open transaction"
        with pytest.raises(WrongKpi, match="refers to itself"):
            refused.result()


def test_one_of_a_set_joins_it_and_leaves_it(session):
    board = create_set(session, "Board", ["sales.revenue"])
    made = create(session, COSTS, KNOWN, kpi_set_id=board)
    assert made.kpi.within == str(board)
    assert [kpi.metric_key for kpi in kpis_of(session, board)] == ["sales.revenue", "own.costs"]
    with pytest.raises(WrongKpi, match=r'no metric "own\.costs"'):
        create(session, SHARE, KNOWN)
    remove(session, made.id)
    assert list_sets(session)[0].keys == ("sales.revenue",)


def test_it_goes_with_its_set(session):
    board = create_set(session, "Board", ["sales.revenue"])
    create(session, COSTS, KNOWN, kpi_set_id=board)
    session.delete(session.get_one(KpiSet, (session.info["tenant"], board)))
    session.flush()
    session.expire_all()
    assert list_own(session) == []


def test_another_tenants_is_not_there(database, make_tenant):
    mine, other = make_tenant(), make_tenant()
    with database.tenant(mine.id) as session:
        made = create(session, COSTS, KNOWN)
    with database.tenant(other.id) as session:
        assert list_own(session) == []
        assert history_of(session, made.id) == []
        for act in (find, remove):
            with pytest.raises(OwnKpiUnknown):
                act(session, made.id)
        with pytest.raises(OwnKpiUnknown):
            change(session, made.id, COSTS, KNOWN)
        with pytest.raises(OwnKpiRefused, match="set doesn't exist"):
            create(session, COSTS, KNOWN, kpi_set_id=made.id)
        create(session, COSTS, KNOWN)
