"""A year's days off, as the settings have them."""

from dataclasses import dataclass
from datetime import date

from tallymark.calendars import calendar_of, workdays_of
from tallymark.calendars.countries import public_holidays
from tallymark_sdk.calendars import CalendarError, Period
from tallymark_sdk.calendars.workdays import Holiday
from tallymark_tenants.profile import TenantProfile


@dataclass(frozen=True, kw_only=True)
class DayOff:
    """A single day that is told apart from its weekday; `own` says that the company's own rows do so."""

    on: date
    weekday: int
    name: str
    is_workday: bool
    own: bool


@dataclass(frozen=True, kw_only=True)
class Year:
    """A year with its special days and, by month, how many days are worked."""

    period: Period
    before: str
    after: str
    days: tuple[DayOff, ...]
    months: tuple[tuple[Period, int], ...]

    @property
    def worked(self) -> int:
        """Working days of the year."""
        return sum(count for _, count in self.months)


def year_of(
    profile: TenantProfile, own: tuple[Holiday, ...], asked: str, today: date, locale: str = ""
) -> Year:
    """The year that `asked` names in the company's calendar, or this one."""
    cut = calendar_of(profile)
    period = cut.period("year", today)
    try:
        period = cut.parse(asked, "year") if asked else period
        before, after = cut.step(period, -1), cut.step(period, 1)
    except CalendarError:
        period = cut.period("year", today)
        before, after = cut.step(period, -1), cut.step(period, 1)
    workdays = workdays_of(profile, own)
    named = {each.on: each for each in public_holidays(profile.country, locale or profile.locale)}
    mine = {each.on for each in own}
    days = tuple(
        DayOff(
            on=on,
            weekday=on.weekday(),
            name=holiday.name or (named[on].name if on in named else ""),
            is_workday=holiday.is_workday,
            own=on in mine,
        )
        for on, holiday in sorted((named | {each.on: each for each in own}).items())
        if on in period
    )
    months = cut.range(cut.period("month", period.start), 12)
    return Year(
        period=period,
        before=cut.key(before),
        after=cut.key(after),
        days=days,
        months=tuple((month, workdays.count(month)) for month in months),
    )
