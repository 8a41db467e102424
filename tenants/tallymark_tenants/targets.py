"""Targets that a tenant sets in Tallymark itself, and how its targets are divided over their periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tallymark_tenants.accounts.audit import audit
from tallymark_tenants.ids import uuid7
from tallymark_tenants.models import Target, TargetSpread

EVERY_METRIC = ""


@dataclass(frozen=True, kw_only=True)
class TargetValue:
    """What a metric should reach from `start` to before `end`.

    Attributes:
        dimension, member: "" for the company.
        spread: how it is divided (a method of the SDK); None where its metric's way holds.
        weights: the parts of the method "weights".
    """

    metric: str
    start: date
    end: date
    value: Decimal
    dimension: str = ""
    member: str = ""
    spread: str | None = None
    weights: tuple[Decimal, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StoredTarget(TargetValue):
    """A target with its id."""

    id: UUID

    @classmethod
    def of(cls, row: Target) -> Self:
        """A row of the table as a plain value."""
        return cls(
            id=row.id,
            metric=row.metric_key,
            start=row.period_start,
            end=row.period_end,
            value=row.value,
            dimension=row.dimension,
            member=row.member,
            spread=row.spread,
            weights=tuple(Decimal(weight) for weight in row.weights),
        )


def list_targets(session: Session, metrics: Sequence[str] | None = None) -> list[StoredTarget]:
    """The tenant's targets, of these metrics or all, by metric, scope, member and period."""
    rows = select(Target).order_by(
        Target.metric_key, Target.dimension, Target.member, Target.period_start.desc(), Target.period_end
    )
    if metrics is not None:
        rows = rows.where(Target.metric_key.in_(metrics))
    return [StoredTarget.of(row) for row in session.scalars(rows)]


def find_target(session: Session, target_id: UUID) -> StoredTarget | None:
    """The target of that id."""
    row = session.scalar(select(Target).where(Target.id == target_id))
    return None if row is None else StoredTarget.of(row)


def set_target(session: Session, target: TargetValue) -> UUID:
    """Set a target; one that stands for the same metric, member and period is replaced. Returns its id."""
    values = {
        "metric_key": target.metric,
        "dimension": target.dimension,
        "member": target.member,
        "period_start": target.start,
        "period_end": target.end,
        "value": target.value,
        "spread": target.spread,
        "weights": [str(weight) for weight in target.weights],
    }
    row = insert(Target).values(tenant_id=session.info["tenant"], id=uuid7(), **values)
    changed = {name: row.excluded[name] for name in ("value", "spread", "weights")}
    made = session.scalar(
        row.on_conflict_do_update(constraint="uq_targets_period", set_=changed).returning(Target.id)
    )
    if made is None:
        raise RuntimeError("Setting a target gave no row.")
    _note(session, "target.set", target, made)
    session.expire_all()  # the statement went past what the session may have read before
    return made


def remove_target(session: Session, target_id: UUID) -> StoredTarget | None:
    """Remove a target; what it was, or None where there is none of that id."""
    target = find_target(session, target_id)
    if target is not None:
        session.execute(delete(Target).where(Target.id == target_id))
        _note(session, "target.removed", target, target_id)
    return target


def spreads(session: Session) -> dict[str, str]:
    """Metric key → how its targets are divided; "" for every metric without an entry of its own."""
    return {row.metric_key: row.method for row in session.scalars(select(TargetSpread))}


def set_spread(session: Session, metric: str, method: str | None) -> None:
    """Say how a metric's targets are divided ("" for every metric); None takes the entry away."""
    if method is None:
        session.execute(delete(TargetSpread).where(TargetSpread.metric_key == metric))
    else:
        row = insert(TargetSpread).values(
            tenant_id=session.info["tenant"], id=uuid7(), metric_key=metric, method=method
        )
        session.execute(
            row.on_conflict_do_update(
                index_elements=["tenant_id", "metric_key"], set_={"method": row.excluded.method}
            )
        )
    audit(session, "target.spread", object_kind="metric", object_id=metric, method=method or "")


def _note(session: Session, action: str, target: TargetValue, target_id: UUID) -> None:
    audit(
        session, action, object_kind="target", object_id=target_id, metric=target.metric,
        scope=target.dimension, member=target.member, start=target.start.isoformat(),
        end=target.end.isoformat(), value=str(target.value),
    )  # fmt: skip
