"""The report's tables and picture from results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from bench.measure import Timing
from bench.picture import growth_curve
from bench.report import between_marks, short_table, tables
from bench.results import Result, keep, load, results_of


def result(name: str, wall: float, **more: Any) -> Result:
    return replace(Result(section="catalogue", size="1m", name=name, wall=[wall]), **more)


def test_ratios_are_of_the_rounds_and_not_of_the_medians() -> None:
    slow, fast = Timing("slow", wall=[10.0, 100.0, 10.0]), Timing("fast", wall=[1.0, 10.0, 5.0])
    assert results_of("catalogue", "1m", [slow, fast], {}, {})[1].ratio == 0.1


def test_a_section_is_replaced_and_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    keep([result("old", 1.0), result("other", 1.0, size="5k")], file)
    keep([result("new", 2.0)], file)
    assert {each.name for each in load(file)} == {"new", "other"}


def test_the_tables_tell_seconds_ratios_and_checks() -> None:
    results = [result("first", 12.34), result("second", 1.5, ratio=0.123, check="9 cells, all equal")]
    assert "| second | 1.50 |  | 0.12 × | 9 cells, all equal |" in tables(results)
    assert "| second | 0.12 × | 9 cells, all equal |" in short_table(results)


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    text = "a\n<!-- results -->\nold\n<!-- end of results -->\nb"
    assert between_marks(text, "results", "new\n") == "a\n<!-- results -->\nnew\n<!-- end of results -->\nb"
    assert between_marks("no marks", "results", "new\n") == "no marks"


def test_the_growth_curve_is_a_picture_with_every_point() -> None:
    grown = [
        result(f"{deals}, asked", seconds, section="growth", size="", notes={"deals": deals, "state": "warm"})
        for deals, seconds in ((100_000, 0.1), (1_000_000, 0.5), (10_000_000, 3.0))
    ]
    picture = ET.fromstring(growth_curve(grown))
    assert len(picture.findall("{http://www.w3.org/2000/svg}circle")) == 3
    assert growth_curve([]) == ""
