"""The pack under test: its metrics, its golden cases, and which checks it may leave out for a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tallymark_sdk.charts import Chart
from tallymark_sdk.metric import Metric
from tallymark_sdk.testing.cases import Case, InvalidCases, read_cases, read_exceptions
from tallymark_sdk.testing.installed import InstalledPack, pack
from tallymark_sdk.testing.scene import Scene, scenes_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """An installed pack with everything that the checks look at.

    Attributes:
        unread: what is wrong with case files that can't be read, one sentence each.
        exceptions: check → metric → the reason why the metric needn't pass it.
    """

    pack: InstalledPack
    cases: tuple[Case, ...]
    unread: tuple[str, ...] = ()
    exceptions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def metric(self, key: str) -> Metric:
        """The pack's metric of that key."""
        return next(metric for metric in self.pack.metrics if metric.key == key)

    def charts_of(self, metric: Metric) -> tuple[Chart, ...]:
        """The pack's charts that the metric leads."""
        return tuple(chart for chart in self.pack.charts if chart.metrics[0] == metric.key)

    def cases_of(self, metric: Metric) -> tuple[Case, ...]:
        """The metric's golden cases."""
        return tuple(case for case in self.cases if case.metric == metric.key)

    def scenes(self, metric: Metric) -> tuple[Scene, ...]:
        """The rows of the metric's golden cases, for checks that vary them."""
        return scenes_of(metric, self.cases)

    def excused(self, check: str, key: str) -> str:
        """Why the metric needn't pass the check; "" where it must."""
        return self.exceptions.get(check, {}).get(key, "")


def read_subject(family: str, checks: Iterable[str]) -> Subject:
    """The pack of that family, as installed; `checks` are those that its case files may name.

    Raises:
        NoSuchPack: it isn't installed or can't be loaded.
    """
    found = pack(family)
    known = [metric.key for metric in found.metrics]
    cases: list[Case] = []
    unread: list[str] = []
    exceptions: dict[str, dict[str, str]] = {}
    for path in found.case_files:
        try:
            cases.extend(read_cases(path, known))
            for check, reasons in read_exceptions(path, known, checks).items():
                exceptions.setdefault(check, {}).update(reasons)
        except InvalidCases as error:
            unread.append(str(error))
    return Subject(pack=found, cases=tuple(cases), unread=tuple(unread), exceptions=exceptions)
