"""What changed, since they were sent, in the figures of a scorecard's earlier periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tallymark.bridge.reading import Slice
from tallymark.engine import TenantData, compute
from tallymark.engine.ask import tenant_data
from tallymark.engine.labels import labels
from tallymark.engine.targets import TenantTargets
from tallymark.lake import Lake, Snapshot
from tallymark.plugins.registry import Registry
from tallymark.scorecards.gather import Basis
from tallymark.scorecards.goals import tenant_targets
from tallymark.scorecards.seal.basis import basis_read, known_to, snapshot_ids
from tallymark.scorecards.seal.causes import Versions, row_causes
from tallymark.scorecards.seal.definitions import Definitions
from tallymark.scorecards.seal.errors import SealError
from tallymark.scorecards.seal.figures import Address, exact
from tallymark.scorecards.seal.restatement import MOST, Cause, Found, Restated, ordered
from tallymark.scorecards.seal.told_before import Last, Sent, editions_before, last_told
from tallymark_sdk.arithmetic import settle
from tallymark_sdk.calendars import CalendarError, Period

_MEMBERS = 40
"""Members' figures that are looked into for rows that went from one to another."""

Places = tuple[str, str, str]
"""Metric, dimension and member."""


def restatements(session: Session, lake: Lake, basis: Basis, scorecard_id: UUID) -> Found:
    """What must be told of earlier periods in an edition of this basis.

    Compared are the totals of the set's KPIs in the last twelve periods that have a sealed edition (made when the period
    was over), each with what was last told of it, exactly; and members' figures where rows went from one to another.
    """
    editions = editions_before(session, scorecard_id, basis.scope, basis.timeline.current.start)
    if not editions:
        return Found()
    today = _Today(lake=lake, basis=basis)
    differing: list[tuple[Restated, Last]] = []
    for sent in editions:
        differing += _differing(today, sent, editions)
    totals = [each for each in differing if each[0].member == basis.scope.member]
    moves = [each for each in differing if each[0].member != basis.scope.member][:_MEMBERS]
    places = {id(each): last for each, last in (*totals, *moves)}
    first = ordered([each for each, _ in totals])[:MOST]
    explained = [_explained(session, today, each, places[id(each)]) for each in first]
    if room := MOST - len(explained):
        told = (
            _explained(session, today, each, places[id(each)])
            for each in ordered([each for each, _ in moves])
        )
        explained += [each for each in told if any(cause.kind == "reowned" for cause in each.causes)][:room]
    return Found(rows=tuple(explained), omitted=max(0, len(totals) - len(first)))


@dataclass(frozen=True, kw_only=True)
class _Today:
    """The basis of the new edition, and what is computed from it."""

    lake: Lake
    basis: Basis

    @cached_property
    def known(self) -> Registry:
        return known_to(self.basis)

    @cached_property
    def data(self) -> TenantData:
        return tenant_data(self.lake, self.basis.profile, self.basis.snapshots.values())

    @cached_property
    def goals(self) -> TenantTargets:
        return tenant_targets(self.basis, self.data, self.known)

    @cached_property
    def names(self) -> Mapping[str, Mapping[str, str]]:
        return labels(self.data, ("rep", "team", "region", "department", "product"))

    def period(self, sent: Sent) -> Period | None:
        """The edition's period, where the calendar still has it."""
        try:
            found = self.basis.comparison.calendar.period(sent.grain, sent.start)
        except CalendarError:
            return None
        return found if (found.start, found.end) == (sent.start, sent.end) else None

    def values(
        self, keys: Sequence[str], period: Period, by: Sequence[str], *, as_sealed: Basis | None = None,
        known: Registry | None = None, goals: Basis | None = None,
    ) -> dict[Places, Decimal | None]:  # fmt: skip
        """The values by today's data.

        Args:
            as_sealed: whose calendar and attribution hold; today's without it.
            known: the definitions; today's without it.
            goals: whose targets hold; today's without it.
        """
        held, metrics = as_sealed or self.basis, known or self.known
        cells = compute(
            metrics,
            [key for key in keys if key in metrics.metrics],
            [period],
            tuple(by),
            data=self.data,
            calendar=held.comparison.calendar,
            targets=self.goals
            if goals is None and known is None
            else tenant_targets(goals or self.basis, self.data, metrics),
            as_of=self.basis.comparison.as_of,
            comparison=replace(held.comparison, as_of=self.basis.comparison.as_of),
            attribution=held.profile.attribution,
        )
        return {
            (cell.metric, cell.dimension, cell.member): None
            if (value := exact(cell)) is None
            else Decimal(value)
            for cell in cells
            if cell.part == "value"
        }


def _differing(today: _Today, sent: Sent, editions: Sequence[Sent]) -> list[tuple[Restated, Last]]:
    """The figures of an edition's own period that are others now, without their causes."""
    period = today.period(sent)
    if period is None:
        return []
    keys = [kpi.metric for kpi in today.basis.kpis if kpi.metric in today.known.metrics]
    wanted = _addresses(today, sent, keys, period)
    by = sorted({address.dimension for address in wanted} - {""})
    now = today.values(keys, period, by)
    found = []
    for address in wanted:
        last = last_told(address, sent, editions)
        value = now.get((address.metric, address.dimension, address.member))
        # A member without a row any more has no figure: of what adds up, that is nothing.
        if value is None and address.member and today.known[address.metric].additive:
            value = Decimal(0)
        if last is None or _same(last.value, value):
            continue
        named = today.names.get(address.dimension, {}).get(address.member, address.member)
        found.append(
            (
                Restated(
                    metric=address.metric,
                    unit=today.known[address.metric].unit,
                    dimension=address.dimension,
                    member=address.member,
                    member_name=named,
                    grain=period.grain,
                    start=period.start,
                    end=period.end,
                    was=last.value,
                    now=value,
                    edition=last.by.id,
                    told_at=last.by.created_at,
                ),
                last,
            )
        )
    return found


def _addresses(today: _Today, sent: Sent, keys: Iterable[str], period: Period) -> list[Address]:
    """The totals (of the scope), and the members of what the edition ranked or broke down."""
    days = {"start": period.start.isoformat(), "end": period.end.isoformat()}
    scope, wanted = today.basis.scope, set(keys)
    totals = [
        Address(metric=key, part="value", dimension=scope.dimension, member=scope.member, **days)
        for key in keys
    ]
    shown = {
        section["metric"]
        for section in sent.document.get("sections", ())
        if section.get("kind") in ("ranking", "breakdown")
    }
    if not scope.is_everybody:
        return totals
    members = [
        address
        for address in sent.figures
        if address.dimension
        and address.metric in shown & wanted
        and address.part == "value"
        and (address.start, address.end) == (days["start"], days["end"])
    ]
    return [*totals, *members]


def _same(was: Decimal | None, now: Decimal | None) -> bool:
    return was == now if was is not None and now is not None else was is now


def _explained(session: Session, today: _Today, found: Restated, last: Last) -> Restated:
    """With its causes: what its rows do, then what a new definition, targets and settings do, one after another."""
    try:
        return replace(found, causes=tuple(_causes(session, today, found, last)))
    except SealError:
        return replace(found, causes=(Cause(kind="unknown"),))


def _causes(session: Session, today: _Today, found: Restated, last: Last) -> list[Cause]:
    sealed = last.by.basis
    snapshots = today.lake.pinned(session, list(snapshot_ids(sealed).values()))
    then = basis_read(sealed, snapshots)
    definitions = last.by.definitions
    changed = definitions.differing(today.known)
    old = today.known
    if found.metric in changed:
        old, refused = definitions.registry(today.known, changed)
        if refused:
            return [Cause(kind="unknown"), _definition(definitions, today, found.metric)]
    period = today.basis.comparison.calendar.period(found.grain, found.start)
    by, place = ([found.dimension] if found.dimension else []), (found.metric, found.dimension, found.member)

    def value(**how: Any) -> Decimal | None:
        return today.values([found.metric], period, by, **how).get(place)

    as_before = value(as_sealed=then, known=old, goals=then)
    causes: list[Cause] = []
    if not _same(found.was, as_before):
        causes += _by_rows(today, then, old, period, found, as_before, snapshots, sealed)
    steps = [
        (_definition(definitions, today, found.metric), value(as_sealed=then, goals=then)),
        (Cause(kind="target"), value(as_sealed=then)),
        (Cause(kind=_setting(then, today.basis)), found.now),
    ]
    before = as_before
    for cause, after in steps:
        if not _same(before, after):
            causes.append(replace(cause, change=_change(before, after)))
        before = after
    return causes


def _by_rows(
    today: _Today, then: Basis, known: Registry, period: Period, found: Restated, now: Decimal | None,
    snapshots: Mapping[str, Snapshot], sealed: Mapping[str, Any],
) -> list[Cause]:  # fmt: skip
    change = _change(found.was, now)
    if set(snapshots) != set(sealed["snapshots"]) or known.missing_of(
        found.metric, tenant_data(today.lake, then.profile, snapshots.values()).is_connected
    ):
        return [Cause(kind="unknown", change=change)]
    causes = row_causes(
        found.metric,
        Slice(dimension=found.dimension, member=found.member, attribution=then.profile.attribution),
        Versions(
            known=known,
            period=period,
            then=tenant_data(today.lake, then.profile, snapshots.values()),
            now=today.data,
            currency=today.basis.profile.currency,
        ),
        None if change is None else Fraction(change),
    )
    return causes or [Cause(kind="unknown", change=change)]


def _change(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """The difference with all its digits, which a plain subtraction of decimals rounds."""
    if before is None or after is None:
        return None
    return Decimal(settle(Fraction(after) - Fraction(before)) or 0)


def _definition(definitions: Definitions, today: _Today, key: str) -> Cause:
    """What a metric's definition was and is."""
    pack = today.known.pack_of(key)
    after = f"{today.known[key].version} ({pack.distribution} {pack.version})"
    before = definitions.versions(key) if key in definitions.metrics else ""
    return Cause(kind="definition", before=before, after=after)


def _setting(then: Basis, now: Basis) -> str:
    """Which of the company's settings is another."""
    return "attribution" if then.profile.attribution != now.profile.attribution else "calendar"
