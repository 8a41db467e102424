"""Sealing an edition as it is filed: what the job that makes editions calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from tallymark.lake import Lake
from tallymark.scorecards.compose import Heading
from tallymark.scorecards.gather import Basis
from tallymark.scorecards.seal.basis import Made, basis_of
from tallymark.scorecards.seal.restatement import Restated, stored
from tallymark.scorecards.seal.sealing import seal_of
from tallymark_tenants.branding import Branding
from tallymark_tenants.models import Edition


def seal_edition(
    edition: Edition,
    basis: Basis,
    lake: Lake,
    *,
    title: str,
    heading: Heading | None = None,
    branding: Branding | None = None,
    restated: Sequence[Restated] = (),
    secret: str,
) -> None:
    """Fill in the basis and the seal of an edition that is complete otherwise, and not yet filed.

    Args:
        title, heading: what `produce` was given.
        branding: what the document was dressed in.
        restated: what its section of restatements says.
        secret: the installation's.

    Raises:
        SealError: a metric uses what can't be written down.
    """
    edition.created_at = edition.created_at or datetime.now(UTC)
    made = Made(title=title, locale=edition.locale, heading=heading, branding=branding)
    edition.basis = basis_of(basis, lake, made) | {
        "tenant": str(basis.profile.id),
        "scorecard": str(edition.scorecard_id),
        "restated": stored(restated),
        "pdf": edition.sha256,
        "sealed_at": edition.created_at.astimezone(UTC).isoformat(),
    }
    edition.seal = seal_of(edition.basis, edition.document, secret)
