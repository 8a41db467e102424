"""Bridges of a tenant: from a question to exact terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from uuid import UUID

from sqlalchemy.orm import Session

from tallymark.bridge import earlier as past
from tallymark.bridge.asking import Question, check_member, periods_of
from tallymark.bridge.ends import Engine, agree, exact, is_exact
from tallymark.bridge.errors import NoBridge
from tallymark.bridge.forms import Form, Sum, form_of
from tallymark.bridge.money import counted, money_moves, money_terms
from tallymark.bridge.rates import rate_terms, read_rates
from tallymark.bridge.reading import Slice, reading
from tallymark.bridge.restating import restated
from tallymark.bridge.segments import segments_of
from tallymark.bridge.terms import Bridge, Restated, Term
from tallymark.engine.ask import comparison_with, tenant_data
from tallymark.engine.session import TenantData
from tallymark.lake import Lake
from tallymark.plugins.own import registry_of
from tallymark.plugins.registry import Registry
from tallymark_sdk.attribution import AS_WAS
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.dimensions import follows_owner
from tallymark_sdk.said import Said
from tallymark_tenants.profile import TenantProfile

ZERO = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class Basis:
    """Everything that a bridge is made from.

    Attributes:
        as_shown: the member as the figures on pages and scorecards count it.
        as_run: the same with the organisation of then, where that makes a difference.
        then: the data as it was; None where it isn't known.
        why_now: why it isn't.
    """

    key: str
    form: Form
    engine: Engine
    currency: str
    periods: tuple[Period, Period]
    as_shown: Slice
    as_run: Slice
    mix: str
    now: TenantData
    then: TenantData | None = None
    why_now: Said = Said()  # noqa: RUF009


def bridge(session: Session, lake: Lake, profile: TenantProfile, question: Question) -> Bridge:
    """Split the change of a metric between two periods, by the data as it is and as it was known earlier.

    Raises:
        NoBridge: it can't be split, or there is no value at one end; the sentence says why.
        UnknownMetric, CalendarError: with what to write instead.
    """
    registry = registry_of(session, question.kpi_set_id)
    snapshots = lake.pinned(session)
    now = tenant_data(lake, profile, snapshots.values())
    comparison = comparison_with(profile, now, snapshots.values(), as_of=question.as_of)
    basis = basis_of(question, registry=registry, profile=profile, comparison=comparison, now=now)
    known, why = _earlier(session, lake, profile, question, basis.periods[0])
    if known is not None:
        then = tenant_data(lake, profile, known.snapshots.values())
        if known.gone or registry.missing_of(question.metric, then.is_connected):
            known, why = None, Said(past.NONE_KEPT)
        else:
            basis = replace(basis, then=then)
    return replace(
        made(replace(basis, why_now=why)),
        known_at=known.known_at if known else None,
        edition_id=known.edition_id if known else None,
    )


def basis_of(
    question: Question, *, registry: Registry, profile: TenantProfile, comparison: Comparison, now: TenantData
) -> Basis:
    """The basis of a bridge between two periods of the same data; raises as `bridge` does."""
    metric = registry[question.metric]
    check_member(question, metric)
    form = form_of(metric.key, question.by, registry)
    shown = Slice(
        dimension=question.by, member=question.member, attribution=question.attribution or profile.attribution
    )
    return Basis(
        key=metric.key,
        form=form,
        engine=Engine(registry=registry, comparison=comparison, as_of=comparison.as_of),
        currency=profile.currency,
        periods=periods_of(question, comparison),
        as_shown=shown,
        as_run=replace(shown, attribution=AS_WAS) if follows_owner(question.by) else shown,
        mix=segments_of(metric, form, question.by, question.mix),
        now=now,
        why_now=Said("both periods are taken as they are known now"),
    )


def made(basis: Basis) -> Bridge:
    """The bridge of a basis, without a database."""
    earlier, later = basis.periods
    shown, run = basis.as_shown, basis.as_run
    shown_now = _values(basis, [earlier, later], shown, basis.now)
    run_now = shown_now if run == shown else _values(basis, [earlier, later], run, basis.now)
    shown_then, run_then = shown_now[0], run_now[0]
    if basis.then is not None:
        [shown_then] = _values(basis, [earlier], shown, basis.then)
        [run_then] = [shown_then] if run == shown else _values(basis, [earlier], run, basis.then)
    moved = (shown_now[1] - run_now[1]) - (shown_then - run_then)
    first = (
        Term(key="restatement", value=run_now[0] - run_then, note=basis.why_now),
        Term(key="organisation", value=moved, note=_why_not_moved(shown)),
    )
    split = _split(basis)
    if sum((term.value for term in split.terms), ZERO) != run_now[1] - run_now[0]:
        raise _not_adding_up(basis.key)
    causes = _causes(basis)
    if causes and sum((each.value for each in causes), ZERO) != first[0].value:
        raise _not_adding_up(basis.key)
    return replace(
        split,
        unit=basis.engine.registry[basis.key].unit,
        start=shown_then,
        end=shown_now[1],
        terms=(*first, *split.terms),
        restated=causes,
    )


def _split(basis: Basis) -> Bridge:
    """The terms of the change by the data and the organisation that hold for both periods."""
    form, asked = basis.form, basis.as_run
    empty = Bridge(
        metric=basis.key,
        unit="ratio",
        earlier=basis.periods[0],
        later=basis.periods[1],
        dimension=asked.dimension,
        member=asked.member,
        mix=basis.mix,
        start=ZERO,
        end=ZERO,
        terms=(),
    )
    with reading(basis.now, basis.periods, asked, basis.currency) as reader:
        if isinstance(form, Sum):
            found = money_moves(form.leaves, reader, asked, basis.mix, basis.periods[0])
            return replace(
                empty,
                unit="money",
                terms=tuple(money_terms(found, form.leaves, basis.mix, basis.currency)),
                counted=counted(form.leaves),
                moves=tuple(move for _, move in sorted(found.moves.items())),
                notes=tuple(found.notes),
            )
        rates = read_rates(form, reader, asked, basis.mix)
    terms, moves = rate_terms(rates, basis.mix)
    return replace(empty, terms=tuple(terms), rate_moves=tuple(moves))


def _values(basis: Basis, periods: Sequence[Period], asked: Slice, data: TenantData) -> list[Fraction]:
    """The metric's exact values: as the engine computes them for every page, with the digits that a quotient drops.

    Raises:
        NoBridge: there is none, or its rows say another one.
    """
    is_sum = isinstance(basis.form, Sum)
    figures = basis.engine.values(basis.key, periods, asked, data, empty_is_zero=is_sum)
    if is_exact(basis.form):
        return [Fraction(figure) for figure in figures]
    with reading(data, periods, asked, basis.currency) as reader:
        found = exact(basis.form, reader, asked)
    values = []
    for figure, value in zip(figures, found, strict=False):
        if value is None or not agree(figure, value):
            raise _not_adding_up(basis.key)
        values.append(value)
    return values


def _not_adding_up(key: str) -> NoBridge:
    return NoBridge(f"The rows of {key} don't add up to its figures; report this with the KPI's key.")


def _causes(basis: Basis) -> tuple[Restated, ...]:
    if basis.then is None or not isinstance(basis.form, Sum):
        return ()
    earlier, asked = basis.periods[:1], basis.as_run
    with (
        reading(basis.then, earlier, asked, basis.currency) as then,
        reading(basis.now, earlier, asked, basis.currency) as now,
    ):
        return tuple(restated(basis.form.leaves, then, now, asked))


def _earlier(
    session: Session, lake: Lake, profile: TenantProfile, question: Question, period: Period
) -> tuple[past.Earlier | None, Said]:
    """The data as it was, or why only that of now is compared."""
    match question.against:
        case "none":
            return None, Said("both periods are taken as they are known now")
        case "newest":
            found = past.newest_edition(session, lake, period)
        case UUID() as edition_id:
            found = past.as_sealed(session, lake, edition_id)
        case day:
            found = past.as_of_day(session, lake, profile, day)
    return found, Said() if found else Said(past.NONE_KEPT)


def _why_not_moved(shown: Slice) -> Said:
    if not shown.dimension:
        return Said("a total doesn't depend on who owns its rows")
    if not follows_owner(shown.dimension):
        return Said("this breakdown doesn't depend on who owns its rows")
    if shown.attribution == AS_WAS:
        return Said("rows count for who owned them then")
    return Said()
