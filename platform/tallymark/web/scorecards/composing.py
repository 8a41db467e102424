"""Routes of a scorecard's composition: which sections it has, in which order, on which paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tallymark.plugins.own import registry_of
from tallymark.plugins.registry import Registry
from tallymark.plugins.wording import Wording
from tallymark.scorecards.compose.words import MEMBERS, worded
from tallymark.scorecards.composition import (
    ORIENTATIONS,
    PAPERS,
    REPEATABLE,
    Composition,
    CompositionError,
    SectionChoice,
)
from tallymark.web.access import here, permits
from tallymark.web.localisation import formatter, say, texts
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import scope
from tallymark.web.scorecards.composition_form import BREAKDOWNS, read, section_names
from tallymark_tenants.accounts import Permission
from tallymark_tenants.models import Scorecard

composing = Blueprint("composing", __name__)


@composing.get("/<uuid:scorecard_id>/composition")
@permits(Permission.ANALYSE)
def edit(scorecard_id: UUID) -> ResponseReturnValue:
    """The sections in their order, each with its options."""
    scorecard = _scorecard(scorecard_id)
    return _page(scorecard, Composition.read(scorecard.layout))


@composing.post("/<uuid:scorecard_id>/composition")
@permits(Permission.ANALYSE)
def save(scorecard_id: UUID) -> ResponseReturnValue:
    """Keep what the form says, having moved, added or removed a section where such a button was pressed."""
    scorecard = _scorecard(scorecard_id)
    if request.form.get("do") == "reset":
        scorecard.layout = {}
        flash(_("The scorecard has its usual sections again."), "good")
        return redirect(url_for("scorecards.composing.edit", scorecard_id=scorecard_id))
    try:
        composition = changed(read(request.form), request.form.get("do", ""), request.form)
        scorecard.layout = Composition.read(composition.stored()).stored()
    except CompositionError as error:
        flash(say(error), "bad")
        return _page(scorecard, Composition.read(scorecard.layout)), 422
    if not request.form.get("do"):
        flash(_("The composition is kept. The next edition has these sections."), "good")
    return redirect(url_for("scorecards.composing.edit", scorecard_id=scorecard_id))


def changed(composition: Composition, do: str, form: Mapping[str, str]) -> Composition:
    """The composition after a button: `up:2`, `down:2`, `remove:2` or `add`; as it is for any other."""
    what, _colon, where = do.partition(":")
    places = range(len(composition.sections))
    place = int(where) if where.isdecimal() else -1
    if what in ("up", "down") and place in places:
        return composition.moved(place, -1 if what == "up" else 1)
    if what == "remove" and place in places and composition.sections[place].kind in REPEATABLE:
        kept = [choice for index, choice in enumerate(composition.sections) if index != place]
        return replace(composition, sections=tuple(kept))
    if what == "add" and form.get("add") in REPEATABLE:
        added = SectionChoice(kind=form["add"])
        last = composition.sections[-1:]
        if last and last[0].kind == "appendix":  # what is added stands before the appendix
            return replace(composition, sections=(*composition.sections[:-1], added, *last))
        return replace(composition, sections=(*composition.sections, added))
    return composition


def _scorecard(scorecard_id: UUID) -> Scorecard:
    found = scope().tenant().get(Scorecard, (here().profile.id, scorecard_id))
    return found or abort(404)


def _page(scorecard: Scorecard, composition: Composition) -> str:
    known = registry_of(scope().tenant(), scorecard.kpi_set_id)
    wording = Wording(known, formatter().locale)
    return render_template(
        "scorecards/composition.html",
        scorecard=scorecard,
        composition=composition,
        names=section_names(),
        metrics=sorted(((key, wording.name(key)) for key in known.metrics), key=lambda pair: pair[1]),
        breakdowns=[(name, worded(MEMBERS, name, texts())) for name in BREAKDOWNS],
        charts=_charts(known, wording),
        repeatable=REPEATABLE,
        papers={"a4": "A4", "letter": _("US Letter")} if set(PAPERS) == {"a4", "letter"} else {},
        orientations={name: _orientation(name) for name in ORIENTATIONS},
    )


def _orientation(name: str) -> str:
    return _("Portrait") if name == "portrait" else _("Landscape")


def _charts(known: Registry, wording: Wording) -> list[tuple[str, str]]:
    return sorted(((key, wording.chart(key)) for key in known.charts), key=lambda pair: pair[1])
