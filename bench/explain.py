"""How long it takes to explain cells of a large tenant: `python -m bench.explain 1m`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.contestants.tallymark import with_facts
from bench.data.tenant import FOLDER, tenant
from bench.measure import Timing
from bench.question import AS_OF, MonthlyTarget
from tallymark.explain.asked import Asked
from tallymark.explain.asking import Question, Which
from tallymark.explain.basis import Basis, Place
from tallymark.explain.service import Explanation, explained
from tallymark.plugins.registry import registry
from tallymark_sdk.calendars import calendar
from tallymark_sdk.calendars.comparison import Comparison


@dataclass
class Case:
    """A cell: a metric's key, its part, period, breakdown, and which page of which rows."""

    key: str
    period: str = "2026-09"
    part: str = "value"
    by: str = ""
    which: Which = "used"
    page: int = 1
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The cell in words."""
        words = [self.key, *([self.part] if self.part != "value" else []), self.period]
        words += [f"by {self.by}"] if self.by else []
        words += ["left out"] if self.which == "left_out" else []
        return ", ".join(words) + (f", page {self.page}" if self.page > 1 else "")


CASES = (
    Case("revenue.bookings"),
    Case("revenue.bookings", page=20),
    Case("revenue.bookings", by="rep"),
    Case("revenue.bookings", which="left_out"),
    Case("revenue.bookings", period="2026"),
    Case("conversion.close_ratio", by="rep"),
    Case("conversion.cycle_length", part="median"),
    Case("pipeline.open_pipeline"),
    Case("pipeline.open_pipeline", by="stage"),
    Case("activity.interactions", by="rep"),
    Case("revenue.orders"),
    Case("revenue.profit_margin", by="order"),
    Case("subscription.mrr"),
    Case("customers.active_customers"),
    Case("revenue.sales_growth", by="region"),
)


def measured(size: str, folder: Path, runs: int) -> Iterator[tuple[Case, Explanation]]:
    """Each case with its last explanation. The facts are made before anything is measured."""
    data = with_facts(tenant(size, folder=folder))
    basis = Basis(
        registry=registry(),
        data=data,
        comparison=Comparison(calendar=calendar(), as_of=AS_OF),
        targets=MonthlyTarget(),
    )
    for given in CASES:
        case = Case(
            **{name: getattr(given, name) for name in ("key", "period", "part", "by", "which", "page")}
        )
        asked = _asked(case, basis)
        told = explained(asked)
        for _ in range(runs):
            wall, cpu = time.perf_counter(), time.process_time()
            told = explained(asked)
            case.wall.append(time.perf_counter() - wall)
            case.cpu.append(time.process_time() - cpu)
        yield case, told


def timing(case: Case) -> Timing:
    """A case as the other benchmarks have theirs."""
    return Timing(case.name, wall=case.wall, cpu=case.cpu)


def _asked(case: Case, basis: Basis) -> Asked:
    place = Place(
        metric=basis.registry[case.key],
        period=basis.comparison.calendar.parse(case.period),
        part=case.part,
        dimension=case.by,
        member=_member(case, basis),
    )
    question = Question(
        metric=case.key,
        period=case.period,
        part=case.part,
        by=place.dimension,
        member=place.member,
        which=case.which,
        page=case.page,
    )
    return Asked(question=question, basis=basis, place=place, currency="EUR")


def _member(case: Case, basis: Basis) -> str:
    """The member with the most rows."""
    from tallymark.engine.compute import compute

    if not case.by:
        return ""
    cells = compute(
        basis.registry,
        [case.key],
        [basis.comparison.calendar.parse(case.period)],
        (case.by,),
        data=basis.data,
        calendar=basis.comparison.calendar,
        comparison=basis.comparison,
        as_of=AS_OF,
    )
    return max((cell for cell in cells if cell.dimension), key=lambda cell: cell.rows).member


def main() -> None:
    """Print the medians."""
    size = sys.argv[1] if len(sys.argv) > 1 else "100k"
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    print(f"{size}: explaining a cell, medians of {runs} runs")
    for case, told in measured(size, FOLDER, runs):
        print(
            f"  {median(case.wall) * 1000:7.0f} ms ({median(case.cpu) * 1000:5.0f} of a processor)  "
            f"{told.total:>9,} rows  {case.name}",
            flush=True,
        )


if __name__ == "__main__":
    main()
