"""Sections of words: what was agreed and remarked, what was restated, where the numbers come from."""

from dataclasses import dataclass
from typing import Literal

from tallymark.scorecards.document.basics import Figure


@dataclass(frozen=True, kw_only=True)
class Action:
    """An agreed action; `state` is open, overdue or done, said in words in `state_text`."""

    text: str
    owner: str
    due: str
    state: Literal["open", "overdue", "done"]
    state_text: str


@dataclass(frozen=True, kw_only=True)
class Actions:
    """What was agreed, with owner and date; the open ones first."""

    kind: Literal["actions"] = "actions"
    title: str
    subtitle: str
    rows: tuple[Action, ...]
    omitted: int = 0


@dataclass(frozen=True, kw_only=True)
class Remarks:
    """What the consultant or manager wrote about the period, a paragraph an entry."""

    kind: Literal["remarks"] = "remarks"
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RestatementCause:
    """Why a sealed figure is another now: a cause in words, its rows and what it adds."""

    text: str
    rows: Figure | None
    change: Figure | None


@dataclass(frozen=True, kw_only=True)
class Restatement:
    """One figure that an earlier edition had otherwise. `sentence` says all of it."""

    metric: str
    name: str
    period: str
    was: Figure | None
    now: Figure | None
    sentence: str
    causes: tuple[RestatementCause, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Restatements:
    """What changed in figures that were sent already, since the edition before this one."""

    kind: Literal["restatements"] = "restatements"
    title: str
    subtitle: str
    rows: tuple[Restatement, ...]
    omitted: int = 0
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Rows that a number does not stand on, and why."""

    reason: str
    rows: Figure


@dataclass(frozen=True, kw_only=True)
class Passport:
    """Where one number comes from: its formula, filters, inputs, rows, freshness, reconciliation and maker."""

    metric: str
    name: str
    value: Figure | None
    formula: str
    inputs: tuple[str, ...]
    rows: Figure
    left_out: tuple[LeftOut, ...]
    fresh: str
    pack: str
    reason: str | None = None
    filters: str = ""
    reconciliation: str = ""


@dataclass(frozen=True, kw_only=True)
class Appendix:
    """The passports of all numbers."""

    kind: Literal["appendix"] = "appendix"
    title: str
    subtitle: str
    passports: tuple[Passport, ...]


@dataclass(frozen=True, kw_only=True)
class Notes:
    """Remarks about the data: reconciliation, gaps, what could not be computed."""

    kind: Literal["notes"] = "notes"
    title: str
    lines: tuple[str, ...]
