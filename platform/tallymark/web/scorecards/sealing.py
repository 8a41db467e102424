"""Routes of an edition's seal: what it was sealed with, and verifying it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from tallymark.calendars import calendar_of
from tallymark.i18n import mark
from tallymark.lake import Lake
from tallymark.scorecards.seal import listing
from tallymark.scorecards.seal.findings import Verdict, Verification
from tallymark.scorecards.seal.verifying import verify
from tallymark.web.access import here, permits
from tallymark.web.localisation import formatter
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import app_settings, scope
from tallymark_tenants.accounts import Permission
from tallymark_tenants.models import Edition, Scorecard

sealing = Blueprint("sealing", __name__)

SHOWN = 50
"""Differences that the page shows; the command prints all of them."""

_SAID = {
    Verdict.VERIFIED: (
        "good",
        mark("Verified: it is stored as it was sealed, and its data gives the same figures again."),
    ),
    Verdict.PARTLY: (
        "warn",
        mark("Verified in part: what could be checked holds, but something couldn't be computed again."),
    ),
    Verdict.UNSEALED: ("warn", mark("Not sealed: there is nothing to compare this edition with.")),
    Verdict.DIFFERS: (
        "bad",
        mark("It differs: the data it was sealed with gives something else than it says."),
    ),
    Verdict.TAMPERED: ("bad", mark("Changed after sealing: what is stored isn't what was sealed.")),
}


@sealing.get("/editions/<uuid:edition_id>/seal")
@permits(Permission.READ)
def show(edition_id: UUID) -> ResponseReturnValue:
    """What an edition was sealed with."""
    return _page(_edition(edition_id))


@sealing.post("/editions/<uuid:edition_id>/seal")
@permits(Permission.ANALYSE)
def check(edition_id: UUID) -> ResponseReturnValue:
    """Verify an edition; nothing is kept of the answer."""
    found, settings = _edition(edition_id), app_settings()
    result = verify(
        scope().tenant(),
        Lake.of(settings),
        found,
        editions=settings.editions_dir,
        secret=settings.secret_key,
    )
    return _page(found, result)


def _edition(edition_id: UUID) -> Edition:
    return listing.find_edition(scope().tenant(), edition_id) or abort(404)


def _page(edition: Edition, result: Verification | None = None) -> str:
    scorecard = scope().tenant().get_one(Scorecard, (edition.tenant_id, edition.scorecard_id))
    period = calendar_of(here().profile).period(edition.grain, edition.period_start)
    sealed: dict[str, Any] = edition.basis or {}
    return render_template(
        "scorecards/seal.html",
        edition=edition,
        scorecard=scorecard,
        period=formatter().period(period),
        seal=listing.short(edition.seal),
        contents=_contents(sealed) if sealed else [],
        result=result,
        outcome=None if result is None else (_SAID[result.verdict][0], _(_SAID[result.verdict][1])),
        shown=SHOWN,
    )


def _contents(sealed: dict[str, Any]) -> list[tuple[str, str]]:
    """What the seal is over, in words and numbers."""
    write = formatter()
    definitions = sealed["definitions"]["metrics"].values()
    packs = sorted(
        {f"{each['pack']['distribution']} {each['pack']['version']}".strip() for each in definitions}
    )
    targets = sealed["values"]["targets"]["targets"]
    snapshots = sealed["snapshots"]
    rows = sum(each["rows"] for each in snapshots.values())
    return [
        (
            _("Data"),
            _(
                "%(snapshots)s snapshots with %(rows)s rows",
                snapshots=write.number(len(snapshots)),
                rows=write.number(rows),
            ),
        ),
        (
            _("Definitions"),
            _(
                "%(metrics)s metrics of %(packs)s",
                metrics=write.number(len(definitions)),
                packs=write.listing([write.name(each) for each in packs]) if packs else "–",
            ),
        ),
        (_("Targets"), write.number(len(targets))),
        (
            _("Exchange rates"),
            _("as loaded") if "fx_rates" in snapshots else _("none: all amounts are in one currency"),
        ),
        (
            _("Calendar"),
            _("%(days)s holidays and own working days", days=write.number(len(sealed["calendar"]["days"]))),
        ),
        (_("Made by"), f"Tallymark {sealed['product']}"),
    ]
