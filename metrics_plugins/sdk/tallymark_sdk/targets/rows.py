"""Targets as they are set, and what must be known of a metric to make use of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from tallymark_sdk.targets.spread import Spread

COMPANY = "company"
GROUPS: Mapping[str, str] = {"department": "department", "team": "team_id", "region": "region_id"}
"""Dimensions whose members are groups of reps, and the column of `reps` that says which."""

SEVERAL = "different targets are set for the same period"
NO_RATE = "no exchange rate for the target"
DELETED = "deleted in the source"
NO_PERIOD = "no period"
TOO_LONG = "a period of more than ten years"
MOST_DAYS = 3_660
"""A target longer than ten years is a mistake in a date, and would be divided over every one of its days."""

NO_VALUE = "no value"
NO_MEMBER = "no member of the scope"
NO_METRIC = "no such metric"


@dataclass(frozen=True, kw_only=True)
class TargetRow:
    """What a metric should reach from `start` to before `end`.

    Attributes:
        dimension, member: "" for the company, else such as "rep" and the rep's id.
        value: in the metric's unit; None where it can't be said, and `fault` says why.
        spread: how it is divided; None for the default of its metric.
        own: set in Tallymark itself rather than imported; then it goes before an imported one of the same period.
    """

    metric: str
    start: date
    end: date
    value: Decimal | None
    dimension: str = ""
    member: str = ""
    spread: Spread | None = None
    own: bool = False
    fault: str | None = None


@dataclass(frozen=True, kw_only=True)
class Nature:
    """What of a metric decides how its targets behave.

    Attributes:
        money: whether its targets are amounts of money.
        sums_over_time: whether the months' values add up to the year's: then a year's target is divided.
        sums_over_members: whether the members' values add up to the total: then so do their targets.
        not_summed_by: dimensions in which they don't.
    """

    money: bool = False
    sums_over_time: bool = True
    sums_over_members: bool = True
    not_summed_by: tuple[str, ...] = ()


def read_rows(
    given: Iterable[Mapping[str, Any]], nature: Callable[[str], Nature | None]
) -> tuple[list[TargetRow], dict[str, int]]:
    """Rows of the canonical dataset `targets` as target rows, and how many were left out, by reason."""
    rows: list[TargetRow] = []
    left_out: dict[str, int] = {}
    for row in given:
        kind = nature(str(row.get("metric") or ""))
        reason = _unusable(row, kind)
        if reason is not None or kind is None:
            left_out[reason or NO_METRIC] = left_out.get(reason or NO_METRIC, 0) + 1
            continue
        company = row["scope"] == COMPANY
        value = row.get("value_base") if kind.money else row.get("value")
        rows.append(
            TargetRow(
                metric=row["metric"],
                dimension="" if company else row["scope"],
                member="" if company else str(row["scope_id"]),
                start=row["period_start"],
                end=row["period_end"],
                value=value,
                fault=NO_RATE if value is None else None,
            )
        )
    return rows, left_out


def _unusable(row: Mapping[str, Any], kind: Nature | None) -> str | None:
    start, end = row.get("period_start"), row.get("period_end")
    checks = (
        (row.get("deleted_at") is not None, DELETED),
        (kind is None, NO_METRIC),
        (start is None or end is None or start >= end, NO_PERIOD),
        (start is not None and end is not None and (end - start).days > MOST_DAYS, TOO_LONG),
        (row.get("value") is None and row.get("value_base") is None, NO_VALUE),
        (not row.get("scope") or (row["scope"] != COMPANY and not row.get("scope_id")), NO_MEMBER),
    )
    return next((reason for applies, reason in checks if applies), None)


def settled(rows: Iterable[TargetRow]) -> list[TargetRow]:
    """One row for each metric, member and period.

    A row set in Tallymark goes before imported ones. Imported rows that agree count once; where they don't, nobody can
    say which is meant, and the period has no target with that reason.
    """
    found: dict[tuple[str, str, str, date, date], TargetRow] = {}
    for row in rows:
        place = (row.metric, row.dimension, row.member, row.start, row.end)
        other = found.get(place)
        if other is None or (row.own and not other.own):
            found[place] = row
        elif row.own == other.own and (row.value, row.fault) != (other.value, other.fault):
            found[place] = replace(other, value=None, fault=SEVERAL)
    return list(found.values())


def groups_of_reps(reps: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Dimension → rep → the team, department or region that the rep belongs to now, from rows of the dataset `reps`.

    A rep whose id several sources place differently belongs to none.
    """
    found: dict[str, dict[str, set[str]]] = {dimension: {} for dimension in GROUPS}
    for row in reps:
        for dimension, column in GROUPS.items():
            if row.get(column):
                found[dimension].setdefault(str(row["id"]), set()).add(str(row[column]))
    return {
        dimension: {rep: next(iter(groups)) for rep, groups in placed.items() if len(groups) == 1}
        for dimension, placed in found.items()
    }
