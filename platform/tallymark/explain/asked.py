"""A question set against a tenant's data: that of now, or that of a sealed edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.engine.ask import comparison_with, tenant_data
from tallymark.engine.targets import TenantTargets, read_set_targets
from tallymark.explain.asking import Question, check
from tallymark.explain.basis import Basis, Place
from tallymark.explain.errors import NoCell, NoExplanation
from tallymark.lake import Lake, Snapshot
from tallymark.plugins.own import registry_of
from tallymark.scorecards.seal.errors import SealError
from tallymark.scorecards.seal.reopening import Reopened, reopened
from tallymark_tenants.models import Edition, Scorecard
from tallymark_tenants.profile import TenantProfile


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question with everything that its answer is made from."""

    question: Question
    basis: Basis
    place: Place
    currency: str


def basis_of(session: Session, lake: Lake, profile: TenantProfile, question: Question) -> Asked:
    """What the question's answer is made from.

    Raises:
        NoExplanation: the metric has no such part or breakdown, or the edition's data isn't kept any more.
        NoCell: there is no such edition.
        UnknownMetric, CalendarError: with what to write instead.
    """
    kpi_set_id, snapshots = question.kpi_set_id, lake.pinned(session)
    as_sealed = None
    if question.edition is not None:
        kpi_set_id, snapshots, as_sealed = _sealed(session, lake, question.edition)
    registry = as_sealed.registry if as_sealed else registry_of(session, kpi_set_id)
    metric = registry[question.metric]
    check(question, metric)
    data = tenant_data(lake, profile, snapshots.values())
    comparison = comparison_with(profile, data, snapshots.values(), as_of=question.as_of)
    targets = TenantTargets(
        stored=as_sealed.targets if as_sealed else read_set_targets(session),
        data=data,
        registry=registry,
        calendar=comparison.calendar,
        profile=profile,
    )
    return Asked(
        question=question,
        basis=Basis(
            registry=registry,
            data=data,
            comparison=comparison,
            attribution=question.attribution or profile.attribution,
            targets=targets,
        ),
        place=Place(
            metric=metric,
            period=comparison.calendar.parse(question.period),
            part=question.part,
            dimension=question.by,
            member=question.member,
        ),
        currency=profile.currency,
    )


def _sealed(
    session: Session, lake: Lake, edition_id: UUID
) -> tuple[UUID | None, Mapping[str, Snapshot], Reopened | None]:
    """The KPI set of an edition's scorecard, the snapshots that it was sealed with, and its definitions and targets."""
    edition = session.scalar(select(Edition).where(Edition.id == edition_id))
    if edition is None:
        raise NoCell(f"There is no edition {edition_id}; take one from the page of scorecards.")
    sealed = {str(name): UUID(str(snapshot)) for name, snapshot in edition.snapshots.items()}
    snapshots = lake.pinned(session, list(sealed.values()))
    if gone := sorted(set(sealed) - set(snapshots)):
        raise NoExplanation(
            f"The data of this edition isn't kept any more ({', '.join(gone)}); leave it out."
        )
    scorecard = session.get(Scorecard, (edition.tenant_id, edition.scorecard_id))
    try:
        as_sealed = reopened(edition, snapshots)
    except SealError as error:
        raise NoExplanation(str(error)) from error
    return (None if scorecard is None else scorecard.kpi_set_id), snapshots, as_sealed
