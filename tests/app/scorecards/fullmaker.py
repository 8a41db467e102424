"""Writes a language's figures, and the sections of words, of the document with every kind of section."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from math import sin
from pathlib import Path
from typing import Literal

from tallymark.i18n import Formatter
from tallymark.scorecards.document import (
    Action,
    Actions,
    Appendix,
    Delta,
    Direction,
    Figure,
    LeftOut,
    Mood,
    Passport,
    Restatement,
    RestatementCause,
    Restatements,
    Tiles,
)
from tallymark_sdk.calendars import calendar

_spec = importlib.util.spec_from_file_location(
    "scorecard_fullwords", Path(__file__).with_name("fullwords.py")
)
fullwords = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(fullwords)

CURRENCY = {"en": ("USD", 1), "vi": ("VND", 25_000), "fa": ("IRR", 420_000), "zh-Hant": ("TWD", 32)}
AS_OF = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)


class Maker:
    """Writes a language's figures and words."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self.words = fullwords.WORDS[locale]
        currency, self.rate = CURRENCY[locale]
        system = "jalali" if locale == "fa" else "gregorian"
        display = "toman" if locale == "fa" else ""
        self.format = Formatter.of(locale, currency, system, "UTC", money_display=display)
        self.calendar = calendar(system)
        self.period = self.calendar.period("month", date(2026, 10, 5))
        self.periods = self.calendar.range(self.calendar.step(self.period, -11), 12)

    def figure(self, value: str | Decimal | int, unit: str = "count") -> Figure:
        exact = Decimal(value) * (self.rate if unit == "money" else 1)
        write = self.format.value
        return Figure(
            exact=f"{exact:f}", text=write(exact, unit), full=write(exact, unit, compact=False), unit=unit
        )

    def signed(self, value: str, unit: str) -> str:
        text = self.figure(value.lstrip("-"), unit).text
        return ("−" if value.startswith("-") else "+") + text

    def delta(self, change: str, against: str, *, lower: bool, points: bool) -> Delta:
        number = Decimal(change)
        direction = Direction.UP if number > 0 else Direction.DOWN if number < 0 else Direction.FLAT
        mood = Mood.NEUTRAL if not number else Mood.GOOD if (number > 0) != lower else Mood.BAD
        text = self.format.signed(number, points=points)
        return Delta(exact=change, text=text, against=against, direction=direction, mood=mood)

    def series(self, value: Decimal, growth: Decimal) -> list[Decimal]:
        """Twelve values that end with `value`, rising by `growth` over the year."""
        steps = [
            value * (1 - growth * age / 12) * Decimal(str(round(1 + 0.03 * sin(age * 0.9) * bool(age), 4)))
            for age in range(12)
        ]
        return [step.quantize(Decimal("0.0001")) for step in reversed(steps)]


def actions(make: Maker) -> Actions:
    states: tuple[Literal["overdue", "open", "done"], ...] = ("overdue", "open", "done")
    dues = (date(2026, 10, 29), date(2026, 11, 5), date(2026, 10, 21))
    words = make.words
    rows = tuple(
        Action(text=text, owner=owner, due=make.format.date(due), state=state, state_text=words["states"][state])
        for (text, owner), due, state in zip(words["actions"], dues, states, strict=True)
    )  # fmt: skip
    return Actions(
        title=words["titles"]["actions"], subtitle=words["subtitles"]["actions"], rows=rows, omitted=1
    )


def restatements(make: Maker) -> Restatements:
    words = make.words
    causes = tuple(
        RestatementCause(
            text=text,
            rows=make.figure(rows),
            change=replace(make.figure(change, "money"), text=make.signed(change, "money")),
        )
        for text, rows, change in zip(words["restated_by"], (7, 2), ("-198000", "-42000"), strict=True)
    )
    was, now = make.figure("4100000", "money"), make.figure("3860000", "money")
    row = Restatement(
        metric="revenue.bookings", name=words["kpis"]["revenue.bookings"], period=make.format.period(make.periods[-2]), was=was, now=now,
        sentence=words["restated"].format(make.format.period(make.periods[-2]), was.text, now.text), causes=causes,
    )  # fmt: skip
    return Restatements(
        title=words["titles"]["restatements"],
        subtitle="",
        rows=(row,),
        omitted=2,
        note=words["restated_note"],
    )


def appendix(make: Maker, shown: Tiles) -> Appendix:
    words = make.words
    passports = tuple(
        Passport(
            metric=tile.metric,
            name=tile.name,
            value=tile.value,
            formula=words["formula"],
            inputs=("opportunities.amount_base", "opportunities.closed_on", "opportunities.status"),
            rows=make.figure(46),
            left_out=(LeftOut(reason=words["left_out"], rows=make.figure(3)),),
            fresh=f"{make.format.moment(AS_OF)} · {make.format.name('Salesforce')}",
            pack=make.format.name("v1 · tallymark-metrics 0.1.0"),
            reason=tile.reason,
            filters=words["filters"],
            reconciliation=words["reconciled"],
        )
        for group in shown.groups
        for tile in group.tiles
    )
    return Appendix(
        title=words["titles"]["appendix"], subtitle=make.format.period(make.period), passports=passports
    )
