"""The first half of verifying: whether what is stored of an edition is what was sealed. Nothing is computed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

from tallymark.i18n import mark
from tallymark.scorecards.seal.basis import snapshot_ids
from tallymark.scorecards.seal.sealing import standing
from tallymark_sdk.said import Said
from tallymark_tenants.models import Edition

FOREIGN = Said(
    mark(
        "The seal's hash holds, but it was signed with another key: either this installation's secret was replaced "
        "since, or the edition was sealed elsewhere."
    )
)
UNSIGNED = Said(mark("The seal has no signature, so it shows damage but not forgery."))


def broken(edition: Edition, secret: str) -> list[Said]:
    """What isn't as it was sealed, each a sentence; empty where all is."""
    if edition.seal is None or edition.basis is None:
        return []
    found = []
    if standing(edition.seal, edition.basis, edition.document, secret) == "broken":
        found.append(
            Said(
                mark("The seal doesn't fit: the stored scorecard, its basis or the seal itself was changed.")
            )
        )
    try:
        differing = list(_differing(edition))
    except (KeyError, TypeError, AttributeError):
        if not found:
            raise
        differing = []  # the basis isn't whole: that it was changed is said already
    said = mark("The edition's %(field)s isn't the one that was sealed.")
    return [*found, *(Said(said, field=name) for name in differing)]


def _differing(edition: Edition) -> Iterator[str]:
    """The columns beside the sealed content that say something else than it does."""
    sealed = edition.basis or {}
    period = sealed["period"]
    pairs = {
        mark("tenant"): (str(edition.tenant_id), sealed["tenant"]),
        mark("scorecard"): (str(edition.scorecard_id), sealed["scorecard"]),
        mark("period"): (
            [edition.grain, edition.period_start.isoformat(), edition.period_end.isoformat()],
            [period["grain"], period["start"], period["end"]],
        ),
        mark("language"): (edition.locale, sealed["made"]["locale"]),
        mark("list of snapshots"): (
            {name: str(each) for name, each in edition.snapshots.items()},
            {name: str(each) for name, each in snapshot_ids(sealed).items()},
        ),
        mark("scope"): (
            [edition.scope.get("dimension", ""), edition.scope.get("member", "")],
            [sealed["values"]["scope"][name] for name in ("dimension", "member")],
        ),
    }
    if "sealed_at" in sealed:  # since when "when sent" can be relied on
        pairs[mark("time")] = (edition.created_at.astimezone(UTC).isoformat(), sealed["sealed_at"])
    if sealed["pdf"] is not None:
        pairs[mark("hash of the PDF")] = (edition.sha256 or "", sealed["pdf"])
    return (name for name, (stored, meant) in pairs.items() if stored != meant)


def pdf_problem(edition: Edition, folder: Path) -> tuple[Said | None, bool]:
    """What is wrong with the PDF on the disk, and whether that is a change rather than a loss."""
    if edition.pdf_path is None or not edition.basis or edition.basis.get("pdf") is None:
        return None, False
    path = (folder / edition.pdf_path).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        return Said(mark("The PDF isn't on this machine's disk any more; restore it from a backup.")), False
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != edition.basis["pdf"]:
            return Said(mark("The PDF on the disk isn't the one that was sealed.")), True
    return None, False
