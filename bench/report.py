"""Write the tables of docs/benchmarks.md, and of README.md where it has the markers, from bench/results.json."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path
from statistics import median

from bench.picture import growth_curve
from bench.results import Result, load
from bench.run import SECTIONS, TITLES

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "pictures" / "bench-growth.svg"
_MARKS = "<!-- {0} -->\n{1}<!-- end of {0} -->"

SHORT = {
    "catalogue": "whole catalogue",
    "by-hand": "KPIs written by hand",
    "layers": "eight KPIs × six groupings",
}
"""What README shows: the comparisons with other ways of computing."""


def tables(results: list[Result]) -> str:
    """Every table, a heading each."""
    parts = [f"Measured on {machine()}.\n"]
    for section in SECTIONS:
        for size in dict.fromkeys(each.size for each in results if each.section == section):
            lines = [each for each in results if (each.section, each.size) == (section, size)]
            title = TITLES[section][0].upper() + TITLES[section][1:]
            parts.append(f"### {title}{f', {size} opportunities' if size else ''}\n")
            parts.append(_table(lines))
    return "\n".join(parts)


def _table(lines: list[Result]) -> str:
    rows = ["| | seconds | processor seconds | ratio | cells |", "| --- | ---: | ---: | ---: | --- |"]
    for line in lines:
        notes = "; ".join(
            f"{name} {_number(value)}" for name, value in line.notes.items() if name not in ("state", "deals")
        )
        cpu = _seconds(median(line.cpu)) if line.cpu and median(line.cpu) > 0.05 * median(line.wall) else ""
        ratio = "" if line.ratio is None else f"{_ratio(line.ratio)} ×"
        told = "; ".join(each for each in (line.check, notes) if each)
        rows.append(f"| {line.name} | {_seconds(median(line.wall))} | {cpu} | {ratio} | {told} |")
    return "\n".join(rows) + "\n"


def short_table(results: list[Result]) -> str:
    """Ratios alone, of the largest tenant that was measured: they hold on other machines."""
    rows = ["| | to the first line | |", "| --- | ---: | --- |"]
    for section, title in SHORT.items():
        sizes = [each.size for each in results if each.section == section]
        if not sizes:
            continue
        rows.append(f"| **{title}, {sizes[-1]} opportunities** | | |")
        shown = [each for each in results if (each.section, each.size) == (section, sizes[-1])]
        rows += [f"| {each.name} | {_ratio(each.ratio or 1.0)} × | {each.check} |" for each in shown]
    return "\n".join(rows) + "\n"


def machine() -> str:
    """What it was measured on, as far as it matters."""
    return f"{os.cpu_count()} shared cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"


def _seconds(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def _ratio(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 2 else f"{value:.2f}"


def _number(value: str | float) -> str:
    return f"{value:,}" if isinstance(value, int | float) else value


def between_marks(text: str, name: str, content: str) -> str:
    """`text` with what stands between the marks of a name replaced; unchanged without marks."""
    marked = re.compile(rf"<!-- {name} -->\n.*?<!-- end of {name} -->", re.DOTALL)
    return marked.sub(lambda _: _MARKS.format(name, content), text)


def main() -> None:
    """Write the page's tables, README's where it has the marks, and the picture."""
    results = load()
    PAGE.write_text(between_marks(PAGE.read_text("utf-8"), "results", tables(results)), "utf-8")
    README.write_text(between_marks(README.read_text("utf-8"), "benchmarks", short_table(results)), "utf-8")
    PICTURE.parent.mkdir(exist_ok=True)
    curve = growth_curve(results)
    if curve:
        PICTURE.write_text(curve, "utf-8")
    print(f"{PAGE.relative_to(ROOT)} and {PICTURE.relative_to(ROOT)} are written.")


if __name__ == "__main__":
    main()
