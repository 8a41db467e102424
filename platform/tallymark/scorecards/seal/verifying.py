"""Verifying an edition: is it stored as it was sealed, and does the sealed data still give its figures.

Reads the database and the lake, and writes to neither. Figures are computed from the sealed snapshots alone, past
everything that was prepared or kept; by the sealed settings, targets, KPI set and calendar; and by the sealed definitions
where today's are others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from tallymark.branding.dressing import dressed
from tallymark.engine.session import EngineError
from tallymark.i18n import mark
from tallymark.lake import Lake, LakeError, Snapshot
from tallymark.plugins.registry import Registry
from tallymark.scorecards.codec import BadDocument, from_json, to_json
from tallymark.scorecards.document import Restatements
from tallymark.scorecards.gather import Basis
from tallymark.scorecards.produce import produce
from tallymark.scorecards.seal import figures
from tallymark.scorecards.seal.basis import (
    basis_read,
    changed_files,
    known_to,
    made_of,
    read_only,
    snapshot_ids,
    texts_now,
)
from tallymark.scorecards.seal.canonical import canonical
from tallymark.scorecards.seal.definitions import Definitions
from tallymark.scorecards.seal.errors import SealError
from tallymark.scorecards.seal.findings import Change, Difference, Verdict, Verification
from tallymark.scorecards.seal.sealing import standing
from tallymark.scorecards.seal.stored import FOREIGN, UNSIGNED, broken, pdf_problem
from tallymark_sdk.said import Said
from tallymark_tenants.models import Edition

_ABSENT = "(absent)"


def verify(session: Session, lake: Lake, edition: Edition, *, editions: Path, secret: str) -> Verification:
    """Verify an edition.

    Args:
        editions: the folder that PDFs lie in.
        secret: the installation's, which seals are signed with.
    """
    found = Verification(
        edition_id=edition.id,
        sealed_at=edition.created_at,
        seal=edition.seal or "",
        verdict=Verdict.UNSEALED,
    )
    if edition.seal is None or edition.basis is None:
        return replace(
            found, problems=(Said(mark("This edition was made before editions were sealed; make it again.")),)
        )
    told = _Told()
    told.tampered += broken(edition, secret)
    problem, is_change = pdf_problem(edition, editions)
    if problem is not None:
        (told.tampered if is_change else told.missing).append(problem)
    match standing(edition.seal, edition.basis, edition.document, secret):
        case "foreign":
            told.notes.append(FOREIGN)
        case "unsigned":
            told.notes.append(UNSIGNED)
    try:
        again = _computed(session, lake, edition, told)
    except (SealError, EngineError, LakeError, BadDocument) as error:
        told.missing.append(Said(str(error)))
        again = _Again()
    except (KeyError, TypeError, ValueError, AttributeError):
        if not told.tampered:
            raise
        told.missing.append(Said(mark("The basis can't be read, so nothing was computed again.")))
        again = _Again()
    return replace(
        found,
        verdict=_verdict(told, again),
        problems=(*told.tampered, *told.missing),
        notes=tuple(told.notes),
        figures=again.figures,
        equal=again.equal,
        by_sealed_definition=again.by_sealed_definition,
        not_computed=again.not_computed,
        differences=again.differences,
        composed_alike=again.composed_alike,
        changes=again.changes,
    )


@dataclass
class _Told:
    """What was found out, in sentences."""

    tampered: list[Said] = field(default_factory=list)
    missing: list[Said] = field(default_factory=list)
    notes: list[Said] = field(default_factory=list)
    excused: bool = False
    """Whether the document may read otherwise now without anything being wrong."""


@dataclass(frozen=True, kw_only=True)
class _Again:
    figures: int = 0
    equal: int = 0
    by_sealed_definition: int = 0
    not_computed: int = 0
    differences: tuple[Difference, ...] = ()
    composed_alike: bool | None = None
    changes: tuple[Change, ...] = ()
    excused: bool = False


def _verdict(told: _Told, again: _Again) -> Verdict:
    if told.tampered:
        return Verdict.TAMPERED
    if again.differences or (again.changes and not again.excused):
        return Verdict.DIFFERS
    return Verdict.PARTLY if told.missing or again.not_computed else Verdict.VERIFIED


def _computed(session: Session, lake: Lake, edition: Edition, told: _Told) -> _Again:
    sealed: Mapping[str, Any] = edition.basis or {}
    snapshots = _snapshots(session, lake, sealed, told)
    basis = basis_read(sealed, snapshots)
    known, refused, changed = _definitions(sealed, basis, told)
    data = read_only(lake, basis)
    then = figures.read(sealed["figures"])
    if len(snapshots) < len(sealed["snapshots"]):
        return _Again(figures=len(then), not_computed=len(then))
    now = figures.figures_of(basis, known, data)
    differing = tuple(
        Difference(address=address, was=value, now=now.get(address, _ABSENT))
        for address, value in sorted(then.items())
        if address.metric not in refused and now.get(address, _ABSENT) != value
    )
    not_computed = sum(address.metric in refused for address in then)
    equal = len(then) - not_computed - len(differing)
    changes: tuple[Change, ...] = ()
    if not refused:
        changes = _composed(basis, lake, edition, known, data)
        _excuse(sealed, known, told)
    return _Again(
        figures=len(then),
        equal=equal,
        by_sealed_definition=sum(
            address.metric in changed and now.get(address, _ABSENT) == value
            for address, value in then.items()
        ),
        not_computed=not_computed,
        differences=differing,
        composed_alike=None if refused else not changes,
        changes=changes,
        excused=told.excused and not any(place.place.endswith(".exact") for place in changes),
    )


def _snapshots(
    session: Session, lake: Lake, sealed: Mapping[str, Any], told: _Told
) -> Mapping[str, Snapshot]:
    wanted = snapshot_ids(sealed)
    found = {
        name: snapshot
        for name, snapshot in lake.pinned(session, list(wanted.values())).items()
        if snapshot.id == wanted.get(name)
    }
    told.missing += [
        Said(mark("The snapshot of %(dataset)s that it was made from isn't kept any more."), dataset=name)
        for name in sorted(set(wanted) - set(found))
    ]
    there = {
        name: snapshot for name, snapshot in found.items() if all(file.exists() for file in snapshot.files)
    }
    told.missing += [
        Said(mark("A file of the snapshot of %(dataset)s is missing; restore the data folder."), dataset=name)
        for name in sorted(set(found) - set(there))
    ]
    changed = changed_files(sealed, there, lake.root)
    told.tampered += [
        Said(mark("The snapshot of %(dataset)s holds other bytes than were sealed."), dataset=name)
        for name in changed
    ]
    return {name: snapshot for name, snapshot in there.items() if name not in changed}


def _definitions(
    sealed: Mapping[str, Any], basis: Basis, told: _Told
) -> tuple[Registry, Mapping[str, str], frozenset[str]]:
    """The metrics as they were sealed, those that can't be read any more, and those that are defined otherwise now."""
    then, now = Definitions(sealed["definitions"]), known_to(basis)
    changed = then.differing(now)
    known, refused = then.registry(now, changed, then.otherwise(now))
    for key in sorted(changed | set(refused)):
        if key in refused:
            told.missing.append(
                Said(mark("%(metric)s can't be computed again: %(reason)s."), metric=key, reason=refused[key])
            )
        elif key not in now.metrics:
            told.notes.append(
                Said(
                    mark(
                        "%(metric)s isn't installed any more; its figures were computed by the sealed definition, "
                        "version %(then)s."
                    ),
                    metric=key,
                    then=then.versions(key),
                )
            )
        else:
            told.notes.append(
                Said(
                    mark(
                        "%(metric)s is version %(now)s now and was sealed with version %(then)s; its figures were "
                        "computed by the sealed definition."
                    ),
                    metric=key,
                    now=f"{now[key].version} ({now.pack_of(key).distribution} {now.pack_of(key).version})",
                    then=then.versions(key),
                )
            )
    return known, refused, changed


def _composed(basis: Basis, lake: Lake, edition: Edition, known: Registry, data: Any) -> tuple[Change, ...]:
    """Where the document that is composed now differs from the sealed one. What was restated is taken as it was said."""
    made = made_of(edition.basis or {})
    sections = from_json(edition.document).sections
    said = next((section for section in sections if isinstance(section, Restatements)), None)
    document = produce(
        basis, lake, title=made.title, locale=made.locale, heading=made.heading, restatements=said, known=known,
        data=data,
    )  # fmt: skip
    now = to_json(document if made.branding is None else dressed(document, made.branding))
    return () if canonical(now) == canonical(edition.document) else tuple(_changes(edition.document, now, ""))


def _excuse(sealed: Mapping[str, Any], known: Registry, told: _Told) -> None:
    """Note what makes the document read otherwise although its figures are the same."""
    if sealed["product"] != version("tallymark"):
        told.excused = True
        told.notes.append(
            Said(
                mark(
                    "It was composed by Tallymark %(then)s and this is %(now)s: words and layout may differ, figures "
                    "may not."
                ),
                then=sealed["product"],
                now=version("tallymark"),
            )
        )
    now = texts_now(known, sealed)
    then = sealed["texts"]
    if now["catalogue"] != then["catalogue"] or any(
        now["metrics"].get(key, texts) != texts for key, texts in then["metrics"].items()
    ):
        told.excused = True
        told.notes.append(Said(mark("Texts have changed since: words may differ, figures may not.")))


def _changes(was: Any, now: Any, place: str) -> Iterator[Change]:
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for name in sorted({*was, *now}):
            yield from _changes(was.get(name, _ABSENT), now.get(name, _ABSENT), f"{place}.{name}".lstrip("."))
    elif isinstance(was, list) and isinstance(now, list):
        for number in range(max(len(was), len(now))):
            sides = [side[number] if number < len(side) else _ABSENT for side in (was, now)]
            yield from _changes(sides[0], sides[1], f"{place}[{number}]")
    elif canonical(was) != canonical(now):
        yield Change(place=place, was=was, now=now)
