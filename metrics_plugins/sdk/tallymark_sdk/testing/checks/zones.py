"""Times at the edge of a period: a row counts by its local date, whatever the time zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tallymark_sdk.calendars import Period
from tallymark_sdk.formula import Flow
from tallymark_sdk.metric import Metric
from tallymark_sdk.model import DATASETS, Column, Kind
from tallymark_sdk.rows import empty_relation, measured
from tallymark_sdk.testing.golden import shown
from tallymark_sdk.testing.rows import Row
from tallymark_sdk.testing.scene import Cell, Change, Scene
from tallymark_sdk.testing.subject import Subject

# Far to the east and to the west: half of all local days have another date in UTC.
_OFFSETS = (timedelta(hours=14), timedelta(hours=-11))
_INSTANT = timedelta(microseconds=1)


def time_zones(subject: Subject, metric: Metric) -> Iterator[str]:
    """The same local times in another zone give the same value, up to the last microsecond of the last day."""
    for scene in subject.scenes(metric):
        for offset in _OFFSETS:
            moved = scene.over(scene.changed(_moved(offset)))
            for cell, value in scene.values.items():
                if moved[cell] != value:
                    yield (
                        f"with the same local times in another time zone the value {cell} is {shown(moved[cell])} "
                        f"instead of {shown(value)}; take the local date (…_on), not the day of the time (…_at)"
                    )
        yield from _at_the_edge(scene)


def _moved(offset: timedelta) -> Change:
    """Times as they would be stored in a zone so far from UTC; the local dates stay."""

    def change(dataset: str, row: Row) -> Mapping[str, Any]:
        times = (column.name for column in DATASETS[dataset].stored_columns if column.kind is Kind.TIMESTAMP)
        return {name: row[name] - offset for name in times if row.get(name) is not None}

    return change


def _at_the_edge(scene: Scene) -> Iterator[str]:
    """Events in the last microsecond of the period count; in the first after it they don't."""
    leaf = scene.metric.formula
    if not isinstance(leaf, Flow) or not isinstance(leaf.dataset, str) or not _is_placed_once(leaf):
        return
    for period in scene.periods:
        value = scene.values[Cell(period)]
        last = datetime.combine(period.end, time(), UTC) - _INSTANT
        for moment, what, expected in (
            (last, "in the last microsecond of the period", value),
            (last + _INSTANT, "in the first microsecond after the period", _nothing(scene, leaf, period)),
        ):
            found = scene.over(scene.changed(_placed(leaf, period, moment)))[Cell(period)]
            if found != expected:
                yield (
                    f"with every event {what} the value in {period.label} is {shown(found)} instead of "
                    f"{shown(expected)}; place rows by the local date alone"
                )


def _is_placed_once(leaf: Flow) -> bool:
    """Whether the date that places rows is the only one the formula reads, so that rows can be moved freely."""
    table = empty_relation(leaf.dataset)
    read = measured(leaf, table).columns - {"deleted_at", leaf.on}
    return not any(table[column].type().is_temporal() for column in read)


def _placed(leaf: Flow, period: Period, moment: datetime) -> Change:
    def change(dataset: str, row: Row) -> Mapping[str, Any]:
        day = row.get(leaf.on)
        if dataset != leaf.dataset or not isinstance(day, date) or day not in period:
            return {}
        at = _time_behind(dataset, leaf.on)
        # Seven hours ahead of UTC, where the last microsecond of a day is in the afternoon of the UTC day.
        return {leaf.on: moment.date(), **({at.name: moment - timedelta(hours=7)} if at else {})}

    return change


def _nothing(scene: Scene, leaf: Flow, period: Period) -> Any:
    """The value when the period's events aren't there at all."""

    def outside(row: Row) -> bool:
        day = row.get(leaf.on)
        return not isinstance(day, date) or day not in period

    rows = {
        name: [row for row in rows if name != leaf.dataset or outside(row)]
        for name, rows in scene.rows.items()
    }
    return scene.over(rows)[Cell(period)]


def _time_behind(dataset: str, local_date: str) -> Column | None:
    columns = DATASETS[dataset].stored_columns
    return next((column for column in columns if column.local_date == local_date), None)
