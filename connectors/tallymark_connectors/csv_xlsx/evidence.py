"""What a whole column proves about its dates and numbers, with the value and the line that prove it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tallymark_connectors.csv_xlsx.date_text import split
from tallymark_connectors.csv_xlsx.dates import (
    NEVER,
    CalendarName,
    Order,
    calendar_shown,
    fixed_order,
    orders_of,
)
from tallymark_connectors.csv_xlsx.errors import BadValue
from tallymark_connectors.csv_xlsx.numbers import Mark, mark_if_grouped, proof_of_mark
from tallymark_sdk.said import mark as mark_text

_ORDER_WORDS: Mapping[str, str] = {
    "dmy": mark_text("day first"),
    "mdy": mark_text("month first"),
    "ymd": mark_text("year first"),
}
_MARK_WORDS: Mapping[str, str] = {".": mark_text("a decimal point"), ",": mark_text("a decimal comma")}


@dataclass(frozen=True, kw_only=True)
class DateFinding:
    """What is known of a column's dates.

    `order` is None where every value fixes it by itself; `proof` says what decided; `question` is what a person
    must answer, None if nothing is left open.
    """

    order: Order | None
    calendar: CalendarName | None
    proof: str | None
    question: str | None


@dataclass(frozen=True, kw_only=True)
class NumberFinding:
    """What is known of a column's decimal mark; None if no value needs one. See DateFinding.

    `grouped` is set where every mark of the column stands before exactly three digits and is the same one: the
    first such value, its line, and the decimal mark if those marks group thousands.
    """

    mark: Mark | None
    proof: str | None
    question: str | None
    grouped: tuple[str, int, Mark] | None = None


@dataclass
class DateEvidence:
    """Gathers what the values of one column say about the order and the calendar of its dates."""

    read: int = 0
    _proofs: dict[str, tuple[str, int]] = field(default_factory=dict)
    _calendars: dict[str, tuple[str, int]] = field(default_factory=dict)
    _short_years: tuple[str, int] | None = None
    _open: tuple[str, int] | None = None
    _seen: dict[str, bool] = field(default_factory=dict)

    def add(self, text: str, line: int) -> bool:
        """Take one value into account; whether it is a date at all."""
        # A thousand times of one day prove no more than the day.
        head = text[:10] if text[4:5] == "-" else text.partition(" ")[0]
        if len(head) < 6 or head.isdigit() or not head[0].isdigit():
            head = text
        if (known := self._seen.get(head)) is None:
            known = self._examine(text, line)
            if len(self._seen) < 50_000:
                self._seen[head] = known
        self.read += known
        return known

    def knows(self, text: str) -> bool:
        """Whether the day was seen before, so that the value proves nothing new."""
        return (text[:10] if text[4:5] == "-" else text.partition(" ")[0]) in self._seen

    def _examine(self, text: str, line: int) -> bool:
        if text.startswith(NEVER):
            return True
        try:
            pieces = split(text)
        except BadValue:
            return False
        if pieces.serial is not None:
            return True
        orders = orders_of(pieces)
        if not orders:
            return False
        if shown := calendar_shown(pieces):
            self._calendars.setdefault(shown, (text, line))
        elif self._short_years is None:
            self._short_years = (text, line)
        if fixed_order(pieces) is None:
            if len(orders) == 1:
                self._proofs.setdefault(orders[0], (text, line))
            elif pieces.numbers[0] != pieces.numbers[1] and self._open is None:
                self._open = (text, line)
        return True

    @property
    def proofs(self) -> Mapping[str, tuple[str, int]]:
        """Order → the first value and line that can be read in no other order."""
        return self._proofs

    @property
    def has_open(self) -> bool:
        """Whether some value could be read in two orders."""
        return self._open is not None

    def finding(self) -> DateFinding:
        """The verdict over everything added so far."""
        calendar, asked = self._calendar()
        if len(self._proofs) > 1:
            first, second, *_ = (_only(*self._proofs[order], order) for order in sorted(self._proofs))
            question = f"{first} but {second}; which is right?"
            return DateFinding(order=None, calendar=calendar, proof=None, question=question)
        if self._proofs:
            ((order, proof),) = self._proofs.items()
            return DateFinding(
                order=order,  # type: ignore[arg-type]  # keys are orders
                calendar=calendar,
                proof=_only(*proof, order),
                question=asked,
            )
        if self._open is not None:
            value, line = self._open
            question = f"every date, such as {value!r} on line {line}, could be day first or month first; which is it?"
            return DateFinding(order=None, calendar=calendar, proof=None, question=question)
        return DateFinding(order=None, calendar=calendar, proof=None, question=asked)

    def _calendar(self) -> tuple[CalendarName | None, str | None]:
        if len(self._calendars) == 1:
            (calendar,) = self._calendars
            return calendar, None  # type: ignore[return-value]  # keys are calendars
        if len(self._calendars) > 1:
            shown = " and ".join(f"{c} ({v!r} on line {n})" for c, (v, n) in sorted(self._calendars.items()))
            question = f"the column mixes calendars: {shown}"
            return None, question
        return None, None


def _only(value: str, line: int, order: str) -> str:
    sentence = f"value {value!r} on line {line} can only be {_ORDER_WORDS[order]}"
    return sentence  # noqa: RET504  named for the collector of texts


@dataclass
class NumberEvidence:
    """Gathers what the values of one column say about its decimal mark."""

    _proofs: dict[str, tuple[str, int]] = field(default_factory=dict)
    _open: tuple[str, int] | None = None
    _marks_if_grouped: set[Mark | None] = field(default_factory=set)

    def add(self, text: str, line: int) -> None:
        """Take one value into account."""
        if len(self._proofs) == 1 and not ({".", ",", "٫"} - self._proofs.keys()).intersection(text):
            return  # 12.50 after 9.99 proves nothing new
        mark = proof_of_mark(text)
        if mark == "?":
            self._open = self._open or (text, line)
            self._marks_if_grouped.add(mark_if_grouped(text))
        elif mark is not None:
            self._proofs.setdefault(mark, (text, line))

    @property
    def proofs(self) -> Mapping[str, tuple[str, int]]:
        """Mark → the first value and line that prove it."""
        return self._proofs

    @property
    def open_value(self) -> str | None:
        """The first value whose mark could be either; None if there is none."""
        return self._open[0] if self._open else None

    def finding(self) -> NumberFinding:
        """The verdict over everything added so far."""
        if len(self._proofs) > 1:
            first, second, *_ = (_has(mark, *found) for mark, found in sorted(self._proofs.items()))
            return NumberFinding(mark=None, proof=None, question=f"{first} but {second}; which is right?")
        if self._proofs:
            ((mark, found),) = self._proofs.items()
            return NumberFinding(mark=mark, proof=_has(mark, *found), question=None)  # type: ignore[arg-type]
        if self._open is not None:
            value, line = self._open
            question = (
                f"the mark in {value!r} on line {line} could be a decimal or a thousands mark; which is it?"
            )
            return NumberFinding(mark=None, proof=None, question=question, grouped=self._grouped(value, line))
        return NumberFinding(mark=None, proof=None, question=None)

    def _grouped(self, value: str, line: int) -> tuple[str, int, Mark] | None:
        mark = next(iter(self._marks_if_grouped))
        return (value, line, mark) if mark and len(self._marks_if_grouped) == 1 else None


def _has(mark: str, value: str, line: int) -> str:
    sentence = f"value {value!r} on line {line} has {_MARK_WORDS[mark]}"
    return sentence  # noqa: RET504  named for the collector of texts


def settle_dates(findings: Mapping[str, DateFinding]) -> dict[str, DateFinding]:
    """Let columns that prove an order speak for those of the same file that prove none."""
    proven = {name: f for name, f in findings.items() if f.order and f.question is None}
    orders = Counter(f.order for f in proven.values())
    if len(orders) != 1:
        return dict(findings)
    like, known = next(iter(proven.items()))
    return {
        name: replace(f, order=known.order, proof=f"as in column {like!r}: {known.proof}", question=None)
        if f.question and "could be day first" in f.question
        else f
        for name, f in findings.items()
    }


def settle_numbers(findings: Mapping[str, NumberFinding]) -> dict[str, NumberFinding]:
    """Let columns that prove a decimal mark speak for those of the same file that prove none."""
    proven = {name: f for name, f in findings.items() if f.mark and f.question is None}
    marks = {f.mark for f in proven.values()}
    if len(marks) != 1:
        return dict(findings)
    like, known = next(iter(proven.items()))
    return {
        name: replace(f, mark=known.mark, proof=f"as in column {like!r}: {known.proof}", question=None)
        if f.question and "could be a decimal" in f.question
        else f
        for name, f in findings.items()
    }
