"""Golden cases: what a case file may say, and how a failure reads."""

from decimal import Decimal
from pathlib import Path

import pytest

from tallymark_sdk import Flow, Metric, Part, Ratio, _
from tallymark_sdk.testing.cases import Case, InvalidCases, read_cases
from tallymark_sdk.testing.golden import failure
from tallymark_sdk.testing.installed import InstalledPack

WON = Flow("opportunities", on="closed_on", value=_.amount_base.sum(), where=_.status == "won")
WIN_VALUE = Metric(
    key="acme.win_value",
    name="Value won",
    description="Money of deals won.",
    unit="money",
    better="higher",
    inputs=("opportunities.amount_base", "opportunities.closed_on", "opportunities.status"),
    formula=WON,
    parts={"mean": Part(name="Mean", unit="money", formula=Ratio(WON, Flow("opportunities", on="closed_on",
           value=_.amount_base.count(), where=_.status == "won")))},
    by=("rep",),
)  # fmt: skip
ROWS = """
[rows]
opportunities = [
  {id = "1", status = "won", amount = 100, closed_on = 2026-06-01, rep_id = "an"},
  {id = "2", status = "won", amount = 50.5, closed_at = 2026-06-30T23:59:59Z, rep_id = "an"},
  {id = "3", status = "won", amount = 10, currency = "EUR", closed_on = 2026-06-02},
  {id = "4", status = "won", amount = 50, closed_on = 2026-06-03},
]
"""
CASE = '[[case]]\nmetric = "acme.win_value"\nperiod = "2026-06"\nwhy = "100 + 50.5 + 50"\n'


def cases(folder: Path, text: str) -> tuple[Case, ...]:
    (folder / "acme.toml").write_text(text, encoding="utf-8")
    return read_cases(folder / "acme.toml", ["acme.win_value"])


def verdict(folder: Path, case: str, rows: str = ROWS) -> str:
    pack = InstalledPack(family="acme", module="acme", folder=folder, metrics=(WIN_VALUE,))
    (found,) = cases(folder, rows + CASE + case)
    return failure(found, pack)


def test_a_right_case_says_nothing(tmp_path):
    assert verdict(tmp_path, 'value = "200.50"') == ""


def test_a_wrong_case_says_which_cell_and_how_it_was_worked_out(tmp_path):
    assert verdict(tmp_path, 'value = "200"\nby = "rep"\nmember = "an"') == (
        "acme.win_value, June 2026, by rep an: expected 200, got 150.5; "
        "worked out as: 100 + 50.5 + 50 (acme.toml, case 1)"
    )


def test_a_fraction_is_compared_exactly(tmp_path):
    assert verdict(tmp_path, 'part = "mean"\nvalue = "401/6"') == ""
    assert "got 66.8" in verdict(tmp_path, 'part = "mean"\nvalue = "402/6"')


def test_a_rounded_value_is_refused_with_advice(tmp_path):
    assert "write it as a fraction" in verdict(tmp_path, 'part = "mean"\nvalue = "66.833333"')


def test_no_value_and_its_reason(tmp_path):
    empty = "[case.rows]\nopportunities = []\n"
    assert verdict(tmp_path, f'part = "mean"\nvalue = "none"\nreason = "nothing to divide by"\n{empty}') == ""
    wrong = verdict(tmp_path, f'part = "mean"\nvalue = "none"\nreason = "no rows in the period"\n{empty}')
    assert 'the reason is "nothing to divide by"' in wrong
    assert "expected no value, got 0" in verdict(tmp_path, f'value = "none"\n{empty}')
    assert verdict(tmp_path, f'value = "0"\n{empty}') == ""


def test_local_dates_and_base_money_are_made_as_the_load_would(tmp_path):
    (case,) = cases(tmp_path, 'time_zone = "Asia/Ho_Chi_Minh"\n' + ROWS + CASE + 'value = "1"')
    _first, second, foreign, _last = case.rows["opportunities"]
    assert str(second["closed_on"]) == "2026-07-01"
    assert second["amount_base"] == Decimal("50.5")
    assert "amount_base" not in foreign


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[rows]\nopportunity = []", 'acme.toml: there is no dataset "opportunity". Did you mean "opportunities"?'),
        ('[rows]\nopportunities = [{id = "1", amout = 1}]',
         'acme.toml: opportunities "1": there is no column "amout". Did you mean "amount"?'),
        ("[rows]\nopportunities = [{amount = 1}]", 'row 1 of opportunities has no id; write id = "1"'),
        ('[rows]\nopportunities = [{id = "1"}, {id = "1"}]', 'opportunities has two rows with the id "1"'),
        ('[rows]\nopportunities = [{id = "1", status = "wno"}]', 'status can\'t be "wno"'),
        ('[rows]\nopportunities = [{id = "1", amount = "5"}]', "amount must be a number without quotes, not 5"),
        ('[rows]\nopportunities = [{id = "1", amount = 1.00001}]', "more than the 4 decimal places"),
        ('[rows]\nopportunities = [{id = "1", closed_on = 2026-06-01T00:00:00Z}]', "closed_on must be a date such as"),
        ('[rows]\nopportunities = [{id = "1", deleted_at = 2026-06-01}]', "deleted_at must be a time such as"),
        ('calender = "jalali"', 'acme.toml: "calender" isn\'t understood here. Did you mean "calendar"?'),
        ('[[case]]\nmetrik = "x"', 'acme.toml, case 1: "metrik" isn\'t understood here. Did you mean "metric"?'),
        ('[[case]]\nmetric = "acme.win_value"', 'acme.toml, case 1: "period" is missing'),
        (CASE.replace("win_value", "win_valu") + 'value = "1"', 'no metric "acme.win_valu". Did you mean'),
        (CASE.replace("2026-06", "June") + 'value = "1"', "'June' names no period"),
        (CASE + 'value = "a few"', "the value 'a few' must be text: a decimal"),
        (CASE + 'value = "1"\nby = "rep"', '"by" and "member" belong together'),
        (CASE + 'value = "1"\nreason = "x"', 'goes with value = "none"'),
        ("[rows", "acme.toml isn't TOML"),
    ],
)  # fmt: skip
def test_what_a_file_may_not_say(tmp_path, text, problem):
    with pytest.raises(InvalidCases) as refused:
        cases(tmp_path, text)
    assert problem in str(refused.value)


def test_a_part_or_breakdown_that_isnt_there_is_named(tmp_path):
    assert 'no part "median"' in verdict(tmp_path, 'value = "1"\npart = "median"')
    assert 'isn\'t broken down by "team"' in verdict(tmp_path, 'value = "1"\nby = "team"\nmember = "x"')
