"""The value that an own KPI would have had in the last complete period."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from tallymark.calendars import calendar_of
from tallymark.engine import compute
from tallymark.engine.ask import comparison_with, tenant_data
from tallymark.engine.session import EngineError
from tallymark.engine.targets import TenantTargets, read_set_targets
from tallymark.lake import Lake
from tallymark.plugins.registry import Registry
from tallymark.plugins.wording import Wording
from tallymark_sdk.calendars import Calendar, CalendarError, Period
from tallymark_tenants.profile import TenantProfile

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A value, or the reason there is none, in the reader's words."""

    period: Period
    value: Decimal | int | None
    reason: str


def preview(
    session: Session,
    lake: Lake,
    profile: TenantProfile,
    known: Registry,
    key: str,
    *,
    newest: date,
    today: date,
    locale: str,
) -> Preview | None:
    """The total of one metric over the tenant's current data; None where it can't be calculated at all.

    Args:
        known: the tenant's metrics, the draft among them.
        newest: the newest day with data.
    """
    cut = calendar_of(profile)
    period = last_complete(cut, newest, today)
    snapshots = lake.pinned(session).values()
    data = tenant_data(lake, profile, snapshots)
    compared = comparison_with(profile, data, snapshots)
    targets = TenantTargets(
        stored=read_set_targets(session), data=data, registry=known, calendar=cut, profile=profile
    )
    try:
        (cell, *_parts) = compute(
            known,
            [key],
            [period],
            data=data,
            calendar=cut,
            threads=1,
            targets=targets,
            as_of=compared.as_of,
            comparison=compared,
        )
    except (EngineError, CalendarError) as error:
        log.warning("no preview of %s: %s", key, error)
        return None
    reason = "" if cell.reason is None else Wording(known, locale).reason(key, cell.reason)
    return Preview(period=period, value=cell.value, reason=reason)


def last_complete(cut: Calendar, newest: date, today: date) -> Period:
    """The newest month with data that is over."""
    period = cut.period("month", newest)
    return period if period.end <= today else cut.step(period, -1)
