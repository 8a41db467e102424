"""What alerts say: kept as an English sentence with values of known kinds, said in each reader's own language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from tallymark.i18n import Formatter, mark
from tallymark.plugins.wording import Wording
from tallymark.targets.running import decimal_of
from tallymark_sdk.calendars import Calendar, Period

ABOVE: Final = mark("%(subject)s: %(value)s in %(period)s, above %(limit)s.")
NO_LONGER_ABOVE: Final = mark("%(subject)s: %(value)s in %(period)s, no longer above %(limit)s.")
BELOW: Final = mark("%(subject)s: %(value)s in %(period)s, below %(limit)s.")
NO_LONGER_BELOW: Final = mark("%(subject)s: %(value)s in %(period)s, no longer below %(limit)s.")
REACHED_ABOVE: Final = mark(
    "%(subject)s: %(value)s in %(period)s, %(reached)s of the target of %(target)s and so above %(limit)s."
)
REACHED_BELOW: Final = mark(
    "%(subject)s: %(value)s in %(period)s, %(reached)s of the target of %(target)s and so below %(limit)s."
)
REACHED_AGAIN: Final = mark(
    "%(subject)s: %(value)s in %(period)s, %(reached)s of the target of %(target)s and so within %(limit)s again."
)
AT_RISK: Final = mark("%(subject)s, %(period)s: at risk with %(value)s against a target of %(target)s.")
OFF: Final = mark("%(subject)s, %(period)s: off target with %(value)s against a target of %(target)s.")
GOOD: Final = mark("%(subject)s, %(period)s: better again with %(value)s against a target of %(target)s.")
AT_RISK_NOW: Final = mark("%(subject)s, %(period)s: at risk with %(value)s, where %(target)s is due by now.")
OFF_NOW: Final = mark("%(subject)s, %(period)s: off target with %(value)s, where %(target)s is due by now.")
GOOD_NOW: Final = mark(
    "%(subject)s, %(period)s: better again with %(value)s, where %(target)s is due by now."
)
SHORT: Final = mark(
    "%(subject)s, %(period)s: heading for %(projected)s, %(miss)s short of the target of %(target)s. By working day %(day)s "
    "of %(days)s there was %(value)s, where %(due)s was due."
)
OVER: Final = mark(
    "%(subject)s, %(period)s: heading for %(projected)s, %(miss)s over the target of %(target)s. By working day %(day)s of "
    "%(days)s there was %(value)s, where %(due)s was due."
)
ON_PACE: Final = mark(
    "%(subject)s, %(period)s: on its way again, heading for %(projected)s with a target of %(target)s."
)
UNDER: Final[Mapping[str, str]] = {
    "day": mark(
        "%(subject)s, %(period)s: %(value)s, %(off)s under what the same weekdays of earlier weeks and the trend lead to "
        "expect: %(low)s to %(high)s. Usually 1 in %(one_in)s days is outside."
    ),
    "week": mark(
        "%(subject)s, %(period)s: %(value)s, %(off)s under what the same weeks of earlier years and the trend lead to "
        "expect: %(low)s to %(high)s. Usually 1 in %(one_in)s weeks is outside."
    ),
    "month": mark(
        "%(subject)s, %(period)s: %(value)s, %(off)s under what the same months of earlier years and the trend lead to "
        "expect: %(low)s to %(high)s. Usually 1 in %(one_in)s months is outside."
    ),
    "quarter": mark(
        "%(subject)s, %(period)s: %(value)s, %(off)s under what the same quarters of earlier years and the trend lead to "
        "expect: %(low)s to %(high)s. Usually 1 in %(one_in)s quarters is outside."
    ),
    "year": mark(
        "%(subject)s, %(period)s: %(value)s, %(off)s under what earlier years and the trend lead to expect: %(low)s to "
        "%(high)s. Usually 1 in %(one_in)s years is outside."
    ),
}
UPPER: Final[Mapping[str, str]] = {
    "day": mark(
        "%(subject)s, %(period)s: %(value)s, %(off)s over what the same weekdays of earlier weeks and the trend lead to "
        "expect: %(low)s to %(high)s. Usually 1 in %(one_in)s days is outside."
    ),
    "week": mark(
        "%(subject)s, %(period)s: %(value)s, %(off)s over what the same weeks of earlier years and the trend lead to "
        "expect: %(low)s to %(high)s. Usually 1 in %(one_in)s weeks is outside."
    ),
    "month": mark(
        "%(subject)s, %(period)s: %(value)s, %(off)s over what the same months of earlier years and the trend lead to "
        "expect: %(low)s to %(high)s. Usually 1 in %(one_in)s months is outside."
    ),
    "quarter": mark(
        "%(subject)s, %(period)s: %(value)s, %(off)s over what the same quarters of earlier years and the trend lead to "
        "expect: %(low)s to %(high)s. Usually 1 in %(one_in)s quarters is outside."
    ),
    "year": mark(
        "%(subject)s, %(period)s: %(value)s, %(off)s over what earlier years and the trend lead to expect: %(low)s to "
        "%(high)s. Usually 1 in %(one_in)s years is outside."
    ),
}
OUTSIDE: Final = mark(
    "%(subject)s, %(period)s: %(value)s, outside what earlier periods and the trend lead to expect: %(low)s to %(high)s. "
    "Usually 1 in %(one_in)s periods is outside."
)
USUAL_AGAIN: Final = mark(
    "%(subject)s, %(period)s: %(value)s, within what is usual again: %(low)s to %(high)s."
)
NOT_ENOUGH: Final = mark("Not enough history: %(have)s of %(need)s periods.")
NO_TARGET: Final = mark("No target is set for the period.")
NO_VALUE: Final = mark("There is no value for the period.")
TOO_EARLY: Final = mark("Too little of the period is due to judge by.")
DAY_OFF: Final = mark("Nobody worked in the period, so nothing is expected of it.")
NOT_RUNNING: Final = mark("No period is running on the day of the data.")
_OF_MEMBER: Final = mark("%(metric)s of %(member)s")


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """An English text and what stands in its places, each as `figure`, `share`, `count`, `period` or `subject` make it."""

    text: str
    values: Mapping[str, Mapping[str, Any]]

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {"text": self.text, "values": {name: dict(value) for name, value in self.values.items()}}

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Sentence:
        """What `stored` wrote."""
        return cls(text=str(raw["text"]), values=raw.get("values", {}))


def figure(value: Fraction | Decimal, unit: str) -> dict[str, Any]:
    """A value of a metric, in its unit."""
    return {"kind": "figure", "value": _plain(value), "unit": unit}


def share(value: Fraction | Decimal) -> dict[str, Any]:
    """A fraction that is said in percent."""
    return {"kind": "share", "value": _plain(value)}


def count(value: int) -> dict[str, Any]:
    """A whole number."""
    return {"kind": "count", "value": str(value)}


def period(value: Period) -> dict[str, Any]:
    """A period of the company's calendar."""
    return {"kind": "period", "start": value.start.isoformat(), "grain": value.grain}


def subject(metric: str, name: str, member: str) -> dict[str, Any]:
    """What is watched: a metric, and where it's one member's, whose. `name` is what it was called when it was found."""
    return {"kind": "subject", "metric": metric, "name": name, "member": member}


@dataclass(frozen=True)
class Speaker:
    """Says sentences to readers of one language."""

    formatter: Formatter
    wording: Wording
    calendar: Calendar

    def say(self, sentence: Sentence) -> str:
        """The sentence in the reader's language."""
        places = {name: self._value(value) for name, value in sentence.values.items()}
        return self.formatter.texts.gettext(sentence.text, **places)

    def _value(self, value: Mapping[str, Any]) -> str:
        write = self.formatter
        match value["kind"]:
            case "figure":
                return write.value(Decimal(value["value"]), value["unit"])
            case "share":
                return write.percent(Decimal(value["value"]), 0)
            case "count":
                return write.number(Decimal(value["value"]))
            case "period":
                day = date.fromisoformat(value["start"])
                return write.period(self.calendar.period(value["grain"], day))
            case "subject":
                return self._subject(value)
            case _:
                return write.name(str(value.get("value", "")))

    def _subject(self, value: Mapping[str, Any]) -> str:
        known = self.wording.registry.metrics
        key = value["metric"]
        name = self.wording.name(key) if key in known else str(value["name"] or key)
        if not value["member"]:
            return self.formatter.name(name)
        return self.formatter.texts.gettext(
            _OF_MEMBER, metric=self.formatter.name(name), member=self.formatter.name(value["member"])
        )


def _plain(value: Fraction | Decimal) -> str:
    return f"{value if isinstance(value, Decimal) else decimal_of(value):f}"
