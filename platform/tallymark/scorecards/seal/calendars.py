"""The calendar that an edition was made with: its working days and moving holidays, day by day.

Public holidays come from a library that corrects them from time to time; an edition keeps those it was made with.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tallymark.calendars import calendar_of
from tallymark.scorecards.compose import Timeline
from tallymark_sdk.calendars.alignment import Alignment
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.calendars.workdays import Holiday, Workdays
from tallymark_tenants.profile import TenantProfile

_BEFORE, _AFTER = 3, 2
"""Years kept before the first and after the last period: targets and paces look a little further than what is shown."""


def calendar_sealed(comparison: Comparison, timeline: Timeline) -> dict[str, Any]:
    """How the periods are compared, as plain data."""
    years = range(timeline.needed[0].start.year - _BEFORE, timeline.current.end.year + _AFTER + 1)
    alignment = comparison.alignment
    return {
        "as_of": None if comparison.as_of is None else comparison.as_of.isoformat(),
        "weekend": sorted(comparison.workdays.weekend),
        "days": [
            [holiday.on.isoformat(), holiday.name, holiday.is_workday]
            for on, holiday in sorted(comparison.workdays.special.items())
            if on.year in years
        ],
        "alignment": None
        if alignment is None
        else {
            "name": alignment.name,
            "days": [day.isoformat() for day in alignment.days if day.year in years],
        },
    }


def comparison_read(data: Mapping[str, Any], profile: TenantProfile) -> Comparison:
    """The comparison that `calendar_sealed` wrote."""
    special = (
        Holiday(on=date.fromisoformat(on), name=name, is_workday=worked) for on, name, worked in data["days"]
    )
    aligned = data["alignment"]
    return Comparison(
        calendar=calendar_of(profile),
        as_of=None if data["as_of"] is None else date.fromisoformat(data["as_of"]),
        workdays=Workdays.of(data["weekend"], special),
        alignment=None
        if aligned is None
        else Alignment(name=aligned["name"], days=tuple(map(date.fromisoformat, aligned["days"]))),
    )
