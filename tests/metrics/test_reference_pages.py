"""The reference of metrics says what the packs declare."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tallymark.cli import main
from tallymark.plugins.registry import registry

PAGES = Path(__file__).parents[2] / "docs" / "metrics"


def test_the_committed_pages_are_up_to_date() -> None:
    done = CliRunner().invoke(main, ["metrics", "docs", "--folder", str(PAGES), "--check"])
    assert done.exit_code == 0, f"{done.output}{done.exception}"


def test_a_page_that_was_changed_by_hand_is_told(tmp_path: Path) -> None:
    run = ["metrics", "docs", "--folder", str(tmp_path), "--family", "people"]
    assert CliRunner().invoke(main, run).exit_code == 0
    page = tmp_path / "people.md"
    page.write_text(page.read_text(encoding="utf-8") + "more\n", encoding="utf-8")
    done = CliRunner().invoke(main, [*run, "--check"])
    assert "people.md" in f"{done.output}{done.exception}"
    assert done.exit_code != 0


@pytest.mark.parametrize("metric", list(registry()), ids=lambda metric: metric.key)
def test_every_metric_has_its_section(metric) -> None:
    page = (PAGES / f"{metric.family}.md").read_text(encoding="utf-8")
    section = page.partition(f"## {metric.key}\n")[2].partition("\n## ")[0]
    for line in (
        "- Vietnamese:",
        "- Persian:",
        "- Traditional Chinese:",
        "- In words:",
        "- In code:",
        "- Source:",
    ):
        assert line in section
    assert "Worked by hand:" in section
