"""An edition's metrics and targets as they were sealed, for explaining its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tallymark.engine.targets import SetTargets
from tallymark.lake import Snapshot
from tallymark.plugins.registry import Registry
from tallymark.scorecards.seal.basis import basis_read, known_to
from tallymark.scorecards.seal.definitions import Definitions
from tallymark_tenants.models import Edition


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """The metrics by their sealed definitions (with parameters and own KPIs), and the targets."""

    registry: Registry
    targets: SetTargets


def reopened(edition: Edition, snapshots: Mapping[str, Snapshot]) -> Reopened | None:
    """What an edition was computed by; None for one from before there were seals.

    A metric that can't be read back isn't there; nor is one that the edition has no figure of, if it isn't installed.

    Raises:
        SealError: it was sealed by a newer version, or its basis isn't whole.
    """
    sealed = edition.basis
    if sealed is None:
        return None
    basis = basis_read(sealed, snapshots)
    definitions = Definitions(sealed["definitions"])
    today = known_to(basis)
    registry, _ = definitions.registry(today, definitions.differing(today))
    return Reopened(registry=registry, targets=basis.targets)
