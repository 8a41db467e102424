"""The gate before a message: data that is fresh, complete and reconciled, and no errors.

A pure function from facts to a verdict. Each check passes, warns or has nothing to say (a note); what a warning leads to
is the schedule's policy: hold the message and tell the owner, send it with a banner, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from tallymark_sdk.said import Said, mark

from .kept import keep, told

CHECKS = ("fresh", "complete", "reconciled", "errors")
Act = Literal["hold", "banner", "ignore"]
ACTS: tuple[Act, ...] = ("hold", "banner", "ignore")
MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a failed check leads to. `hours`: how old data of a running period may be; `left_out`: the part of rows."""

    fresh: Act = "hold"
    complete: Act = "banner"
    reconciled: Act = "banner"
    errors: Act = "hold"
    hours: int = 36
    left_out: float = 0.05

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Self:
        """The policy as a schedule keeps it; what it doesn't say is as by default."""
        acts = {check: raw[check] for check in CHECKS if raw.get(check) in ACTS}
        numbers = {
            name: raw[name] for name in ("hours", "left_out") if isinstance(raw.get(name), int | float)
        }
        return cls(**acts, **numbers)

    def stored(self) -> dict[str, Any]:
        """As a schedule keeps it."""
        acts: dict[str, Any] = {check: getattr(self, check) for check in CHECKS}
        return acts | {"hours": self.hours, "left_out": self.left_out}


@dataclass(frozen=True, kw_only=True)
class DatasetFact:
    """A dataset that the KPIs read.

    `rows` are those of its last load, of which `rejected` were refused. `failed_at` is the newest load's end if it failed.
    """

    name: str
    loaded_at: datetime | None
    rows: int = 0
    rejected: int = 0
    failed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class KpiFact:
    """A KPI of the scorecard: whether it has a value, else why; how many rows it used and left out; whether it broke."""

    name: str
    has_value: bool
    reason: str = ""
    used: int = 0
    left_out: int = 0
    broke: bool = False


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """A source's own answer compared with ours: how many figures differ."""

    source: str
    differences: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the gate looks at. `over_at` is when the period ended, None while it runs."""

    now: datetime
    over_at: datetime | None
    datasets: tuple[DatasetFact, ...]
    kpis: tuple[KpiFact, ...]
    reconciliations: tuple[Reconciliation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing a check found: "bad", or a "note" that changes nothing."""

    check: str
    weight: Literal["bad", "note"]
    said: Said


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What becomes of the message, and why: `banner` findings stand above it, `held` ones keep it back."""

    act: Literal["send", "banner", "hold"]
    findings: tuple[Finding, ...] = ()
    banner: tuple[Said, ...] = field(default=())
    held: tuple[Said, ...] = field(default=())

    def stored(self) -> dict[str, Any]:
        """As a delivery keeps it."""
        return {
            "act": self.act,
            "findings": [{"check": f.check, "weight": f.weight, **keep(f.said)} for f in self.findings],
            "banner": [keep(said) for said in self.banner],
            "held": [keep(said) for said in self.held],
        }

    @classmethod
    def read(cls, raw: Mapping[str, Any] | None) -> Self | None:
        """The verdict that `stored` wrote."""
        if not raw:
            return None
        return cls(
            act=raw["act"],
            findings=tuple(
                Finding(check=each["check"], weight=each["weight"], said=told(each))
                for each in raw["findings"]
            ),
            banner=tuple(told(each) for each in raw["banner"]),
            held=tuple(told(each) for each in raw["held"]),
        )


CHECK_WORDS = {
    "fresh": mark("Fresh"),
    "complete": mark("Complete"),
    "reconciled": mark("Reconciled"),
    "errors": mark("Without errors"),
}


def judge(facts: Facts, policy: Policy) -> Verdict:
    """The verdict over the facts; the heaviest act of all failed checks wins."""
    findings = tuple(
        finding for check in (_fresh, _complete, _reconciled, _errors) for finding in check(facts, policy)
    )
    bad = [finding for finding in findings if finding.weight == "bad"]
    held = tuple(f.said for f in bad if getattr(policy, f.check) == "hold")
    # A held message that somebody sends anyway carries its reasons on top.
    banner = tuple(f.said for f in bad if getattr(policy, f.check) != "ignore")
    act: Literal["send", "banner", "hold"] = "hold" if held else "banner" if banner else "send"
    return Verdict(act=act, findings=findings, banner=banner, held=held)


def _fresh(facts: Facts, policy: Policy) -> Iterator[Finding]:
    needed = facts.over_at or facts.now - timedelta(hours=policy.hours)
    missing = [each.name for each in facts.datasets if each.loaded_at is None]
    old = [each for each in facts.datasets if each.loaded_at is not None and each.loaded_at < needed]
    if missing:
        said = Said("Never loaded: %(datasets)s.", datasets=_listed(missing))
        yield Finding(check="fresh", weight="note", said=said)
    if not old:
        return
    oldest = min(each.loaded_at for each in old if each.loaded_at is not None)
    names = _listed([each.name for each in old])
    if facts.over_at is not None:
        said = Said(
            "Not loaded since the period ended: %(datasets)s; the oldest was loaded at %(when)s.",
            datasets=names,
            when=oldest,
        )
    else:
        said = Said(
            "Older than %(hours)s hours: %(datasets)s; the oldest was loaded at %(when)s.",
            hours=policy.hours,
            datasets=names,
            when=oldest,
        )
    yield Finding(check="fresh", weight="bad", said=said)


def _complete(facts: Facts, policy: Policy) -> Iterator[Finding]:
    empty = [kpi for kpi in facts.kpis if not kpi.has_value and not kpi.broke]
    if facts.kpis and len(empty) == len(facts.kpis):
        yield Finding(check="complete", weight="bad", said=Said("No KPI has a value."))
    elif empty:
        said = Said("Without a value: %(kpis)s.", kpis=_listed([kpi.name for kpi in empty]))
        yield Finding(check="complete", weight="bad", said=said)
    thin = [
        kpi
        for kpi in facts.kpis
        if kpi.left_out and kpi.left_out > policy.left_out * (kpi.used + kpi.left_out)
    ]
    if thin:
        said = Said("Many rows could not be used for: %(kpis)s.", kpis=_listed([kpi.name for kpi in thin]))
        yield Finding(check="complete", weight="bad", said=said)
    for each in facts.datasets:
        if each.rejected:
            said = Said(
                "The last load of %(dataset)s rejected %(rejected)s of %(rows)s rows.",
                dataset=each.name.replace("_", " "),
                rejected=each.rejected,
                rows=max(each.rows, each.rejected),
            )
            yield Finding(check="complete", weight="bad", said=said)


def _reconciled(facts: Facts, _policy: Policy) -> Iterator[Finding]:
    if not facts.reconciliations:
        said = Said("Not reconciled: this source has no reconciliation.")
        yield Finding(check="reconciled", weight="note", said=said)
    for each in facts.reconciliations:
        if each.differences:
            said = Said(
                "%(source)s gives other figures than we have in %(differences)s places.",
                source=each.source,
                differences=each.differences,
            )
            yield Finding(check="reconciled", weight="bad", said=said)


def _errors(facts: Facts, _policy: Policy) -> Iterator[Finding]:
    broken = [kpi for kpi in facts.kpis if kpi.broke]
    if broken:
        said = Said("Could not be computed: %(kpis)s.", kpis=_listed([kpi.name for kpi in broken]))
        yield Finding(check="errors", weight="bad", said=said)
    failed = [each for each in facts.datasets if each.failed_at is not None]
    if failed:
        said = Said(
            "The last load failed for: %(datasets)s.", datasets=_listed([each.name for each in failed])
        )
        yield Finding(check="errors", weight="bad", said=said)


def _listed(names: list[str]) -> list[str]:
    shown = [name.replace("_", " ") for name in names[:MOST_NAMED]]
    return [*shown, "…"] if len(names) > MOST_NAMED else shown
