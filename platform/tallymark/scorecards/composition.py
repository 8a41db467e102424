"""What a scorecard is composed of: which sections, in which order, with which options, on which paper.

A composition is kept as JSON with its scorecard, so that a consultant's choice is a value like any other:

    {"sections": [{"kind": "headline"}, {"kind": "ranking", "by": "team", "rows": 10},
                  {"kind": "cohorts", "shown": false}],
     "paper": "a4", "orientation": "portrait",
     "score": {"gates": [{"metric": "cash.receivables", "cap": "60"}]}}

What is missing is as in `DEFAULT`. The cover is always there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from tallymark_sdk.said import Said

KINDS = (
    "headline",
    "tally",
    "score",
    "tiles",
    "trend",
    "funnel",
    "losses",
    "bridge",
    "ranking",
    "breakdown",
    "cohorts",
    "chart",
    "actions",
    "remarks",
    "restatements",
    "notes",
    "appendix",
)
"""The kinds of sections; `ranking`, `breakdown`, `trend`, `bridge` and `chart` may stand several times."""

REPEATABLE = frozenset({"trend", "bridge", "ranking", "breakdown", "cohorts", "chart"})
PAPERS = ("a4", "letter")
ORIENTATIONS = ("portrait", "landscape")
MOST_SECTIONS = 40
MOST_ROWS = 500
_OPTIONS = frozenset({"kind", "shown", "metric", "by", "beside", "rows", "chart"})


class CompositionError(ValueError):
    """A composition that can't be used; the sentence says what to change."""


@dataclass(frozen=True, kw_only=True)
class SectionChoice:
    """One section.

    Attributes:
        kind: one of `KINDS`.
        shown: whether it is switched on; a section that is off keeps its place and options.
        metric: the metric it is about; "" chooses the weightiest KPI that fits.
        by: the breakdown of a ranking or breakdown; "" is the kind's usual one.
        beside: metrics shown as further columns of a ranking.
        rows: how many rows are kept; 0 is the kind's usual number.
        chart: the key of a metric pack's chart, for the kind `chart`.
    """

    kind: str
    shown: bool = True
    metric: str = ""
    by: str = ""
    beside: tuple[str, ...] = ()
    rows: int = 0
    chart: str = ""

    def stored(self) -> dict[str, Any]:
        """As JSON, without what is as usual."""
        written: dict[str, Any] = {"kind": self.kind}
        if not self.shown:
            written["shown"] = False
        for name in ("metric", "by", "chart", "rows"):
            if value := getattr(self, name):
                written[name] = value
        if self.beside:
            written["beside"] = list(self.beside)
        return written


@dataclass(frozen=True, kw_only=True)
class Gate:
    """While the metric is off target (or has no value), the composite score is at most `cap`."""

    metric: str
    cap: Decimal


@dataclass(frozen=True, kw_only=True)
class Composition:
    """A scorecard's sections in order, its paper, and what gates its composite score."""

    sections: tuple[SectionChoice, ...]
    paper: str = "a4"
    orientation: str = "portrait"
    gates: tuple[Gate, ...] = field(default=())

    def shown(self, kind: str) -> tuple[SectionChoice, ...]:
        """The sections of a kind that are switched on."""
        return tuple(choice for choice in self.sections if choice.kind == kind and choice.shown)

    def moved(self, place: int, by: int) -> Composition:
        """The same with the section at `place` moved by so many places, as far as there are any."""
        order = list(self.sections)
        choice = order.pop(place)
        order.insert(min(max(place + by, 0), len(order)), choice)
        return replace(self, sections=tuple(order))

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        written: dict[str, Any] = {
            "sections": [choice.stored() for choice in self.sections],
            "paper": self.paper,
            "orientation": self.orientation,
        }
        if self.gates:
            written["score"] = {
                "gates": [{"metric": gate.metric, "cap": str(gate.cap)} for gate in self.gates]
            }
        return written

    @classmethod
    def read(cls, raw: Mapping[str, Any] | None) -> Self:
        """The composition that JSON describes; {} is the usual one. Raises CompositionError."""
        if raw is not None and not isinstance(raw, Mapping):
            raise CompositionError(Said("This is no composition; write an object with sections."))
        found = dict(raw or {})
        if unknown := sorted(set(found) - {"sections", "paper", "orientation", "score"}):
            raise CompositionError(Said("A composition has no %(name)s; remove it.", name=unknown[0]))
        sections = _sections(found["sections"]) if "sections" in found else DEFAULT_SECTIONS
        paper, orientation = found.get("paper", "a4"), found.get("orientation", "portrait")
        if paper not in PAPERS:
            raise CompositionError(
                Said("There is no paper %(name)s; use %(names)s.", name=paper, names=", ".join(PAPERS))
            )
        if orientation not in ORIENTATIONS:
            raise CompositionError(
                Said(
                    "Paper can't lie %(name)s; use %(names)s.",
                    name=orientation,
                    names=", ".join(ORIENTATIONS),
                )
            )
        gates = _gates(found.get("score", {}))
        return cls(sections=sections, paper=paper, orientation=orientation, gates=gates)


DEFAULT_SECTIONS = (
    SectionChoice(kind="headline"),
    SectionChoice(kind="tally"),
    SectionChoice(kind="tiles"),
    SectionChoice(kind="score", shown=False),
    SectionChoice(kind="trend"),
    SectionChoice(kind="funnel"),
    SectionChoice(kind="losses"),
    SectionChoice(kind="bridge"),
    SectionChoice(kind="ranking", by="rep"),
    SectionChoice(kind="ranking", by="team", shown=False),
    SectionChoice(kind="breakdown", by="region"),
    SectionChoice(kind="breakdown", by="product", shown=False),
    SectionChoice(kind="cohorts", shown=False),
    SectionChoice(kind="remarks"),
    SectionChoice(kind="actions"),
    SectionChoice(kind="restatements"),
    SectionChoice(kind="notes"),
    SectionChoice(kind="appendix"),
)
"""What a new scorecard shows; the consultant switches the others on."""


def _sections(raw: object) -> tuple[SectionChoice, ...]:
    if not isinstance(raw, list) or len(raw) > MOST_SECTIONS:
        raise CompositionError(
            Said("A composition's sections are a list of at most %(most)s.", most=MOST_SECTIONS)
        )
    found = tuple(_section(each) for each in raw)
    once: set[str] = set()
    for choice in found:
        if choice.kind in once and choice.kind not in REPEATABLE:
            raise CompositionError(Said("The section %(kind)s stands twice; remove one.", kind=choice.kind))
        once.add(choice.kind)
    return found


def _section(raw: object) -> SectionChoice:
    if not isinstance(raw, dict) or raw.get("kind") not in KINDS:
        raise CompositionError(
            Said("A section is an object whose kind is one of %(kinds)s.", kinds=", ".join(KINDS))
        )
    if unknown := sorted(set(raw) - _OPTIONS):
        raise CompositionError(Said("A section has no option %(name)s; remove it.", name=unknown[0]))
    rows = raw.get("rows", 0)
    if not isinstance(rows, int) or isinstance(rows, bool) or not 0 <= rows <= MOST_ROWS:
        raise CompositionError(
            Said("A section shows from 1 to %(most)s rows, not %(rows)s.", most=MOST_ROWS, rows=str(rows))
        )
    beside = raw.get("beside", [])
    texts = [raw.get(name, "") for name in ("metric", "by", "chart")]
    if not isinstance(beside, list) or not all(isinstance(each, str) for each in (*beside, *texts)):
        raise CompositionError(
            Said("A section's metric, by and chart are text, and beside is a list of metrics.")
        )
    return SectionChoice(
        kind=raw["kind"], shown=raw.get("shown", True) is not False, metric=texts[0], by=texts[1], chart=texts[2],
        beside=tuple(beside), rows=rows,
    )  # fmt: skip


def _gates(raw: object) -> tuple[Gate, ...]:
    listed = raw.get("gates", []) if isinstance(raw, dict) else None
    if not isinstance(listed, list):
        raise CompositionError(Said("The score's gates are a list of a metric and a cap each."))
    found = []
    for each in listed:
        try:
            gate = Gate(metric=str(each["metric"]), cap=Decimal(str(each["cap"])))
        except (KeyError, TypeError, InvalidOperation):
            raise CompositionError(Said("A gate is a metric and the score it caps, from 0 to 100.")) from None
        if not 0 <= gate.cap <= 100:
            raise CompositionError(Said("A gate caps the score at 0 to 100, not at %(cap)s.", cap=gate.cap))
        found.append(gate)
    return tuple(found)
