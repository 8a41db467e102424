"""Each check of the kit finds the defect it is for, and says it in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest

from tallymark_sdk import Derived, Flow, Metric, Parameter, Part, Ratio, Stock, View, _
from tallymark_sdk.formula import Number
from tallymark_sdk.inputs import inputs_used
from tallymark_sdk.links import follow
from tallymark_sdk.testing import kit
from tallymark_sdk.testing.cases import InvalidCases, read_cases, read_exceptions
from tallymark_sdk.testing.installed import InstalledPack
from tallymark_sdk.testing.scene import Scene
from tallymark_sdk.testing.subject import Subject

ROWS = """
[rows]
reps = [{id = "an", team_id = "north"}, {id = "bo", team_id = "south"}]
opportunities = [
  {id = "1", status = "won", amount = 100, closed_at = 2026-06-01T09:00:00Z, rep_id = "an", account_id = "x"},
  {id = "2", status = "won", amount = 50, closed_at = 2026-06-30T20:00:00Z, rep_id = "bo", account_id = "x"},
  {id = "3", status = "lost", amount = 70, closed_at = 2026-06-15T12:00:00Z, rep_id = "bo", account_id = "y"},
  {id = "4", status = "won", amount = 9, closed_at = 2026-07-01T02:00:00Z, rep_id = "an", account_id = "y"},
]
"""
AMOUNT = Flow("opportunities", on="closed_on", value=_.amount_base.sum())
DEALS = Flow("opportunities", on="closed_on", value=_.count())


def metric(formula, **more) -> Metric:
    declared = Metric(
        **{
            "key": "acme.x",
            "name": "X",
            "description": "A metric of the tests.",
            "unit": "money",
            "better": "higher",
            "inputs": (),
            "formula": formula,
            **more,
        }
    )
    return declared if "inputs" in more else replace(declared, inputs=inputs_used(declared))


def findings(folder: Path, check: str, tested: Metric, cases: str = "") -> list[str]:
    """What a check says of a metric over the rows above, looked at in June."""
    text = ROWS + (cases or '[[case]]\nmetric = "acme.x"\nperiod = "2026-06"\nwhy = "…"\nvalue = "1"\n')
    (folder / "acme.toml").write_text(text, encoding="utf-8")
    pack = InstalledPack(family="acme", module="tests", folder=folder, metrics=(tested,))
    subject = Subject(pack=pack, cases=read_cases(folder / "acme.toml", [tested.key]))
    return [found.sentence for found in kit.problems(subject, tested, check)]


ROW_CHECKS = ("empty tenant", "nulls", "row order", "repetition", "deleted rows", "doubled rows",
              "currency scaling", "time zones", "additivity", "parameters")  # fmt: skip


@pytest.mark.parametrize("check", ROW_CHECKS)
@pytest.mark.parametrize(
    "tested",
    [
        metric(AMOUNT, additive=True, by=("rep", "team"), parts={"deals": Part(name="D", unit="count", formula=DEALS)}),
        metric(Ratio(AMOUNT, DEALS), by=("rep",)),
        metric(Stock("opportunities", start="closed_on", end=None, at="end", value=_.count()), unit="count"),
    ],
    ids=["flow", "ratio", "stock"],
)  # fmt: skip
def test_a_right_metric_passes(tmp_path, check, tested):
    assert findings(tmp_path, check, tested) == []


def test_a_wrong_prefix_and_a_typo(tmp_path):
    tested = metric(Flow("opportunities", on="closed_on", value=_.amout_base.sum()), key="other.x", inputs=())
    found = findings(
        tmp_path, "declaration", tested, '[[case]]\nmetric="other.x"\nperiod="2026"\nwhy=""\nvalue="1"'
    )
    assert 'the key must start with the entry point\'s name, "acme."' in found
    assert any('no column "amout_base". Did you mean "amount_base"?' in sentence for sentence in found)


def test_a_reference_that_leads_nowhere(tmp_path):
    from tallymark_sdk import metric_value

    tested = metric(Derived(metric_value("acme.y")))
    assert 'it refers to "acme.y", which isn\'t installed' in findings(tmp_path, "declaration", tested)[0]


def test_undeclared_inputs_with_what_to_write(tmp_path):
    found = findings(
        tmp_path, "inputs", metric(AMOUNT, inputs=("opportunities.closed_on", "opportunities.statu"))
    )
    assert found[0] == '"opportunities.amount_base" is used but isn\'t among the inputs'
    assert found[1].startswith('"opportunities.statu" is among the inputs but isn\'t used.')
    assert found[-1].endswith('or write inputs=("opportunities.amount_base", "opportunities.closed_on",)')


def test_a_missing_empty_case_and_a_wrong_one(tmp_path):
    found = findings(tmp_path, "golden cases", metric(AMOUNT))
    assert "no golden case shows an empty period" in found[0]
    assert found[1].startswith("acme.x, June 2026: expected 1, got 220; worked out as: …")


def test_no_case_at_all(tmp_path):
    assert findings(tmp_path, "golden cases", metric(AMOUNT), "# none")[0].startswith(
        "no golden case; work one out"
    )


def test_a_number_out_of_nothing(tmp_path):
    found = findings(tmp_path, "empty tenant", metric(Derived(DEALS + 5)))
    assert found == ["without any rows the value in June 2026 is 5; it should be 0 or no value"]


def test_an_empty_column_that_ends_in_an_error(tmp_path):
    huge = _.amount_base.fill_null(99_999_999_999_999)
    tested = metric(Flow("opportunities", on="closed_on", value=(huge * huge * huge).sum()))
    found = findings(tmp_path, "nulls", tested)
    assert len(found) == 1
    assert found[0].startswith("with opportunities.amount_base empty in every row it can't be computed")


@dataclass(frozen=True, kw_only=True, eq=False)
class Drifting(Scene):
    """Values that are never the same twice."""

    numbers: Iterator[int]

    def over(self, rows, **more):
        return {cell: next(self.numbers) for cell in self.cells}


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        ("row order", "with the rows in another order the value in June 2026 is 1 instead of 0"),
        ("repetition", "computed a second time the value in June 2026 is 0 instead of 1"),
    ],
)
def test_values_that_drift(tmp_path, monkeypatch, check, sentence):
    def drifting(self, tested):
        (scene,) = scenes(self, tested)
        given = {name: getattr(scene, name) for name in ("metric", "calendar", "rows", "as_of", "cells")}
        return (Drifting(**given, numbers=count()),)

    scenes = Subject.scenes
    monkeypatch.setattr(Subject, "scenes", drifting)
    assert findings(tmp_path, check, metric(AMOUNT))[0] == sentence


def _undead(tables):
    rows = tables["opportunities"]
    return rows.mutate(deleted_at=rows.deleted_at.nullif(rows.deleted_at))


def _fanned_out(tables):
    deals, reps = tables["opportunities"], tables["reps"].select(rep="id", team="team_id")
    return deals.left_join(reps, deals.rep_id == reps.rep).select(*deals.columns, "team")


def _by_utc_day(tables):
    rows = tables["opportunities"]
    return rows.mutate(day=rows.closed_at.cast("date"))


def view(build, **more):
    columns = {name: f"opportunities.{name}" for name in ("amount_base", "closed_on", "closed_at", "rep_id")}
    return View(name="v", grain="opportunities", requires=(), columns={**columns, **more}, build=build)


def test_deleted_rows_that_a_view_brings_back(tmp_path):
    tested = metric(Flow(view(_undead), on="closed_on", value=_.amount_base.sum()))
    (found,) = findings(tmp_path, "deleted rows", tested)
    assert found.startswith("with a deleted copy of every row the value in June 2026 is 440 instead of 220")


def test_a_join_across_sources(tmp_path):
    tested = metric(Flow(view(_fanned_out, team="reps.team_id"), on="closed_on", value=_.amount_base.sum()))
    (found,) = findings(tmp_path, "doubled rows", tested)
    assert "went from 220 to 880, not to 440; join rows within their own source_id" in found


def test_a_threshold_in_money(tmp_path):
    tested = metric(
        Flow("opportunities", on="closed_on", value=_.count(where=_.amount_base > 60)), unit="count"
    )
    (found,) = findings(tmp_path, "currency scaling", tested)
    assert "went from 2 to 3, not to 2; a count should not depend on the currency" in found


def test_the_utc_day_of_a_time(tmp_path):
    tested = metric(
        Flow(view(_by_utc_day, day="opportunities.closed_at"), on="day", value=_.amount_base.sum())
    )
    found = findings(tmp_path, "time zones", tested)
    assert any("take the local date (…_on), not the day of the time (…_at)" in sentence for sentence in found)


def test_members_that_overlap(tmp_path):
    accounts = Flow("opportunities", on="closed_on", value=_.account_id.nunique())
    (found, *_more) = findings(
        tmp_path, "additivity", metric(accounts, unit="count", additive=True, by=("rep",))
    )
    assert found.startswith(
        "by rep the members sum to 3 in June 2026, but the total is 2; name the breakdown in"
    )
    excused = metric(accounts, unit="count", additive=True, by=("rep",), not_additive_by=("rep",))
    assert findings(tmp_path, "additivity", excused) == []


def test_a_hint_for_sums_that_are_not_declared(tmp_path):
    (tmp_path / "acme.toml").write_text(
        ROWS + '[[case]]\nmetric="acme.x"\nperiod="2026-06"\nwhy="…"\nvalue="220"', encoding="utf-8"
    )
    tested = metric(AMOUNT, by=("rep",))
    pack = InstalledPack(family="acme", module="tests", folder=tmp_path, metrics=(tested,))
    subject = Subject(pack=pack, cases=read_cases(tmp_path / "acme.toml", ["acme.x"]))
    assert list(kit.hints(subject)) == [
        "acme.x: its members sum to its total in every golden case; if they always do, declare additive=True"
    ]


def test_an_allowed_value_that_breaks_the_metric(tmp_path):
    factor = Parameter(name="factor", description="…", kind="number", default=1, maximum=10**15)
    scaled = (_.amount_base * factor.value).sum()
    tested = metric(Flow("opportunities", on="closed_on", value=scaled), parameters=(factor,))
    (found,) = findings(tmp_path, "parameters", tested)
    assert found.startswith("with factor = 1000000000000000 it can't be computed")


def test_a_view_that_cannot_be_copied(tmp_path):
    tested = metric(
        Flow(view(lambda tables: tables["opportunities"]), on="closed_on", value=_.amount_base.sum())
    )
    (found,) = findings(tmp_path, "identity", tested)
    assert "build views with functions of the module, not with lambdas or local functions" in found


def test_a_view_of_linked_rows_passes(tmp_path):
    def linked(tables):
        return follow(tables["opportunities"], "rep_id", tables["reps"], {"team": "team_id"})

    tested = metric(Flow(view(linked, team="reps.team_id"), on="closed_on", value=_.amount_base.sum()))
    assert [found for check in ROW_CHECKS for found in findings(tmp_path, check, tested)] == []


def test_an_exception_needs_a_check_a_metric_and_a_reason(tmp_path):
    path = tmp_path / "acme.toml"

    def read(text):
        path.write_text(text, encoding="utf-8")
        return read_exceptions(path, ["acme.x"], kit.CHECKS)

    assert read('[except."currency scaling"]\n"acme.x" = "an index"') == {
        "currency scaling": {"acme.x": "an index"}
    }
    for text, problem in (
        (
            '[except."curency scaling"]',
            'there is no check "curency scaling". Did you mean "currency scaling"?',
        ),
        ('[except.nulls]\n"acme.y" = "…"', 'the pack has no metric "acme.y". Did you mean "acme.x"?'),
        ('[except.nulls]\n"acme.x" = ""', 'say why acme.x needn\'t pass "nulls"'),
    ):
        with pytest.raises(InvalidCases) as refused:
            read(text)
        assert problem in str(refused.value)


def test_a_number_alone_is_a_number_out_of_nothing(tmp_path):
    assert findings(tmp_path, "empty tenant", metric(Derived(Number(3))))
