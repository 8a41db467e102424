"""Golden cases: rows in, value out, worked by hand and kept beside the pack as TOML.

A file `cases/<family>*.toml`::

    calendar = "gregorian"                  # or "jalali"; fiscal_start = 4; time_zone = "Asia/Tehran"

    [rows]
    opportunities = [{id = "1", status = "won", amount = 100, closed_on = 2026-06-01, rep_id = "an"}]

    [[case]]
    metric = "acme.win_value"
    period = "2026-06"
    why = "the one deal"
    value = "100"                           # a decimal, a fraction such as "5/6", or "none"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tallymark_sdk.calendars import Calendar, CalendarError, Period, calendar
from tallymark_sdk.errors import TallymarkError, did_you_mean
from tallymark_sdk.testing.rows import InvalidRows, Rows, whole_rows

_OF_FILE = ("calendar", "fiscal_start", "time_zone", "as_of", "rows", "case", "except")
_OF_CASE = (
    *("metric", "period", "value", "why", "part", "by", "member", "parameters", "reason", "as_of", "rows"),
)


class InvalidCases(TallymarkError):
    """A case file can't be used, with the file, the case and what to mend."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One golden case.

    Attributes:
        place: the file and the case's number in it.
        value: the value expected; None for "none".
        why: how a person gets the value from the rows.
        by, member: breakdown and member; both empty for the total.
        reason: why there is no value, "" where the case doesn't say.
        rows: dataset → whole rows; shared by the cases of a file that have none of their own.
    """

    place: str
    metric: str
    calendar: Calendar
    period: Period
    value: Fraction | None
    why: str
    rows: Rows
    part: str = "value"
    by: str = ""
    member: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    as_of: date | None = None

    def __str__(self) -> str:
        """The cell in words: metric, part, period and member."""
        part = "" if self.part == "value" else f" ({self.part})"
        member = f", by {self.by} {self.member}" if self.by else ""
        given = ", ".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.metric}{part}, {self.period.label}{member}{f', with {given}' if given else ''}"


def read_cases(path: Path, known: Iterable[str]) -> tuple[Case, ...]:
    """The cases of a file.

    Args:
        known: the keys of the pack's metrics.

    Raises:
        InvalidCases: for anything in the file that isn't understood.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise InvalidCases(f"{path.name} isn't TOML: {error}") from error
    with _at(path.name):
        _refuse_unknown(given, _OF_FILE)
        cut = calendar(given.get("calendar", "gregorian"), given.get("fiscal_start", 1))
        zone = ZoneInfo(given.get("time_zone", "UTC"))
        shared = whole_rows(given.get("rows", {}), zone)
    cases: list[Case] = []
    for number, entry in enumerate(given.get("case", ()), 1):
        place = f"{path.name}, case {number}"
        with _at(place):
            _refuse_unknown(entry, _OF_CASE)
            own = {**shared, **whole_rows(entry["rows"], zone)} if "rows" in entry else shared
            cases.append(_case(place, {"as_of": given.get("as_of"), **entry}, cut, own, tuple(known)))
    return tuple(cases)


def read_exceptions(path: Path, known: Iterable[str], checks: Iterable[str]) -> dict[str, dict[str, str]]:
    """Check → metric → why the metric needn't pass it, from the file's table `[except]`.

    Such as `[except."currency scaling"]` with the line `"acme.index" = "built on a fixed base of 100"`.

    Raises:
        InvalidCases: for a check or a metric that isn't there, or a reason that isn't given.
    """
    given = tomllib.loads(path.read_text(encoding="utf-8")).get("except", {})
    with _at(path.name):
        for check, reasons in given.items():
            if check not in (names := tuple(checks)):
                raise InvalidCases(f'there is no check "{check}".{did_you_mean(check, names)}')
            for key, reason in reasons.items():
                if key not in (metrics := tuple(known)):
                    raise InvalidCases(f'the pack has no metric "{key}".{did_you_mean(key, metrics)}')
                if not isinstance(reason, str) or not reason.strip():
                    raise InvalidCases(f'say why {key} needn\'t pass "{check}"')
    return dict(given)


def _case(place: str, entry: Mapping[str, Any], cut: Calendar, rows: Rows, known: tuple[str, ...]) -> Case:
    for name in ("metric", "period", "value", "why"):
        if name not in entry:
            raise InvalidCases(f'"{name}" is missing')
    if entry["metric"] not in known:
        raise InvalidCases(
            f'the pack has no metric "{entry["metric"]}".{did_you_mean(str(entry["metric"]), known)}'
        )
    if ("by" in entry) != ("member" in entry):
        raise InvalidCases('"by" and "member" belong together: by = "rep", member = "an"')
    value = _value(entry["value"])
    if value is not None and "reason" in entry:
        raise InvalidCases('"reason" says why there is no value, so it goes with value = "none"')
    return Case(
        place=place,
        calendar=cut,
        period=cut.parse(entry["period"]),
        value=value,
        rows=rows,
        **{name: entry[name] for name in ("metric", "why", "part", "by", "member", "parameters", "reason", "as_of")
           if name in entry},
    )  # fmt: skip


def _value(text: Any) -> Fraction | None:
    if text == "none":
        return None
    try:
        return Fraction(text if isinstance(text, str | int | Decimal) else "")
    except (ValueError, ZeroDivisionError):
        raise InvalidCases(
            f'the value {text!r} must be text: a decimal such as "150.5", a fraction such as "5/6", or "none"'
        ) from None


def _refuse_unknown(given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise InvalidCases(f'"{name}" isn\'t understood here.{did_you_mean(name, known)}')


class _at:  # noqa: N801  reads as a preposition: with _at(place)
    """Puts the place before what is wrong there."""

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, InvalidCases | InvalidRows | CalendarError):
            raise InvalidCases(f"{self._place}: {error}") from None
