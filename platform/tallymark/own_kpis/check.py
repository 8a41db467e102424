"""Checking the draft of an own KPI, and saying what it would be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from tallymark.plugins.own import overlaid
from tallymark.plugins.registry import Registry, registry
from tallymark.plugins.wording import Wording
from tallymark_sdk.metric import Unit
from tallymark_sdk.own import Laid, OwnKpi, WrongKpi, written
from tallymark_sdk.own.units import Quantity, likely, named
from tallymark_tenants.own_kpis import definitions, drafted

DRAFT_KEY: Final = "own.draft"
_FITS_ANY: Final[Unit] = "index"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a draft was found to be.

    Attributes:
        kpi: the draft; its unit is the formula's own where none was declared.
        problem: why it can't be used; None where it can. The rest is there as far as it could be found.
        quantity: what the formula gives.
        words: the formula in words, in the reader's language.
        text: the formula written plainly.
        inputs: (key, name in the reader's language) of each metric it refers to.
        by: the breakdowns it would offer.
        registry: the tenant's metrics with the draft among them.
    """

    kpi: OwnKpi
    registry: Registry
    problem: WrongKpi | None = None
    quantity: Quantity | None = None
    words: str = ""
    text: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    by: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the draft can be kept as it is."""
        return self.problem is None


def check(session: Session, kpi: OwnKpi, locale: str, *, unit: Unit | None) -> Checked:
    """Check a draft beside the tenant's other KPIs, without keeping it.

    Args:
        kpi: the draft, in place of the KPI of the same key.
        unit: what its author declares; None for what the formula gives.
    """
    known = registry()
    # The formula is explained also where the name, unit or breakdowns beside it are wrong.
    bare = replace(kpi, name=kpi.key, description="", unit=_FITS_ANY, better="neutral", breakdowns=())
    explained = drafted(session, bare, known.metrics)
    read = explained.read.get(kpi.key)
    if read is None:
        return Checked(kpi=kpi, registry=known, problem=explained.problem(kpi.key))
    kpi = replace(kpi, unit=unit or likely(read.quantity))
    laid = drafted(session, kpi, known.metrics)
    everything = overlaid(known, laid if kpi.key in laid.metrics else explained)
    wording = Wording(everything, locale)
    return Checked(
        kpi=kpi,
        registry=everything,
        problem=laid.problem(kpi.key) or _broken_by(session, laid, known),
        quantity=read.quantity,
        words=wording.formula(kpi.key),
        text=written(read.formula),
        inputs=tuple((key, wording.name(key)) for key in read.keys),
        by=read.by,
    )


def named_quantity(quantity: Quantity) -> str:
    """What the formula gives, for a sentence; English, a msgid."""
    return named(quantity)


def _broken_by(session: Session, laid: Laid, known: Registry) -> WrongKpi | None:
    """A KPI that works now and would not with the draft."""
    for kpi in definitions(session):
        problem = laid.problem(kpi.key)
        if problem is not None and drafted(session, kpi, known.metrics).problem(kpi.key) is None:
            return WrongKpi(
                "{key} uses this KPI and would no longer work: {reason}",
                field="expression",
                key=kpi.key,
                reason=str(problem),
            )
    return None
