"""Change files against whole rewrites: the same landings give the same rows and the same counts."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tallymark.lake import Lake, append, compare, keys, merge
from tallymark.lake.changes import changed_between
from tallymark.lake.landing import Layout
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

Batches = Callable[[str, list[dict[str, Any]], int], list[Any]]
RowsOf = Callable[..., list[dict[str, Any]]]
MakeTenant = Callable[..., TenantProfile]

NEVER = Layout(floor=10**9)
ALWAYS = Layout(floor=0, share=1000, files=2)
DAY = datetime(2024, 1, 1, 22, tzinfo=UTC)
KEYS = [(source, identity) for source in ("s", "t") for identity in ("1", "2", "10", "é", "", "'; --")]
DATES = st.none() | st.integers(0, 3).map(lambda days: DAY + timedelta(days=days))


def rows(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    keyed = st.sampled_from(KEYS).map(lambda key: {"source_id": key[0], "id": key[1]})
    others = st.fixed_dictionaries({"updated_at": DATES, **columns})
    return st.lists(st.tuples(keyed, others).map(lambda both: both[0] | both[1]), max_size=8)


MONEY = {
    "currency": st.sampled_from(["EUR", None, "usd ", "XXX", "IRT"]),
    "amount": st.none() | st.integers(-3, 3).map(Decimal),
}
CUSTOM = st.sampled_from([None, '{"a": 1}', '{"a": "' + "ب" * 3000 + '"}'])
DEALS = st.tuples(
    st.just("opportunities"),
    rows(closed_at=DATES, deleted_at=DATES, name=st.sampled_from(["A", "ب", None]), custom=CUSTOM, **MONEY),
    st.booleans(),
)
LANDINGS = st.one_of(
    DEALS,
    st.tuples(
        st.just("order_lines"), rows(order_id=st.sampled_from(["1", "2", None]), **MONEY), st.booleans()
    ),
    st.tuples(st.just("orders"), rows(ordered_at=DATES), st.booleans()),
    st.tuples(
        st.just("fx_rates"),
        rows(
            currency=st.sampled_from(["USD", "IRT"]),
            on=st.sampled_from([date(2024, 1, 1), date(2024, 1, 3)]),
            rate=st.sampled_from([Decimal("0.5"), Decimal("1.25")]),
        ),
        st.just(False),
    ),
    st.tuples(st.just("zone"), st.sampled_from(["Asia/Tehran", "UTC"]), st.just(False)),
)


class Way:
    """One tenant whose landings are written in one way."""

    def __init__(self, lake: Lake, database: Database, profile: TenantProfile, batches: Batches) -> None:
        self.lake, self.database, self.profile, self.batches = lake, database, profile, batches
        self.ends: list[datetime] = []

    def land(self, name: str, given: Any, *, replace_all: bool) -> dict[str, Any]:
        with self.database.tenant(self.profile.id) as session:
            if name == "zone":
                self.profile = replace(self.profile, timezone=given)
                told: dict[str, Any] = {"zone": self.lake.rederive(session, self.profile)}
            else:
                batches = self.batches(name, given, 3)
                told = asdict(self.lake.land(session, self.profile, name, batches, replace=replace_all))
                del told["snapshot_id"]
        self.ends.append(datetime.now(UTC))
        return told

    def stored(self, rows_of: RowsOf) -> dict[str, list[dict[str, Any]]]:
        """All rows, each with the number of the landing that it was synced by instead of the time."""
        with self.database.tenant(self.profile.id) as session:
            snapshots = self.lake.pinned(session)
        found = {}
        for name, snapshot in snapshots.items():
            found[name] = rows_of(snapshot.files)
            assert snapshot.row_count == len(found[name])
            for row in found[name]:
                row["synced_at"] = bisect_left(self.ends, row["synced_at"])
                row.pop("synced_on")
                if (gone := row["deleted_at"]) and gone.year > 2024:  # by a replacing landing
                    row["deleted_at"] = bisect_left(self.ends, gone)
                    row.pop("deleted_on")
        return found


@pytest.fixture
def way(
    tmp_path: Path, database: Database, make_tenant: MakeTenant, batches_of: Batches
) -> Callable[[Layout], Way]:
    """Make a tenant whose landings are written so."""

    def make(layout: Layout) -> Way:
        lake = Lake(tmp_path / "lake", layout=layout)
        return Way(lake, database, make_tenant(currency="EUR", timezone="UTC"), batches_of)

    return make


@pytest.fixture(params=["in memory", "on disk", "in parts"])
def scale(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Land as few rows are landed, as too many for memory are, and in ranges and segments of a few rows."""
    if request.param == "on disk":
        monkeypatch.setattr(compare, "range_rows", lambda *_: -1)
    if request.param == "in parts":
        for module in (compare, append, merge):
            monkeypatch.setattr(module, "range_rows", lambda *_: 2)
        monkeypatch.setattr(compare, "_BATCH_ROWS", 3)
        monkeypatch.setattr(keys, "_SEGMENT_ROWS", 3)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.reuse, Phase.generate],
)
@given(st.lists(DEALS | LANDINGS, min_size=2, max_size=7))
def test_change_files_give_the_rows_of_whole_rewrites(
    scale: None, way: Callable[[Layout], Way], rows_of: RowsOf, landings: list[tuple[str, Any, bool]]
) -> None:
    whole, appended = way(NEVER), way(ALWAYS)
    for name, given_rows, replace_all in landings:
        told = [one.land(name, given_rows, replace_all=replace_all) for one in (whole, appended)]
        assert told[0] == told[1]
        assert differing(whole.stored(rows_of), appended.stored(rows_of)) == []


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.reuse, Phase.generate],
)
@given(st.lists(DEALS, min_size=2, max_size=6))
def test_changes_between_snapshots_are_the_rows_that_differ(
    way: Callable[[Layout], Way], rows_of: RowsOf, landings: list[tuple[str, Any, bool]]
) -> None:
    one, seen = way(ALWAYS), []
    for name, given_rows, replace_all in landings:
        one.land(name, given_rows, replace_all=replace_all)
        with one.database.tenant(one.profile.id) as session:
            seen.append(one.lake.pinned(session)[name])
    for later, new in enumerate(seen):
        for old in seen[:later]:
            if (changed := changed_between(old, new)) is None:
                assert old.files[0] != new.files[0]
                continue
            before, after = keyed(rows_of(old.files)), keyed(rows_of(new.files))
            differ = {key for key in after if after[key] != before.get(key)}
            names = list(next(iter(after.values()), {}))
            assert {tuple(key.values()) for key in changed.keys.to_pylist()} == differ
            assert keyed(changed.after(names).to_pylist()) == {key: after[key] for key in differ}
            assert keyed(changed.before(names).to_pylist()) == {
                key: before[key] for key in differ if key in before
            }


def differing(
    one: dict[str, list[dict[str, Any]]], other: dict[str, list[dict[str, Any]]]
) -> list[tuple[Any, ...]]:
    """Dataset, key, column and both values wherever two lakes differ."""
    assert [(name, [row["id"] for row in rows]) for name, rows in one.items()] == [
        (name, [row["id"] for row in rows]) for name, rows in other.items()
    ]
    return [
        (name, row["source_id"], row["id"], column, value, again[column])
        for name, rows in one.items()
        for row, again in zip(rows, other[name], strict=True)
        for column, value in row.items()
        if value != again[column]
    ]


def keyed(found: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    rows = {(row["source_id"], row["id"]): row for row in found}
    assert len(rows) == len(found), "a key is there twice"
    return rows


def test_keys_that_collide_in_the_first_hash_are_told_apart_by_the_second(tmp_path: Path) -> None:
    schema = pa.schema([("id", pa.string())])
    writer, kinds = keys.KeyWriter(tmp_path, schema), pa.uint64()
    batch = pa.RecordBatch.from_pydict(
        {
            "updated_at": pa.array([None] * 4, pa.timestamp("us", "UTC")),
            "_key": pa.array([7, 7, 7, 9], kinds),
            "_key2": pa.array([1, 2, 3, 1], kinds),
            "_one": pa.array([10, 20, 30, 40], kinds),
            "_two": pa.array([0] * 4, kinds),
        }
    )
    writer.add(batch, np.zeros(4, np.uint8))
    writer.close()
    opened = keys.Keys.open([tmp_path / "part-0.parquet"], schema)
    assert opened
    wanted = np.array([9, 7, 7, 8, 7], np.uint64), np.array([1, 3, 4, 1, 2], np.uint64)
    found = opened.find(*wanted)
    assert found.known.tolist() == [True, True, False, False, True]
    assert found.one[found.known].tolist() == [40, 30, 20]
