"""From a tenant's settings and its own rows to its calendar, working days and comparisons."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tallymark.calendars.countries import former_weekends, public_holidays, weekend_of
from tallymark.calendars.moving import alignment
from tallymark_sdk.calendars import WEEKDAYS, Calendar, calendar
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.calendars.workdays import Holiday, Workdays
from tallymark_tenants.profile import TenantProfile


def calendar_of(profile: TenantProfile) -> Calendar:
    """The tenant's calendar."""
    return calendar(profile.calendar, profile.fiscal_start, profile.year_end)


def workdays_of(profile: TenantProfile, own: Iterable[Holiday] = ()) -> Workdays:
    """The tenant's working days: its weekend, its country's public holidays, and `own` days, which overrule both."""
    former = () if profile.weekend else former_weekends(profile.country)
    return Workdays.of(weekend_days(profile), former, public_holidays(profile.country), own)


def weekend_days(profile: TenantProfile) -> frozenset[int]:
    """The weekdays that the tenant doesn't work, Monday being 0: its own choice, else its country's."""
    if not profile.weekend:
        return weekend_of(profile.country)
    return frozenset(WEEKDAYS.index(name) for name in profile.weekend.split(",") if name != "none")


def comparison_of(
    profile: TenantProfile, *, as_of: date | None = None, own: Iterable[Holiday] = ()
) -> Comparison:
    """How the tenant's periods are compared; `as_of` is the last day that its data reaches, in its zone."""
    return Comparison(
        calendar=calendar_of(profile),
        as_of=as_of,
        workdays=workdays_of(profile, own),
        alignment=alignment(profile.alignment),
    )


def day_of(profile: TenantProfile, moment: datetime) -> date:
    """The tenant's local date at a moment with a zone."""
    return moment.astimezone(ZoneInfo(profile.timezone)).date()
