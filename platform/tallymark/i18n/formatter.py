"""Every number, date and period that a person reads is written here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.lists import format_list

from tallymark.i18n import amounts, dates, isolation, said
from tallymark.i18n.catalogue import Catalogue, Standing, catalogue
from tallymark.i18n.conventions import DIGITS, LOWERED_IN_SENTENCE, MINUS, RAISED_ALONE
from tallymark.i18n.money import Money

if TYPE_CHECKING:  # importing the metric kit takes a second that a rendering process does not have
    from datetime import date, datetime

    from tallymark_sdk.calendars import Period
    from tallymark_sdk.said import Said

Number = Decimal | int | float
_LEADING_HYPHEN = re.compile(r"^(?:\u200e)?-")


def exact(value: Number) -> Decimal:
    """`value` as a decimal; a float by its shortest spelling, so that 0.1 stays 0.1."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


@dataclass(frozen=True)
class Formatter:
    """Writes values for one reader: locale, currency (ISO code), calendar, time zone, and the tenant's way of money.

    Units are those of the metrics: money, ratio (a fraction, shown as a percentage), count, rate, days, hours,
    score, index. Numbers are isolated from the text round them where directions can mix.
    """

    locale: str = "en"
    currency: str = "USD"
    calendar: str = "gregorian"
    timezone: str = "UTC"
    texts: Catalogue = field(default_factory=lambda: catalogue("en"))
    money_display: str = ""

    @classmethod
    def of(
        cls,
        locale: str,
        currency: str,
        calendar: str = "gregorian",
        timezone: str = "UTC",
        *,
        money_display: str = "",
    ) -> Formatter:
        """A formatter with the locale's own catalogue."""
        return cls(locale, currency, calendar, timezone, catalogue(locale), money_display)

    # text -----------------------------------------------------------------------------------------------------------
    def name(self, text: str) -> str:
        """A name that somebody else wrote, safe inside our sentences."""
        return isolation.isolate(isolation.bare(text), self.texts.direction)

    def said(self, what: Said | BaseException | str) -> str:
        """A sentence of an error, of a job or of what is stored, in the reader's language."""
        return said.in_words(what, self)

    def in_sentence(self, text: str) -> str:
        """A KPI's name inside a sentence: without its capital, unless it is an abbreviation (`MRR`, `NPS score`)."""
        if self.texts.locale.language in LOWERED_IN_SENTENCE and text[:1].isupper() and text[1:2].islower():
            text = text[0].lower() + text[1:]
        return self.name(text)

    def _shown(self, text: str) -> str:
        if digits := DIGITS.get(self.texts.locale.language):
            text = text.translate({ord("0") + index: digit for index, digit in enumerate(digits)})
        text = _LEADING_HYPHEN.sub(MINUS, text)
        return isolation.isolate(text, self.texts.direction)

    def code(self, text: str) -> str:
        """A version or another code of ours in the reader's digits: `0.1.0`, in Persian `۰.۱.۰`."""
        if digits := DIGITS.get(self.texts.locale.language):
            text = text.translate({ord("0") + index: digit for index, digit in enumerate(digits)})
        return isolation.isolate(text, self.texts.direction)

    # numbers --------------------------------------------------------------------------------------------------------
    def number(self, value: Number, places: int = 0) -> str:
        """`1,234.5` with exactly `places` decimals."""
        return self._shown(amounts.decimals(exact(value), self.texts.locale, places))

    def count(self, value: Number) -> str:
        """`1,234`, or `12.4K` from ten thousand on."""
        return self._shown(amounts.compact_number(exact(value), self.texts.locale))

    def money(self, value: Number, *, compact: bool = False) -> str:
        """`$1,284,310.50`, compact `$1.28M`, in the tenant's currency."""
        return self._shown(self._money.compact(exact(value)) if compact else self._money.exact(exact(value)))

    @property
    def _money(self) -> Money:
        return Money(self.texts.locale, self.currency, self.money_display)

    def digits(self, text: object) -> str:
        """A code or a time of day (`404`, `06:00`) in the language's digits, otherwise as it is."""
        return self._shown(str(text))

    def percent(self, ratio: Number, places: int = 1) -> str:
        """`27.4%` for the fraction 0.274."""
        return self._shown(amounts.percentage(exact(ratio), self.texts.locale, places))

    def points(self, difference: Number) -> str:
        """`0.6 pp` for a difference of fractions of 0.006."""
        text = amounts.decimals(exact(difference) * 100, self.texts.locale, 1)
        return self._shown(self.texts.gettext("%(number)s pp", number=text))

    def days(self, value: Number) -> str:
        """`47 days`, `3.5 days`."""
        return self._counted(value, "days")

    def hours(self, value: Number) -> str:
        """`5.8 h`."""
        return self._counted(value, "hours")

    def _counted(self, value: Number, unit: str) -> str:
        amount = exact(value)
        whole = amount == amount.to_integral_value() or abs(amount) >= 100
        text = amounts.decimals(amount, self.texts.locale, 0 if whole else 1)
        if unit == "hours":
            return self._shown(self.texts.gettext("%(number)s h", number=text))
        form = 1 if amount == 1 else 2
        return self._shown(self.texts.ngettext("%(number)s day", "%(number)s days", form, number=text))

    def value(self, value: Number, unit: str, *, compact: bool = True) -> str:
        """`value` as its unit is written; `compact` rounds to three digits for tiles."""
        if unit == "money":
            return self.money(value, compact=compact)
        if unit == "ratio":
            return self.percent(value, 1 if compact else 2)
        if unit == "days":
            return self.days(value)
        if unit == "hours":
            return self.hours(value)
        if unit == "count":
            amount = exact(value)
            return self.count(amount) if compact else self.number(amount, 0 if amount == int(amount) else 2)
        return self.number(value, 1 if unit == "score" else 2)

    def axis(self, value: Number, unit: str) -> str:
        """A round value on an axis, without zeros that say nothing: `$1M`, `30%`."""
        amount = exact(value)
        if unit == "money":
            return self._shown(self._money.compact(amount, padded=False))
        if unit == "ratio":
            percents = amount * 100
            return self.percent(amount, 0 if percents == percents.to_integral_value() else 1)
        return self.value(amount, unit) if amount % 1 else self.count(amount)

    def signed(self, value: Number, *, points: bool = False) -> str:
        """A change with its sign: `+7.5%`, `−4.0%`, in percentage points `+0.6 pp`. Zero has no sign."""
        amount = exact(value)
        rounded = (amount * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN)
        write = self.points if points else self.percent
        text = isolation.bare(write(abs(amount)))
        sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
        return isolation.isolate(sign + text, self.texts.direction)

    def with_sign(self, value: Number, unit: str, *, compact: bool = True) -> str:
        """An amount that is added or taken away: `+$52.6K`, `−$15.4K`. Zero has no sign."""
        amount = exact(value)
        text = isolation.bare(self.value(abs(amount), unit, compact=compact))
        sign = "+" if amount > 0 else MINUS if amount < 0 else ""
        return isolation.isolate(sign + text, self.texts.direction)

    # time -----------------------------------------------------------------------------------------------------------
    def date(self, day: date) -> str:
        """A local date in words, in the tenant's calendar."""
        return self._shown(dates.day_in_words(day, texts=self.texts, calendar=self.calendar))

    def local(self, when: datetime) -> datetime:
        """An instant (with a zone) on the tenant's clock."""
        return when.astimezone(ZoneInfo(self.timezone))

    def moment(self, when: datetime) -> str:
        """An instant (with a zone) as local date and time: `November 3, 2026, 06:00`."""
        local = self.local(when)
        day = dates.day_in_words(local.date(), texts=self.texts, calendar=self.calendar)
        return self._shown(self.texts.gettext("%(date)s, %(time)s", date=day, time=f"{local:%H:%M}"))

    def period(self, period: Period, *, short: bool = False) -> str:
        """`October 2026`, `Q3 2026`, `Week 5, 2026`, `2026`; short, for an axis, `Oct`, `Q3`, `W5`."""
        text = self._shown(dates.period_in_words(period, texts=self.texts, short=short))
        if short or self.texts.locale.language not in RAISED_ALONE:
            return text
        return Standing(text[:1].upper() + text[1:])

    def span(self, period: Period) -> str:
        """First and last day: `October 1, 2026 – October 31, 2026`."""
        return self._shown(dates.span_in_words(period, texts=self.texts))

    def listing(self, names: list[str]) -> str:
        """`A, B and C` as the language joins a list."""
        return format_list(names, locale=self.texts.locale)
