"""Kept values: a run after a change equals a full run, and computes only the periods whose rows changed."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.app.engine.test_oracle import random_company

from tallymark.engine import Cell, TenantData, compute, question
from tallymark.engine.facts.columns import Mapped, Writer
from tallymark.engine.facts.contents import Digests, digested
from tallymark.engine.facts.encode import UNDATED
from tallymark.engine.facts.store import Facts
from tallymark.engine.values import keeper
from tallymark.engine.values.file import Values
from tallymark.engine.values.keeper import Keeper
from tallymark.plugins.registry import registry
from tallymark_sdk.calendars import Period, calendar

LakeOf = Callable[[Mapping[str, Any]], TenantData]
Company = Mapping[str, Sequence[Mapping[str, Any]]]
GREGORIAN = calendar("gregorian")
MONTHS = GREGORIAN.range(GREGORIAN.parse("2024-02"), 6)


@pytest.fixture
def keepers(monkeypatch: pytest.MonkeyPatch) -> list[Keeper]:
    """Every computation's keeper, the newest last; they keep values of small facts too."""
    made: list[Keeper] = []

    class Watched(Keeper):
        def __init__(self, facts: Facts) -> None:
            super().__init__(facts)
            made.append(self)

        def _is_worth_it(self, ready: Any, axis: Any, lines: Any, periods: int) -> bool:
            return bool(lines.leaves)

    monkeypatch.setattr(question, "Keeper", Watched)
    return made


def ask(
    data: TenantData, keys: Sequence[str], by: Sequence[str] = (), periods: Sequence[Period] = MONTHS
) -> list[Cell]:
    return list(compute(registry(), keys, periods, by, data=data, calendar=GREGORIAN))


def everything(data: TenantData) -> list[Cell]:
    metrics = registry()
    by = sorted({dimension for metric in metrics for dimension in metric.by})
    return ask(data, sorted(metrics.metrics), by)


def won(name: str, amount: str, day: date | None, **more: Any) -> dict[str, Any]:
    return {"id": name, "status": "won", "amount": Decimal(amount), "amount_base": Decimal(amount), "closed_on": day,
            "created_on": date(2024, 1, 1), **more}  # fmt: skip


def deals(**changed: dict[str, Any]) -> Company:
    """A deal a day over half a year; those named are replaced or added."""
    rows = {
        f"d{n}": won(f"d{n}", str(n), date(2024, 2, 1) + timedelta(days=n), rep_id=f"r{n % 5}")
        for n in range(180)
    }
    return {"opportunities": list({**rows, **changed}.values())}


@pytest.mark.parametrize("seed", [11, 12])
def test_a_run_after_any_change_equals_a_full_run(
    lake_of: LakeOf, tmp_path: Path, keepers: list[Keeper], seed: int
) -> None:
    dice, rows = random.Random(seed), random_company(seed)
    facts = tmp_path / "facts"
    for step in range(3):
        data = lake_of(rows)
        found = everything(replace(data, facts=facts))
        if step:
            assert keepers[-1].found, "nothing of the run before was used"
        assert found == everything(replace(data, facts=facts, keep_values=False))
        other = random_company(seed + 100 + step)
        for name in dice.sample(sorted(rows), 4):
            number = dice.randrange(len(rows[name]))
            rows[name][number] = other[name][number]
            rows[name].append({**other[name][0], "id": f"new-{step}"})


def test_the_same_rows_in_another_order_are_not_computed_again(
    lake_of: LakeOf, tmp_path: Path, keepers: list[Keeper]
) -> None:
    rows = list(deals()["opportunities"])
    keys = ["revenue.bookings", "pipeline.open_pipeline", "conversion.cycle_length"]
    first = ask(replace(lake_of({"opportunities": rows}), facts=tmp_path / "facts"), keys, ["rep"])
    assert keepers[-1].computed
    random.Random(1).shuffle(rows)
    assert ask(replace(lake_of({"opportunities": rows}), facts=tmp_path / "facts"), keys, ["rep"]) == first
    assert (keepers[-1].computed, keepers[-1].found > 0) == (0, True)


@pytest.mark.parametrize(
    ("change", "computed"),
    [
        ({"d175": won("d175", "9", date(2024, 7, 25), rep_id="r0")}, 1),
        ({"d175": won("d175", "175", date(2024, 2, 2), rep_id="r0")}, 2),
        ({"d175": won("d175", "175", date(2024, 7, 24), rep_id="r1")}, 1),
        ({"new": won("new", "1", date(2024, 3, 1), rep_id="somebody new")}, 1),
        ({"d0": {**won("d0", "0", date(2024, 2, 1), rep_id="r0"), "deleted_at": None, "status": "lost"}}, 1),
    ],
)
def test_only_periods_whose_rows_changed_are_computed(
    lake_of: LakeOf, tmp_path: Path, keepers: list[Keeper], change: dict[str, Any], computed: int
) -> None:
    facts = tmp_path / "facts"
    ask(replace(lake_of(deals()), facts=facts), ["revenue.bookings"], ["rep"])
    assert keepers[-1].found == 0
    changed = lake_of(deals(**change))
    found = ask(replace(changed, facts=facts), ["revenue.bookings"], ["rep"])
    assert (keepers[-1].computed, keepers[-1].found) == (computed, len(MONTHS) + 1 - computed)
    assert found == ask(changed, ["revenue.bookings"], ["rep"])


def test_events_without_a_day_are_told_anew_and_nothing_else(
    lake_of: LakeOf, tmp_path: Path, keepers: list[Keeper]
) -> None:
    facts = tmp_path / "facts"
    ask(replace(lake_of(deals()), facts=facts), ["revenue.bookings"])
    cells = ask(replace(lake_of(deals(x=won("x", "1", None))), facts=facts), ["revenue.bookings"])
    assert [cell.left_out for cell in cells] == [{"no date (closed on)": 1}] * len(MONTHS)
    assert keepers[-1].computed == 1


def test_a_span_that_ends_touches_the_periods_from_its_end_on(
    lake_of: LakeOf, tmp_path: Path, keepers: list[Keeper]
) -> None:
    facts = tmp_path / "facts"
    opened = {"closed_on": None, "status": "open"}
    before = deals(x={**won("x", "5", None), **opened})
    ask(replace(lake_of(before), facts=facts), ["pipeline.open_pipeline"])
    changed = lake_of(deals(x=won("x", "5", date(2024, 6, 10))))
    assert ask(replace(changed, facts=facts), ["pipeline.open_pipeline"]) == ask(
        changed, ["pipeline.open_pipeline"]
    )
    # At the starts of months it was open up to June, so July alone is another; its closing is in the end of June too.
    assert keepers[-2].found > keepers[-2].computed > 0


def test_members_that_had_rows_before_all_periods_are_kept(
    lake_of: LakeOf, tmp_path: Path, keepers: list[Keeper]
) -> None:
    def shop(**more: date) -> Company:
        orders = {"north": date(2024, 3, 1), **more}
        return {
            "orders": [
                {"id": n, "ordered_on": day, "region_id": n, "status": "paid"} for n, day in orders.items()
            ],
            "order_lines": [
                {"id": n, "order_id": n, "amount": Decimal(5), "amount_base": Decimal(5)} for n in orders
            ],
        }

    facts, key = tmp_path / "facts", ["revenue.sales_by_region"]
    ask(replace(lake_of(shop()), facts=facts), key, ["region"])
    changed = lake_of(shop(south=date(2020, 1, 1)))
    cells = ask(replace(changed, facts=facts), key, ["region"])
    assert keepers[-1].found
    assert {cell.member for cell in cells if cell.dimension} == {"north", "south"}
    assert cells == ask(changed, key, ["region"])


def test_part_of_a_question_is_answered_from_the_whole(
    lake_of: LakeOf, tmp_path: Path, keepers: list[Keeper]
) -> None:
    data = lake_of(deals())
    kept = replace(data, facts=tmp_path / "facts")
    ask(kept, ["revenue.bookings", "conversion.close_ratio"], ["rep", "region"])
    assert ask(kept, ["conversion.close_ratio"], ["rep"], MONTHS[2:4]) == ask(
        data, ["conversion.close_ratio"], ["rep"], MONTHS[2:4]
    )
    assert (keepers[-2].computed, keepers[-2].found > 0) == (0, True)


def test_figures_of_more_than_64_bits_are_kept_exactly(
    lake_of: LakeOf, tmp_path: Path, keepers: list[Keeper]
) -> None:
    huge = "9999999999999.9999"
    rows = {f"h{n}": won(f"h{n}", huge, date(2024, 3, 1 + n % 20), rep_id="r1") for n in range(400)}
    data = replace(lake_of(deals(**rows)), facts=tmp_path / "facts")
    first = ask(data, ["revenue.bookings"], ["rep"])
    assert ask(data, ["revenue.bookings"], ["rep"]) == first
    assert keepers[-1].computed == 0
    march = sum(n for n in range(29, 60))
    assert first[1].value == Decimal(huge) * 400 + march
    assert Decimal(huge) * 400 * 10_000 > 1 << 63
    changed = lake_of(deals(**rows, x=won("x", "1", date(2024, 7, 1), rep_id="r1")))
    assert ask(replace(changed, facts=tmp_path / "facts"), ["revenue.bookings"], ["rep"]) == ask(
        changed, ["revenue.bookings"], ["rep"]
    )


@pytest.mark.parametrize("spoil", [b"", b"nonsense", b"values 1" * 9])
@pytest.mark.parametrize("cut", [0, 1, 7, 8, 60, 500])
def test_a_file_that_was_written_in_part_is_not_trusted(
    lake_of: LakeOf, tmp_path: Path, keepers: list[Keeper], spoil: bytes, cut: int
) -> None:
    data = replace(lake_of(deals()), facts=tmp_path / "facts")
    first = ask(data, ["revenue.bookings"], ["rep"])
    file = tmp_path / "facts" / "kept.values"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) - cut] + spoil)
    assert ask(data, ["revenue.bookings"], ["rep"]) == first
    assert (keepers[-1].computed == 0) == (cut == 0)
    assert ask(data, ["revenue.bookings"], ["rep"]) == first
    assert keepers[-1].computed == 0
    if cut:
        assert len(file.read_bytes()) == len(whole)


def test_members_numbered_anew_find_nothing(lake_of: LakeOf, tmp_path: Path, keepers: list[Keeper]) -> None:
    facts = tmp_path / "facts"
    ask(replace(lake_of(deals()), facts=facts), ["revenue.bookings"], ["rep"])
    shutil.rmtree(facts / "members")
    # The same rows under other names: by their numbers alone they could not be told from the first ones.
    rows = {
        f"d{n}": won(f"d{n}", str(n), date(2024, 2, 1) + timedelta(days=n), rep_id=f"s{n % 5}")
        for n in range(180)
    }
    data = lake_of(deals(**rows))
    found = ask(replace(data, facts=facts), ["revenue.bookings"], ["rep"])
    assert keepers[-1].found == 0
    assert found == ask(data, ["revenue.bookings"], ["rep"])


def test_other_kernels_find_nothing(
    lake_of: LakeOf, tmp_path: Path, keepers: list[Keeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = replace(lake_of(deals()), facts=tmp_path / "facts")
    ask(data, ["revenue.bookings"])
    monkeypatch.setattr(keeper, "_kernels", lambda: "changed")
    ask(data, ["revenue.bookings"])
    assert keepers[-1].found == 0


def test_nothing_is_kept_where_it_is_switched_off_or_facts_are_small(lake_of: LakeOf, tmp_path: Path) -> None:
    data = replace(lake_of(deals()), facts=tmp_path / "facts")
    ask(data, ["revenue.bookings"])
    ask(replace(data, keep_values=False), ["revenue.bookings"])
    assert not (tmp_path / "facts" / "kept.values").exists()


def test_values_take_no_more_than_their_room(
    lake_of: LakeOf, tmp_path: Path, keepers: list[Keeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "LARGEST", 20_000)
    facts = tmp_path / "facts"
    for n in range(30):
        changed = lake_of(deals(d3=won("d3", str(n), date(2024, 3 + n % 3, 3), rep_id="r1")))
        found = ask(replace(changed, facts=facts), ["revenue.bookings"], ["rep"])
        assert found == ask(changed, ["revenue.bookings"], ["rep"])
        assert Values(facts).size < 40_000  # the arrays', with what describes them


def test_values_scattered_over_many_records_are_put_together(
    lake_of: LakeOf, tmp_path: Path, keepers: list[Keeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "PIECES", 3)
    facts, many = tmp_path / "facts", []
    for n in range(5):
        changed = lake_of(deals(**{f"x{m}": won(f"x{m}", "1", date(2024, 2 + m, 3)) for m in range(n + 1)}))
        found = ask(replace(changed, facts=facts), ["revenue.bookings"], ["rep"])
        assert found == ask(changed, ["revenue.bookings"], ["rep"])
        many.append(len(Values(facts).records()))
    assert many == [1, 2, 3, 1, 2]


def test_records_written_at_once_are_all_there(
    lake_of: LakeOf, tmp_path: Path, keepers: list[Keeper]
) -> None:
    ask(replace(lake_of(deals()), facts=tmp_path / "facts"), ["revenue.bookings"], ["rep"])
    records = Values(tmp_path / "facts").records()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: Values(tmp_path / "other").append(records), range(24)))
    found = Values(tmp_path / "other").records()
    assert len(found) == 24 * len(records)
    assert all((each.arrays["low"] == records[0].arrays["low"]).all() for each in found)


def test_digests_are_of_rows_and_not_of_their_order_or_classes(tmp_path: Path) -> None:
    def digests(
        days: list[int], values: list[int], classes: list[int], words: list[tuple[int, ...]]
    ) -> Digests:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.fact"
        writer = Writer(path)
        columns = {"key": range(len(days)), "class": classes, "day": days, "value": values}
        writer.write({name: np.array(given, np.int64) for name, given in columns.items()})
        places = writer.beside(digested(writer.so_far(), writer.chunks, words))
        writer.close()
        mapped = Mapped(path)
        return Digests(lambda name: mapped.column(places[name]) if name in places else None)

    def between(of: Digests, first: int, beyond: int) -> list[int]:
        return list(of.between("day", np.array([first]), np.array([beyond]))[0])

    one = digests([1, 1, 2, 5, UNDATED], [7, 8, 9, 10, 11], [0, 1, 1, 0, 0], [(3,), (4,)])
    same = digests([1, 1, 2, 5, UNDATED], [8, 7, 9, 10, 11], [0, 1, 0, 1, 1], [(4,), (3,)])
    for run in [(1, 2), (2, 5), (0, 9), (UNDATED, UNDATED + 1)]:
        assert between(one, *run) == between(same, *run)
    other = digests([1, 1, 2, 5, UNDATED], [7, 8, 9, 10, 11], [0, 1, 1, 1, 0], [(3,), (4,)])
    assert between(one, 5, 6) != between(other, 5, 6)
    assert between(one, 0, 5) == between(other, 0, 5)
    assert between(one, 3, 5) == [0, 0]
    swapped = digests([1, 1, 2, 5, UNDATED], [8, 7, 9, 10, 11], [0, 1, 1, 0, 0], [(3,), (4,)])
    assert between(one, 1, 2) != between(swapped, 1, 2)
