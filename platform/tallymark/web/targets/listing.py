"""The targets that are set, as the page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from tallymark.engine.targets import TenantTargets
from tallymark.plugins.registry import Registry
from tallymark.targets.entry import members_of, written
from tallymark.web.localisation import formatter
from tallymark.web.localisation import gettext as _
from tallymark.web.targets.forms import scope_name, spread_names
from tallymark_sdk.calendars import Calendar
from tallymark_tenants.targets import StoredTarget

MOST = 200


@dataclass(frozen=True, kw_only=True)
class Heap:
    """The targets of one metric: how many there are, and whose."""

    metric: str
    name: str
    count: int
    scopes: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One target."""

    id: UUID
    whose: str
    period: str
    value: str
    spread: str


def heaps(targets: Iterable[StoredTarget], names: Mapping[str, str]) -> list[Heap]:
    """The targets by metric, by name."""
    by_metric: dict[str, list[StoredTarget]] = {}
    for target in targets:
        by_metric.setdefault(target.metric, []).append(target)
    found = [
        Heap(
            metric=key,
            name=names.get(key, key),
            count=len(rows),
            scopes=formatter().listing(
                list(dict.fromkeys(scope_name(row.dimension or "company") for row in rows))
            ),
        )
        for key, rows in by_metric.items()
    ]
    return sorted(found, key=lambda heap: heap.name)


def lines(targets: Iterable[StoredTarget], known: Registry, everything: TenantTargets) -> list[Line]:
    """Targets of one metric, the company's first, then by scope and member, the newest period first."""
    rows = list(targets)
    members = {row.dimension: members_of(row.dimension, everything) for row in rows if row.dimension}
    return [_line(row, known, everything.calendar, members.get(row.dimension, {})) for row in rows]


def _line(row: StoredTarget, known: Registry, cut: Calendar, members: Mapping[str, str]) -> Line:
    unit = known.metrics[row.metric].unit if row.metric in known.metrics else "count"
    whose = _("The company")
    if row.dimension:
        whose = f"{scope_name(row.dimension)}: {formatter().name(members.get(row.member, row.member))}"
    return Line(
        id=row.id,
        whose=whose,
        period=written(row.start, row.end, cut),
        value=formatter().value(row.value, unit, compact=False),
        spread=spread_names()[row.spread] if row.spread else "",
    )
