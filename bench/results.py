"""What was measured, kept as JSON, so that the report can be written again without measuring."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.measure import Timing, ratio

FILE = Path(__file__).parent / "results.json"


@dataclass(frozen=True, kw_only=True)
class Result:
    """One line of a table.

    Attributes:
        section: which comparison it belongs to.
        size: of which tenant; "" where several are meant.
        wall, cpu: seconds of each run.
        ratio: to the section's first line; None where it is the first or has none.
        check: what the comparison of the cells said.
        notes: anything else to be told, name → text or number.
    """

    section: str
    size: str
    name: str
    wall: list[float]
    cpu: list[float] = field(default_factory=list)
    ratio: float | None = None
    check: str = ""
    notes: dict[str, str | float] = field(default_factory=dict)


def results_of(
    section: str,
    size: str,
    timings: list[Timing],
    checks: dict[str, str],
    notes: dict[str, dict[str, str | float]],
) -> list[Result]:
    """A section's lines; ratios are to its first contestant."""
    return [
        Result(
            section=section,
            size=size,
            name=timing.name,
            wall=timing.wall,
            cpu=timing.cpu,
            ratio=None if timing is timings[0] else ratio(timing, timings[0]),
            check=checks.get(timing.name, ""),
            notes=notes.get(timing.name, {}),
        )
        for timing in timings
    ]


def keep(new: list[Result], file: Path = FILE) -> None:
    """Put results in the file, in place of those of the same section and size."""
    replaced = {(result.section, result.size) for result in new}
    kept = [each for each in load(file) if (each.section, each.size) not in replaced]
    lines = ",\n".join(json.dumps(asdict(_rounded(each)), ensure_ascii=False) for each in (*kept, *new))
    file.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def load(file: Path = FILE) -> list[Result]:
    """What was measured so far."""
    if not file.exists():
        return []
    return [Result(**each) for each in json.loads(file.read_text(encoding="utf-8"))]


def _rounded(result: Result) -> Result:
    values = asdict(result)
    values["wall"] = [round(each, 4) for each in result.wall]
    values["cpu"] = [round(each, 4) for each in result.cpu]
    values["ratio"] = None if result.ratio is None else round(result.ratio, 3)
    return Result(**values)


def told(results: list[Result]) -> str:
    """The lines as a person reads them in a terminal."""
    from statistics import median

    lines = []
    for result in results:
        cpu = f"{median(result.cpu):8.2f} s cpu" if any(result.cpu) else " " * 14
        ratio = "        " if result.ratio is None else f"{result.ratio:7.2f}×"
        notes = "; ".join(f"{name}: {value}" for name, value in result.notes.items())
        lines.append(
            f"  {result.name:44} {median(result.wall):9.3f} s {cpu} {ratio}  {result.check} {notes}".rstrip()
        )
    return "\n".join(lines)
