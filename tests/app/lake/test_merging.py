"""The merge against a dozen lines of Python that say the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallymark.lake import Lake, Landed
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

Batches = Callable[[str, list[dict[str, Any]], int], list[Any]]
DAY = datetime(2024, 1, 1, tzinfo=UTC)

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "source_id": st.sampled_from(["s", "t"]),
            "id": st.sampled_from(["1", "2", "10", "é", "", "'; --"]),
            "name": st.sampled_from(["A", "B", "ب", None]),
            "updated_at": st.none() | st.integers(0, 3).map(lambda days: DAY + timedelta(days=days)),
        }
    ),
    max_size=8,
)


def merged(rows: dict[tuple[str, str], dict[str, Any]], incoming: list[dict[str, Any]]) -> None:
    """Arrivals one after another: each takes the place of the last unless both are dated and it is older."""
    for row in incoming:
        key = (row["source_id"], row["id"])
        last = rows.get(key)
        older = last and last["updated_at"] and row["updated_at"] and row["updated_at"] < last["updated_at"]
        if not older:
            rows[key] = row


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, min_size=1, max_size=3))
def test_a_merge_is_a_fold_over_arrivals(
    lake: Lake,
    database: Database,
    batches_of: Batches,
    read: Callable[..., list[dict[str, Any]]],
    make_tenant: Callable[..., TenantProfile],
    landings: list[list[dict[str, Any]]],
) -> None:
    profile = make_tenant()
    expected: dict[tuple[str, str], dict[str, Any]] = {}
    for rows in landings:
        before = dict(expected)
        merged(expected, rows)
        with database.tenant(profile.id) as session:
            landed = lake.land(session, profile, "accounts", batches_of("accounts", rows, 3))
        check_counts(landed, before, expected, rows)
        found = [{name: row.get(name) for name in ROW} for row in read("accounts", profile)]
        assert found == [
            expected[key] for key in sorted(expected, key=lambda k: (k[0].encode(), k[1].encode()))
        ]


ROW = ("source_id", "id", "name", "updated_at")


def check_counts(
    landed: Landed, before: dict[Any, Any], after: dict[Any, Any], rows: list[dict[str, Any]]
) -> None:
    keys = {(row["source_id"], row["id"]) for row in rows}
    changed = {key for key in keys & set(before) if before[key] != after[key]}
    assert landed.duplicates == len(rows) - len(keys)
    assert landed.added == len(keys - set(before))
    assert landed.updated == len(changed)
    assert landed.unchanged == len(keys & set(before)) - len(changed)
    assert landed.rows == len(after)
