"""What a target comes to month by month, together with the other targets of its metric and member."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from tallymark.engine.targets import SetTargets, TenantTargets
from tallymark_sdk.calendars import Period
from tallymark_sdk.targets.spread import months_between
from tallymark_tenants.targets import TargetValue


@dataclass(frozen=True, kw_only=True)
class Share:
    """One month's part; without a value, `reason` says why. `fixed` marks a month with a target of its own."""

    month: Period
    value: Decimal | None
    reason: str | None = None
    fixed: bool = False


def with_target(targets: TenantTargets, target: TargetValue) -> TenantTargets:
    """The targets as they would be with this one set."""
    others = [each for each in targets.stored.targets if _place(each) != _place(target)]
    stored = SetTargets(targets=(*others, target), spreads=targets.stored.spreads)
    return replace(targets, stored=stored)


def month_shares(targets: TenantTargets, target: TargetValue) -> list[Share]:
    """The months of the target's period. They add up to it, unless shorter targets alone exceed it."""
    together = with_target(targets, target)
    shares = []
    for month in months_between(target.start, target.end, targets.calendar):
        answer = together.answer(target.metric, target.dimension, target.member, month)
        shares.append(Share(month=month, value=answer.value, reason=answer.reason, fixed=answer.how == "set"))
    return shares


def _place(target: TargetValue) -> tuple[object, ...]:
    return (target.metric, target.dimension, target.member, target.start, target.end)
