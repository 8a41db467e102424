"""How a metric stands against its targets, period by period."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from tallymark.calendars.tenant import day_of
from tallymark.engine.cell import Cell
from tallymark.engine.compute import compute
from tallymark.engine.targets import TenantTargets
from tallymark.lake import Lake
from tallymark.targets.entry import plain
from tallymark.targets.loading import load_targets
from tallymark.targets.running import Running, running
from tallymark.targets.season import Usual, usual_shares
from tallymark_sdk.calendars import Period
from tallymark_sdk.targets import attainment
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One period and member. `how` says where the target comes from: set, spread, or the sum of a scope's.

    `pace` and `needed_per_working_day` are there while the period runs, for metrics that add up over time.
    """

    period: str
    dimension: str
    member: str
    target: Decimal | None
    how: str
    value: Decimal | None
    attainment: Decimal | None = None
    pace: Decimal | None = None
    needed_per_working_day: Decimal | None = None
    reason: str | None = None

    def as_json(self) -> dict[str, object]:
        """Plain values: decimals as text, since they are exact."""
        return {name: _text(value) for name, value in asdict(self).items()}


def standings(
    database: Database, lake: Lake, profile: TenantProfile, key: str, *, first: str, count: int, grain: str,
    by: str = "",
) -> list[Standing]:  # fmt: skip
    """Compute a metric and hold it against its targets; members with a target and no rows are listed too.

    Raises:
        UnknownMetric, CalendarError: with a sentence that says what to write instead.
    """
    with database.tenant(profile.id) as session:
        targets = load_targets(session, lake, profile)
        loaded = [snapshot.created_at for snapshot in lake.pinned(session).values()]
    metric = targets.registry[key]
    periods = targets.calendar.range(targets.calendar.parse(first, grain), count)
    breakdowns = (by,) if by and by in metric.by else ()
    cells = compute(
        targets.registry,
        [key],
        periods,
        breakdowns,
        data=targets.data,
        calendar=targets.calendar,
        targets=targets,
        attribution=profile.attribution,
    )
    as_of = day_of(profile, max(loaded, default=datetime.now(UTC)))
    values = {(cell.dimension, cell.member, cell.period): cell for cell in cells if cell.part == "value"}
    usual = {period: usual_shares(targets, [key], period, as_of).get(key) for period in periods}
    places = dict.fromkeys((cell.dimension, cell.member) for cell in cells)
    if by:
        places |= dict.fromkeys((by, member) for member in targets.book.members(key, by))
    return [
        _standing(targets, key, place, period, values.get((*place, period)), as_of, usual[period])
        for place in places
        for period in periods
    ]


def _standing(
    targets: TenantTargets, key: str, place: tuple[str, str], period: Period, cell: Cell | None, as_of: date,
    usual: Usual | None,
) -> Standing:  # fmt: skip
    dimension, member = place
    answer = targets.answer(key, dimension, member, period)
    value = None if cell is None or cell.value is None else Decimal(cell.value)
    reached, stands = None, Running()
    if value is not None and answer.value is not None:
        reached = attainment(value, answer.value)
        stands = running(targets, key, value, answer.value, period, as_of, usual) or Running()
    why = answer.reason or (None if value is not None else (cell and cell.reason) or "no rows in the period")
    return Standing(
        period=targets.calendar.key(period),
        dimension=dimension,
        member=member,
        target=answer.value,
        how=answer.how,
        value=value,
        attainment=reached,
        pace=stands.pace,
        needed_per_working_day=stands.needed,
        reason=why,
    )


def _text(value: object) -> object:
    return plain(value) if isinstance(value, Decimal) else value
