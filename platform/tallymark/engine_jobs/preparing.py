"""Make a tenant's facts before anybody asks for figures."""

from __future__ import annotations

from tallymark.engine.evaluate import missing_of
from tallymark.engine.facts.prepare import Span
from tallymark.engine.facts.store import Facts
from tallymark.engine.question import everything
from tallymark.engine.session import TenantData
from tallymark.plugins.registry import Registry
from tallymark_sdk.attribution import Attribution

_ANY_DAY: tuple[Span, ...] = ((0, 1),)
"""Facts of flows and stocks hold all days, so that asking for any of them makes the whole."""


def prepare_tenant(
    registry: Registry, data: TenantData, attribution: Attribution, *, threads: int | None = None
) -> int:
    """Make the facts that any metric of the registry can stand on, where they are missing or stale; how many were made.

    Not those whose rows are placed by the periods asked for: they are made with the first question. `data` must name
    a folder for facts.
    """
    with Facts(data, threads=threads) as facts:
        groups = {
            group: wanted
            for group, wanted in everything(registry, attribution).items()
            if group.kind != "placed"
            and missing_of(next(iter(wanted.leaves)).formula, data.is_connected) is None
        }
        facts.ready(groups, dict.fromkeys(groups, _ANY_DAY))
        return facts.made
