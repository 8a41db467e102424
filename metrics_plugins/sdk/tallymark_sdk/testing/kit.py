"""The checks by name, and running them without pytest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from tallymark_sdk.metric import Metric
from tallymark_sdk.testing.checks import cases, declared, parameters, rows, sums, zones
from tallymark_sdk.testing.golden import said
from tallymark_sdk.testing.subject import Subject, read_subject

PLATFORM_GROUP: Final = "tallymark.pack_checks"
"""Entry points of further checks, which the platform brings: functions from a `Subject` to sentences."""

Check: TypeAlias = Callable[[Subject, Metric], Iterator[str]]
PackCheck: TypeAlias = Callable[[Subject], Iterable[str]]

CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "declaration": declared.declaration,
        "inputs": declared.inputs,
        "golden cases": cases.golden,
        "empty tenant": rows.empty_tenant,
        "nulls": rows.nulls,
        "row order": rows.row_order,
        "repetition": rows.repetition,
        "deleted rows": rows.deleted_twins,
        "doubled rows": sums.doubled_rows,
        "currency scaling": rows.currency_scaling,
        "time zones": zones.time_zones,
        "additivity": sums.additivity,
        "parameters": parameters.parameters,
        "languages": declared.languages,
        "identity": declared.identity,
    }
)
"""Every check that each metric passes, in the order in which they are best mended."""


class Problem(NamedTuple):
    """Something wrong: which metric ("" for the whole pack), found by which check."""

    metric: str
    check: str
    sentence: str

    def __str__(self) -> str:
        """The problem as a line."""
        return f"{self.metric + ': ' if self.metric else ''}{self.sentence} [{self.check}]"


@cache
def subject(family: str) -> Subject:
    """The installed pack of that family.

    Raises:
        NoSuchPack: it isn't installed or can't be loaded.
    """
    return read_subject(family, CHECKS)


def platform_checks() -> dict[str, PackCheck]:
    """The checks that an installed platform adds, by name; none without it."""
    return {point.name: point.load() for point in entry_points(group=PLATFORM_GROUP)}


def problems(of: Subject, metric: Metric, check: str) -> tuple[Problem, ...]:
    """What a check finds wrong with a metric; nothing where the pack's case files excuse it."""
    if of.excused(check, metric.key):
        return ()
    return tuple(Problem(metric.key, check, found) for found in _run(lambda: CHECKS[check](of, metric)))


def platform_problems(of: Subject, name: str, check: PackCheck) -> tuple[Problem, ...]:
    """What a check of the platform's finds wrong with the pack."""
    return tuple(Problem("", name, found) for found in _run(lambda: check(of)))


def all_problems(of: Subject) -> Iterator[Problem]:
    """Everything that any check finds wrong, each thing once, metric by metric."""
    unread = {sentence: Problem("", "golden cases", sentence) for sentence in of.unread}
    found = (unread.get(each.sentence, each) for each in _found(of))
    yield from dict.fromkeys(found)


def _found(of: Subject) -> Iterator[Problem]:
    for metric in of.pack.metrics:
        declaration = problems(of, metric, "declaration")
        yield from declaration
        if declaration:
            continue  # nothing else can be told of a metric that can't be read
        for check in CHECKS:
            if check != "declaration":
                yield from problems(of, metric, check)
    for name, further in platform_checks().items():
        yield from platform_problems(of, name, further)


def hints(of: Subject) -> Iterator[str]:
    """What isn't wrong but is worth a look."""
    for metric in of.pack.metrics:
        yield from (f"{metric.key}: {hint}" for hint in sums.hints(of, metric))


def _run(check: Callable[[], Iterable[str]]) -> Iterator[str]:
    try:
        yield from dict.fromkeys(check())
    except Exception as error:  # noqa: BLE001  whatever a stranger's metric raises is a finding
        yield f"it can't be computed: {said(error)}"
