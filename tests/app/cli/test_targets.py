"""`tallymark targets`, as a person calls it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
YEAR = datetime.now(UTC).year
DEALS = (
    "Id,Name,Amount,Status,Closed At,Rep\n"
    f"1,A,150,won,{YEAR}-01-05,an\n2,B,30,won,{YEAR}-01-06,bo\n3,C,70,won,{YEAR - 1}-02-05,an\n"
    f"4,D,30,won,{YEAR - 1}-05-05,an\n"
)
DEALS_MAP = (
    'dataset = "opportunities"\n[columns]\nid = "Id"\nname = "Name"\namount = "Amount"\nstatus = "Status"\n'
    'closed_at = "Closed At"\nrep_id = "Rep"\n'
)
GOALS = f"Metric,Scope,Who,From,To,Value\nrevenue.bookings,rep,bo,{YEAR}-01-01,{YEAR + 1}-01-01,600\n"
GOALS_MAP = (
    'dataset = "targets"\n[columns]\nid = { line = true }\nmetric = "Metric"\nscope = "Scope"\nscope_id = "Who"\n'
    'period_start = "From"\nperiod_end = "To"\nvalue = "Value"\n'
)


@pytest.fixture
def slug(run: Run, tmp_path: Path) -> str:
    made = run("tenant", "create", f"Acme {tmp_path.name}", "--currency", "EUR", "--json")
    assert made.exit_code == 0, made.output
    return str(json.loads(made.stdout)["slug"])


@pytest.fixture
def filled(run: Run, slug: str, tmp_path: Path) -> str:
    """A tenant with deals of this and last year, and one rep's imported target."""
    for name, (rows, mapping) in {"opportunities": (DEALS, DEALS_MAP), "targets": (GOALS, GOALS_MAP)}.items():
        (tmp_path / f"{name}.csv").write_text(rows, encoding="utf-8")
        (tmp_path / f"{name}.toml").write_text(mapping, encoding="utf-8")
        done = run("import", slug, name, tmp_path / f"{name}.csv", "--mapping", tmp_path / f"{name}.toml")
        assert done.exit_code == 0, done.output
    return slug


def shown(run: Run, slug: str, *words: object) -> list[dict[str, object]]:
    result = run("targets", "show", slug, "revenue.bookings", *words)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_yearly_target_is_set_listed_shown_by_month_and_removed(run, slug):
    made = run("targets", "set", slug, "revenue.bookings", "--year", YEAR, "--value", "2400")
    assert made.exit_code == 0, made.output
    assert f"revenue.bookings, company, {YEAR}: 2400" in made.stdout
    assert made.stdout.count("  200\n") == 12
    assert run("targets", "list", slug).stdout == f"revenue.bookings, company, {YEAR}: 2400\n"
    assert [row["target"] for row in shown(run, slug, "--from", f"{YEAR}-01", "--periods", 2)] == [
        "200",
        "200",
    ]
    gone = run("targets", "remove", slug, "revenue.bookings", "--year", YEAR)
    assert gone.exit_code == 0, gone.output
    assert "No target is set" in run("targets", "list", slug).stdout


def test_imported_and_own_targets_stand_together(run, filled):
    run(
        "targets",
        "set",
        filled,
        "revenue.bookings",
        "--year",
        YEAR,
        "--value",
        "2400",
        "--scope",
        "rep",
        "--member",
        "an",
    )
    rows = {
        (row["dimension"], row["member"]): row
        for row in shown(run, filled, "--from", f"{YEAR}-01", "--by", "rep")
    }
    assert (rows["rep", "an"]["target"], rows["rep", "an"]["attainment"]) == ("200", "0.75")
    assert (rows["rep", "bo"]["target"], rows["rep", "bo"]["how"]) == ("50", "spread")
    assert (rows["", ""]["target"], rows["", ""]["how"]) == ("250", "sum of rep")
    assert rows["", ""]["value"] == "180"


def test_imported_targets_that_cannot_be_used_are_counted(run, filled, tmp_path):
    (tmp_path / "more.csv").write_text(GOALS + f"revenue.nothing,rep,bo,{YEAR}-01-01,{YEAR + 1}-01-01,1\n")
    done = run("import", filled, "targets", tmp_path / "more.csv", "--mapping", tmp_path / "targets.toml")
    assert done.exit_code == 0, done.output
    assert "can't be used: 1 × no such metric" in run("targets", "list", filled).stderr


def test_last_years_months_divide_the_target(run, filled):
    run(
        "targets",
        "set",
        filled,
        "revenue.bookings",
        "--year",
        YEAR,
        "--value",
        "1000",
        "--spread",
        "seasonality",
    )
    rows = shown(run, filled, "--from", f"{YEAR}-01", "--periods", 12)
    assert {row["period"]: row["target"] for row in rows if row["target"] != "0"} == {
        f"{YEAR}-02": "700",
        f"{YEAR}-05": "300",
    }


def test_the_default_spread_holds_for_imported_targets_too(run, filled):
    assert run("targets", "spread", filled, "level", "--metric", "revenue.bookings").exit_code == 0
    (row, *_) = [
        row for row in shown(run, filled, "--from", f"{YEAR}-01", "--by", "rep") if row["member"] == "bo"
    ]
    assert row["target"] == "600"
    assert run("targets", "spread", filled, "default", "--metric", "revenue.bookings").exit_code == 0
    (row, *_) = [
        row for row in shown(run, filled, "--from", f"{YEAR}-01", "--by", "rep") if row["member"] == "bo"
    ]
    assert row["target"] == "50"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("revenue.booking", "--year", "2026", "--value", "1"), 'no metric "revenue.booking". Did you mean'),
        (("revenue.bookings", "--value", "1"), "Say which period"),
        (("revenue.bookings", "--period", "2026-01-01/9999-01-01", "--value", "1"), "at most ten years"),
        (("revenue.bookings", "--period", "2026-02-01/2026-01-01", "--value", "1"), "ends after it starts"),
        (("revenue.bookings", "--period", "2026/2027", "--value", "1"), "Write two dates"),
        (("revenue.bookings", "--year", "2026-13", "--value", "1"), "2026-13"),
        (("revenue.bookings", "--year", "2026", "--value", "2,400"), "plain number"),
        (("revenue.bookings", "--year", "2026", "--value", "1e30"), "too large"),
        (("revenue.bookings", "--year", "2026", "--value", "30%"), "isn't a ratio"),
        (("conversion.close_ratio", "--year", "2026", "--value", "30"), "write 30%"),
        (("conversion.close_ratio", "--year", "2026", "--value", "30%", "--spread", "evenly"), "doesn't add up over time"),
        (("revenue.bookings", "--year", "2026", "--value", "1", "--scope", "reps"), 'no scope "reps"'),
        (("revenue.bookings", "--year", "2026", "--value", "1", "--scope", "rep"), "Say which rep"),
        (("revenue.bookings", "--year", "2026", "--value", "1", "--member", "an"), "has no member"),
        (("revenue.sales_by_region", "--year", "2026", "--value", "1", "--scope", "rep", "--member", "an"), "isn't broken down by rep; it is by region"),
        (("revenue.bookings", "--year", "2026", "--value", "1", "--spread", "evnly"), 'no spread "evnly"'),
        (("revenue.bookings", "--year", "2026", "--value", "1", "--weights", "1,2"), "12 weights"),
        (("revenue.bookings", "--year", "2026", "--value", "1", "--weights", "1,x"), "Write weights as numbers"),
    ],
    ids=lambda value: None if isinstance(value, tuple) else value[:20],
)  # fmt: skip
def test_what_cannot_be_set_says_so_in_one_line(run, slug, words, sentence):
    result = run("targets", "set", slug, *words)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert "No target is set" in run("targets", "list", slug).stdout
