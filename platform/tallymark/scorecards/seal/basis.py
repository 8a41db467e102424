"""Everything that an edition's figures stand on as plain data, and the same again as what a scorecard is made from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_type_hints
from uuid import UUID

from tallymark.engine import TenantData
from tallymark.engine.ask import tenant_data
from tallymark.i18n.catalogue import LOCALE_DIR
from tallymark.lake import Lake, Snapshot
from tallymark.plugins.own import with_own
from tallymark.plugins.registry import Registry, registry
from tallymark.plugins.wording import Wording
from tallymark.scorecards.compose import Heading, Timeline
from tallymark.scorecards.gather import Basis
from tallymark.scorecards.seal import definitions, figures
from tallymark.scorecards.seal.calendars import calendar_sealed, comparison_read
from tallymark.scorecards.seal.errors import SealError
from tallymark.scorecards.seal.plain import plain, read
from tallymark_sdk.texts import language_of
from tallymark_tenants.branding import Branding
from tallymark_tenants.profile import TenantProfile

SCHEMA = 1
_APART = ("timeline", "comparison", "snapshots")
"""The fields of a basis that are written in a way of their own."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """How a document was asked for beside its basis."""

    title: str
    locale: str
    heading: Heading | None = None
    branding: Branding | None = None
    """The look that was put on it; None for none."""


def known_to(basis: Basis) -> Registry:
    """The metrics as the basis has them: with its KPIs' parameters, and the tenant's own."""
    return with_own(registry().with_parameters(basis.parameters), basis.own_kpis)


def read_only(lake: Lake, basis: Basis) -> TenantData:
    """The basis' snapshots to compute from, without anything that was prepared or kept before."""
    return replace(tenant_data(lake, basis.profile, basis.snapshots.values()), facts=None, keep_values=False)


def basis_of(basis: Basis, lake: Lake, made: Made) -> dict[str, Any]:
    """All that a scorecard stands on, and its figures.

    Raises:
        SealError: a metric uses what can't be written down.
    """
    known = known_to(basis)
    data = tenant_data(lake, basis.profile, basis.snapshots.values())
    shown = figures.figures_of(basis, known, data)
    keys = sorted(figures.metrics_of(shown) | {kpi.metric for kpi in basis.kpis})
    current = basis.timeline.current
    hints = get_type_hints(Basis)
    return {
        "schema": SCHEMA,
        "product": version("tallymark"),
        "made": plain(Made, made),
        "period": {
            "grain": current.grain,
            "start": current.start.isoformat(),
            "end": current.end.isoformat(),
        },
        "calendar": calendar_sealed(basis.comparison, basis.timeline),
        "values": {
            each.name: plain(hints[each.name], getattr(basis, each.name))
            for each in fields(Basis)
            if each.name not in _APART
        },
        "snapshots": {
            name: _snapshot(snapshot, lake.root) for name, snapshot in sorted(basis.snapshots.items())
        },
        "definitions": definitions.written(known, keys),
        "texts": _texts(known, keys, made.locale),
        "figures": figures.written(shown),
    }


def texts_now(known: Registry, sealed: Mapping[str, Any]) -> dict[str, Any]:
    """The texts that stand today where the sealed ones stood."""
    return _texts(known, sealed["texts"]["metrics"], made_of(sealed).locale)


def made_of(sealed: Mapping[str, Any]) -> Made:
    """How a sealed document was asked for."""
    found: Made = read(Made, sealed["made"])
    return found


def basis_read(sealed: Mapping[str, Any], snapshots: Mapping[str, Snapshot]) -> Basis:
    """What a scorecard is made from, as it was sealed.

    Args:
        snapshots: those that are still kept, by dataset.

    Raises:
        SealError: it was written by a newer version, or isn't whole.
    """
    if sealed.get("schema") != SCHEMA:
        raise SealError(
            f"This edition was sealed by another version of Tallymark (schema {sealed.get('schema')!r})."
        )
    hints = get_type_hints(Basis)
    known = {each.name for each in fields(Basis)} - set(_APART)
    values = {name: read(hints[name], data) for name, data in sealed["values"].items() if name in known}
    profile: TenantProfile = values["profile"]
    comparison = comparison_read(sealed["calendar"], profile)
    period = comparison.calendar.period(
        sealed["period"]["grain"], date.fromisoformat(sealed["period"]["start"])
    )
    return Basis(
        **values,
        comparison=comparison,
        timeline=Timeline.ending(period, comparison.calendar, comparison=comparison),
        snapshots=snapshots,
    )


def snapshot_ids(sealed: Mapping[str, Any]) -> dict[str, UUID]:
    """Dataset → the snapshot it was sealed with."""
    return {name: UUID(each["id"]) for name, each in sealed["snapshots"].items()}


def changed_files(sealed: Mapping[str, Any], snapshots: Mapping[str, Snapshot], root: Path) -> list[str]:
    """The datasets whose files hold other bytes than were sealed."""
    return [
        name
        for name, snapshot in snapshots.items()
        if _snapshot(snapshot, root)["files"] != sealed["snapshots"][name]["files"]
    ]


def _snapshot(snapshot: Snapshot, root: Path) -> dict[str, Any]:
    return {
        "id": str(snapshot.id),
        "rows": snapshot.row_count,
        "schema": snapshot.schema_version,
        "loaded": snapshot.created_at.isoformat(),
        "files": [[file.relative_to(root).as_posix(), _content(file)] for file in snapshot.files],
    }


def _content(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _texts(known: Registry, keys: Any, locale: str) -> dict[str, Any]:
    wording = Wording(known, locale)
    return {
        "catalogue": _catalogue(locale),
        "metrics": {
            key: {"name": wording.name(key), "formula": wording.formula(key)}
            for key in sorted(keys)
            if key in known.metrics
        },
    }


@lru_cache(maxsize=16)
def _catalogue(locale: str) -> str:
    """The digest of the product's own texts in a language; English ones are the product's version itself."""
    file = LOCALE_DIR / language_of(locale) / "LC_MESSAGES" / "messages.po"
    return _content(file) if file.exists() else ""
