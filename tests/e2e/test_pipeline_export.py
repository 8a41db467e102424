"""A CRM's pipeline export by command line, against truth computed from the file in plain Python.

The export has the usual traps: no ids but names, lost deals with 0 for an amount, open deals without a close date,
early ones without any date, blank accounts, and a product spelt differently than in the price list.
"""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tallymark.cli import main

ROWS = 8_800
REGIONS = ("Central", "East", "West")
PRODUCTS = {"GTX Basic": "GTX", "GTX Pro": "GTX", "MG Special": "MG", "MG Advanced": "MG", "GTK 500": "GTK"}
TEAM = {f"Agent {number}": REGIONS[number % 3] for number in range(30)}
KEYS = ("revenue.bookings", "conversion.close_ratio", "deals.average_deal_size", "conversion.cycle_length")
MAPPINGS = Path(__file__).parents[2] / "docs" / "mappings"
RENAMED = {"GTXPro": "GTX Pro"}  # the mapping mends the spelling

Deal = dict[str, str]


def deals() -> list[Deal]:
    dice = random.Random(20170101)
    made = []
    for number in range(ROWS):
        stage = dice.choices(["Won", "Lost", "Engaging", "Prospecting"], [48, 28, 18, 6])[0]
        engaged = date(2016, 10, 20) + timedelta(days=dice.randrange(430))
        closed = engaged + timedelta(days=dice.randrange(1, 138))
        value = {"Won": dice.randrange(38, 30_289), "Lost": 0}.get(stage, "")
        made.append(
            {
                "opportunity_id": f"{number:08X}",
                "sales_agent": dice.choice(list(TEAM)),
                "product": dice.choice(list(PRODUCTS)).replace("GTX Pro", "GTXPro"),
                "account": dice.choice(["", "Hottechi", "Codehow", "Zumgoity"]),
                "deal_stage": stage,
                "engage_date": "" if stage == "Prospecting" else engaged.isoformat(),
                "close_date": closed.isoformat() if stage in {"Won", "Lost"} else "",
                "close_value": str(value),
            }
        )
    return made


def write(path: Path, rows: list[Deal]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def export() -> list[Deal]:
    return deals()


@pytest.fixture(scope="module")
def company(
    tallymark: Callable[..., str], export: list[Deal], tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A tenant with the export, the reps and the price list imported through mapping files."""
    folder = tmp_path_factory.mktemp("export")
    files = {
        "opportunities": write(folder / "pipeline.csv", export),
        "reps": write(
            folder / "teams.csv",
            [
                {"sales_agent": name, "manager": "Boss", "regional_office": region}
                for name, region in {**TEAM, "Sells Nothing": "West"}.items()
            ],
        ),
        "products": write(
            folder / "products.csv",
            [{"product": name, "series": series, "sales_price": "550"} for name, series in PRODUCTS.items()],
        ),
    }
    tallymark("tenant", "create", "Pipeline Export", "--currency", "USD", "--timezone", "America/Chicago",
              "--calendar", "gregorian", "--locale", "en")  # fmt: skip
    for dataset, file in files.items():
        tallymark(
            "import", "pipeline-export", dataset, file, "--mapping", MAPPINGS / f"pipeline_{dataset}.toml"
        )
    return "pipeline-export"


def truth(export: list[Deal]) -> dict[tuple[str, str, str, str], Fraction | None]:
    """(metric, first of month, dimension, member) → value, straight from the definitions."""
    groups: dict[tuple[str, str, str], list[Deal]] = defaultdict(list)
    for deal in export:
        if deal["close_date"]:
            month = deal["close_date"][:7] + "-01"
            agent = deal["sales_agent"]
            product = RENAMED.get(deal["product"], deal["product"])
            for place in (("", ""), ("rep", agent), ("region", TEAM[agent]), ("product", product)):
                groups[month, *place].append(deal)
    return {(key, *place): value for place, group in groups.items() for key, value in figures(group)}


def figures(closed: list[Deal]) -> Iterator[tuple[str, Fraction | None]]:
    won = [deal for deal in closed if deal["deal_stage"] == "Won"]
    money = sum(int(deal["close_value"]) for deal in won)
    days = sum(
        (date.fromisoformat(deal["close_date"]) - date.fromisoformat(deal["engage_date"])).days
        for deal in won
    )
    yield "revenue.bookings", Fraction(money)
    yield "conversion.close_ratio", Fraction(len(won), len(closed))
    yield "deals.average_deal_size", Fraction(money, len(won)) if won else None
    yield "conversion.cycle_length", Fraction(days, len(won)) if won else None


def test_every_cell_agrees_with_the_file(
    company: str, export: list[Deal], computed: Callable[..., list[dict[str, Any]]]
) -> None:
    options = ["--from", "2016-10", "--periods", "20", "--by", "rep", "--by", "region", "--by", "product"]
    rows = computed(company, ",".join(KEYS), *options)
    found = {
        (row["metric"], row["period_start"], row["dimension"], row["member"]): row
        for row in rows
        if row["part"] == "value"
    }
    expected = truth(export)
    assert len(expected) > 2_000
    assert set(expected) <= set(found)
    for place, value in expected.items():
        row = found[place]
        if value is None:
            assert row["value"] is None, place
            assert row["reason"], place
        else:
            assert row["value"] == pytest.approx(float(value), rel=1e-15), place
    for place in set(found) - set(expected):  # months in which a member closed nothing
        assert found[place]["value"] in {0, None}, place


def test_exact_values_in_csv(company: str, export: list[Deal], tallymark: Callable[..., str]) -> None:
    text = tallymark("compute", company, "--metrics", "deals.average_deal_size", "--from", "2017", "--grain", "year",
                     "--format", "csv")  # fmt: skip
    (row,) = csv.DictReader(text.splitlines())
    won = [deal for deal in export if deal["deal_stage"] == "Won" and deal["close_date"][:4] == "2017"]
    assert list(row)[:4] == ["metric", "part", "period_start", "period_end"]
    assert (row["period_start"], row["period_end"]) == ("2017-01-01", "2018-01-01")
    assert Fraction(row["numerator"]) == sum(int(deal["close_value"]) for deal in won)
    assert int(row["denominator"]) == int(row["rows"]) == len(won)


def test_the_scorecard_of_a_month_renders(
    company: str, tallymark: Callable[..., str], tmp_path: Path
) -> None:
    out = tmp_path / "scorecard.pdf"
    tallymark(
        "scorecard",
        "render",
        company,
        "--set",
        "Sales",
        "--period",
        "2017-06",
        "--locale",
        "en",
        "--out",
        out,
    )
    assert out.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["compute", "nobody", "--metrics", "revenue.bookings", "--from", "2017-01"],
            "There is no tenant 'nobody'",
        ),
        (["compute", "{company}", "--metrics", "revenue.booking", "--from", "2017-01"], "Did you mean"),
        (["compute", "{company}", "--metrics", "revenue.bookings", "--from", "yesterday"], "yesterday"),
        (
            ["compute", "{company}", "--metrics", "all", "--from", "2017-01", "--by", "rap"],
            'Did you mean "rep"',
        ),
        (
            ["scorecard", "render", "{company}", "--set", "Saless", "--period", "2017-06", "--out", "x.pdf"],
            "Sales",
        ),
    ],
)
def test_mistakes_end_in_one_line_and_code_2(
    company: str, tallymark: Callable[..., str], arguments: list[str], sentence: str
) -> None:
    output = tallymark(*[each.format(company=company) for each in arguments], code=2)
    assert output.count("\n") == 1
    assert sentence in output


def test_a_member_that_looks_like_a_formula_is_exported_as_text(
    tallymark: Callable[..., str], tmp_path: Path
) -> None:
    tallymark("tenant", "create", "Formula Names")
    file = write(tmp_path / "deals.csv", [{**deals()[0], "sales_agent": "=1+1", "close_date": "2017-01-05"}])
    mapping = MAPPINGS / "pipeline_opportunities.toml"
    tallymark("import", "formula-names", "opportunities", file, "--mapping", mapping)
    text = tallymark("compute", "formula-names", "--metrics", "conversion.close_ratio", "--from", "2017-01",
                     "--by", "rep", "--format", "csv")  # fmt: skip
    assert "'=1+1" in {row["member"] for row in csv.DictReader(text.splitlines())}


def test_a_breakdown_that_a_metric_does_not_offer_is_told(company: str, environment: dict[str, str]) -> None:
    arguments = [
        "compute",
        company,
        "--metrics",
        "revenue.profit_margin",
        "--from",
        "2017-06",
        "--by",
        "team",
    ]
    result = CliRunner().invoke(main, arguments, env=environment)
    assert result.exit_code == 0
    assert result.stderr == "revenue.profit_margin isn't broken down by team; its total is given.\n"
    assert {row["dimension"] for row in json.loads(result.stdout)} == {""}
