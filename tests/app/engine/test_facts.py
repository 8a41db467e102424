"""Prepared facts: made once, remade when anything they were made from is another, and never trusted otherwise."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.app.engine.test_oracle import random_company

from tallymark.engine import Cell, TenantData, compute
from tallymark.engine.facts import index, prepare, store
from tallymark.engine.facts.index import Index
from tallymark.engine.kernels import axis
from tallymark.plugins.registry import Registry, registry
from tallymark_sdk import Flow, Metric, _
from tallymark_sdk.calendars import calendar

LakeOf = Callable[[Mapping[str, Any]], TenantData]
GREGORIAN, JALALI = calendar("gregorian"), calendar("jalali")
MONTHS = GREGORIAN.range(GREGORIAN.parse("2024-02"), 4)
BOOKINGS = ["revenue.bookings"]


def deals(reps: str = "abcde", amount: str = "10") -> Mapping[str, Any]:
    return {
        "opportunities": [
            {"id": f"d{n}", "status": "won", "amount": Decimal(amount), "amount_base": Decimal(amount),
             "closed_on": date(2024, 2, 1) + timedelta(days=n), "created_on": date(2024, 1, 1),
             "rep_id": reps[n % len(reps)]}
            for n in range(120)
        ]
    }  # fmt: skip


def ask(data: TenantData, keys: Sequence[str] = BOOKINGS, by: Sequence[str] = ("rep",)) -> list[Cell]:
    return list(compute(registry(), keys, MONTHS, by, data=data, calendar=GREGORIAN))


def everything(data: TenantData) -> list[Cell]:
    by = sorted({dimension for metric in registry() for dimension in metric.by})
    return ask(data, sorted(registry().metrics), by)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The datasets and views whose facts are made, one after another."""
    names: list[str] = []
    before = prepare.prepare

    def counted(spec: Any, *given: Any, **more: Any) -> Any:
        names.append(spec.group.grain)
        return before(spec, *given, **more)

    monkeypatch.setattr(store, "prepare", counted)
    return names


def test_a_fact_is_made_once(lake_of: LakeOf, tmp_path: Path, made: list[str]) -> None:
    data = replace(lake_of(deals()), facts=tmp_path / "facts")
    assert ask(data) == ask(data) == ask(lake_of(deals()))
    assert made == ["opportunities"] * 2  # that of the last one, without a folder, lay in a temporary one


def test_a_new_snapshot_is_another_fact_and_the_old_one_still_serves_its_own(
    lake_of: LakeOf, tmp_path: Path, made: list[str]
) -> None:
    old, new = (replace(lake_of(deals(amount=a)), facts=tmp_path / "facts") for a in ("10", "20"))
    assert [cell.value for cell in ask(old)] == [Decimal(cell.value or 0) / 2 for cell in ask(new)]
    ask(old)
    assert len(made) == 2


def test_a_pack_that_changed_an_expression_is_another_fact(
    lake_of: LakeOf, tmp_path: Path, made: list[str]
) -> None:
    data = replace(lake_of(deals()), facts=tmp_path / "facts")

    def acme(value: Any, inputs: tuple[str, ...]) -> Decimal | int | None:
        metric = Metric(
            key="acme.money", name="Money", description="Money of deals.", unit="money", better="higher",
            inputs=(*inputs, "opportunities.closed_on"), formula=Flow("opportunities", on="closed_on", value=value),
        )  # fmt: skip
        known = Registry(metrics={metric.key: metric}, packs=registry().packs)
        return compute(known, [metric.key], MONTHS[:1], data=data, calendar=GREGORIAN)[0].value

    base = ("opportunities.amount_base",)
    assert acme(_.amount_base.sum(), base) == 290
    assert acme(_.amount_base.sum(where=_.amount_base > 10), base) == 0
    assert acme(_.amount_base.sum(), base) == 290
    assert len(made) == 2


def test_facts_of_another_format_are_not_read(
    lake_of: LakeOf, tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = replace(lake_of(deals()), facts=tmp_path / "facts")
    first = ask(data)
    monkeypatch.setattr(index, "FORMAT", index.FORMAT + 1)
    assert ask(data) == first
    assert len(made) == 2


def _spoilt(facts: Path, how: str) -> None:
    (file,) = facts.glob("*.fact")
    match how:
        case "missing":
            file.unlink()
        case "truncated":
            file.write_bytes(file.read_bytes()[:-1])
        case "no members":
            for each in (facts / "members").iterdir():
                each.unlink()
        case "no list":
            (facts / "index.json").unlink()
        case _:
            (facts / "index.json").write_text('{"format":')


@pytest.mark.parametrize("how", ["missing", "truncated", "no members", "no list", "torn list"])
def test_what_was_lost_is_made_anew(lake_of: LakeOf, tmp_path: Path, made: list[str], how: str) -> None:
    facts = tmp_path / "facts"
    first = ask(replace(lake_of(deals()), facts=facts))
    _spoilt(facts, how)
    assert ask(replace(lake_of(deals("edcba")), facts=facts)) == ask(lake_of(deals("edcba")))
    data = replace(lake_of(deals()), facts=facts)
    assert ask(data) == first
    made.clear()
    assert ask(data) == first
    assert made == []


def test_a_reader_whose_file_is_dropped_meanwhile_makes_it_anew(
    lake_of: LakeOf, tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = replace(lake_of(deals()), facts=tmp_path / "facts")
    first = ask(data)
    read = store.Facts._read

    def dropped_behind_it(self: store.Facts) -> None:
        read(self)
        for file in (tmp_path / "facts").glob("*.fact"):
            file.unlink()
        monkeypatch.setattr(store.Facts, "_read", read)

    monkeypatch.setattr(store.Facts, "_read", dropped_behind_it)
    assert ask(data) == first
    assert len(made) == 2


def test_old_facts_make_room(lake_of: LakeOf, tmp_path: Path) -> None:
    facts = tmp_path / "facts"
    for n in range(4):
        ask(replace(lake_of(deals(amount=str(n))), facts=facts))
    assert len(list(facts.glob("*.fact"))) == 2  # of the current snapshot, and of the one before
    assert {fact.file for fact in Index.read(facts / "index.json").facts} == {
        f.name for f in facts.glob("*.fact")
    }


def _ask_apart(data: TenantData, keys: Sequence[str]) -> list[tuple[Any, ...]]:
    return [(cell.metric, cell.member, cell.period.start, cell.value) for cell in ask(data, keys)]


def test_two_processes_at_once_make_one_consistent_list(lake_of: LakeOf, tmp_path: Path) -> None:
    data = replace(lake_of(deals()), facts=tmp_path / "facts")
    asked = [BOOKINGS, ["pipeline.open_pipeline"], BOOKINGS, ["conversion.close_ratio"]]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.starmap(_ask_apart, [(data, keys) for keys in asked])
    assert found == [_ask_apart(replace(data, facts=None), keys) for keys in asked]
    listed = Index.read(tmp_path / "facts" / "index.json").facts
    assert {fact.file for fact in listed} == {file.name for file in (tmp_path / "facts").glob("*.fact")}
    assert len({(fact.group, fact.spec) for fact in listed}) == len(listed)


def test_two_tenants_never_mix(lake_of: LakeOf, tmp_path: Path) -> None:
    one = replace(lake_of(deals("xyz", "1")), facts=tmp_path / "one")
    two = replace(lake_of(deals("pq", "2")), facts=tmp_path / "two")
    for data in (one, two, one):
        ask(data)
    assert {cell.member for cell in ask(one)} == {"", "x", "y", "z"}
    assert {cell.member for cell in ask(two)} == {"", "p", "q"}
    # In one folder by mistake, the other's rows are not taken for its own: its files are others.
    assert ask(replace(two, facts=tmp_path / "one")) == ask(two)


def test_one_fact_answers_every_calendar(lake_of: LakeOf, tmp_path: Path, made: list[str]) -> None:
    data = replace(lake_of(deals()), facts=tmp_path / "facts")
    ask(data)
    khordad = JALALI.period("month", date(2024, 5, 25))
    cells = compute(registry(), BOOKINGS, [khordad], data=data, calendar=JALALI)
    assert (khordad.start, khordad.end) == (date(2024, 5, 21), date(2024, 6, 21))
    assert cells[0].value == 10 * 10  # the last of 120 days is 30 May
    assert len(made) == 1


def test_a_leaf_that_fails_leaves_the_others_of_its_group(lake_of: LakeOf, tmp_path: Path) -> None:
    def metric(key: str, value: Any) -> Metric:
        return Metric(
            key=key, name="Money", description="Money of deals.", unit="count", better="higher",
            inputs=("opportunities.amount_base", "opportunities.closed_on"),
            formula=Flow("opportunities", on="closed_on", value=value),
        )  # fmt: skip

    bad = metric("acme.huge", (_.amount_base.abs().cast("int64") * 2**62).sum())
    known = registry()
    wider = Registry(metrics={**known.metrics, bad.key: bad}, packs=known.packs)
    data = replace(lake_of(deals()), facts=tmp_path / "facts")
    for _turn in range(2):  # the second finds the facts of those that can be computed
        good, failed = (
            compute(wider, [key], MONTHS[:1], data=data, calendar=GREGORIAN)[0]
            for key in (BOOKINGS[0], bad.key)
        )
        assert good.value == 290
        both = compute(wider, [BOOKINGS[0], bad.key], MONTHS[:1], data=data, calendar=GREGORIAN)
        assert [cell.value for cell in both if cell.part == "value"] == [290, None]
        assert (failed.reason or "").startswith("could not be computed")


def test_sums_beyond_64_bits_are_exact(lake_of: LakeOf, tmp_path: Path) -> None:
    amount = "99999999999999.9999"
    data = replace(lake_of(deals(amount=amount)), facts=tmp_path / "facts")
    cells = ask(data)
    assert cells[0].value == Decimal(amount) * 29
    assert Decimal(amount) * 10_000 * 29 > 1 << 63
    assert sum(Decimal(c.value or 0) for c in cells if c.member and c.period == MONTHS[0]) == cells[0].value


def test_chunks_give_what_one_chunk_gives(
    lake_of: LakeOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = lake_of(random_company(21))
    whole = everything(data)
    monkeypatch.setattr(prepare, "CHUNK_ROWS", 37)
    facts = tmp_path / "facts"
    assert everything(replace(data, facts=facts)) == whole
    chunks = [len(fact.chunks) for fact in Index.read(facts / "index.json").facts]
    assert max(chunks) > 5


def test_large_breakdowns_give_the_same_cells_in_the_same_order(
    lake_of: LakeOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = replace(lake_of(random_company(22)), facts=tmp_path / "facts")
    whole = everything(data)
    monkeypatch.setattr(axis, "STACKED", random.Random(1).randrange(3, 6))
    monkeypatch.setattr(axis, "SLICE", 4)
    assert everything(data) == whole
