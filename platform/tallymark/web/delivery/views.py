"""Routes of schedules."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from tallymark.delivery import service
from tallymark.delivery.occasions import upcoming
from tallymark.delivery.stored import channels
from tallymark.jobs.schedules.rule import RuleError
from tallymark.web.access import here, permits, user
from tallymark.web.delivery.finding import lake, schedule_of
from tallymark.web.delivery.forms import (
    RecipientForm,
    ScheduleForm,
    kind_names,
    recipient_form,
    schedule_form,
)
from tallymark.web.delivery.shown import (
    history_of,
    line_of,
    message_lines,
    recipient_lines,
    schedule_lines,
    scope_names,
)
from tallymark.web.localisation import gettext as _
from tallymark.web.localisation import say
from tallymark.web.scope import app_settings, scope
from tallymark_tenants.accounts import Permission, list_members
from tallymark_tenants.models import Delivery, Schedule, Scorecard

delivery = Blueprint("delivery", __name__, template_folder="templates")
COMING = 3


@delivery.get("/")
@permits(Permission.ANALYSE)
def index() -> ResponseReturnValue:
    """All schedules, and what waits for a decision."""
    session = scope().tenant()
    held = session.scalars(
        select(Delivery).where(Delivery.state == "held").order_by(Delivery.created_at.desc()).limit(50)
    ).all()
    names = scope_names(session, lake(), here().profile) if held else {}
    return render_template(
        "delivery/index.html",
        lines=schedule_lines(session, service.schedules(session), _cards()),
        held=message_lines(here().profile, held, names),
        channels=channels(session),
        kinds=kind_names(),
        mail=app_settings().mail,
        has_scorecards=bool(_cards()),
    )


@delivery.get("/new")
@permits(Permission.ANALYSE)
def new() -> ResponseReturnValue:
    """The form of a new schedule."""
    return render_template("delivery/edit.html", form=schedule_form(_cards().items(), None), schedule=None)


@delivery.post("/new")
@permits(Permission.ANALYSE)
def create() -> ResponseReturnValue:
    """Make a draft."""
    form = schedule_form(_cards().items(), None)
    made = _kept(form, None)
    if made is None:
        return render_template("delivery/edit.html", form=form, schedule=None), 422
    flash(_("The schedule is a draft. Add who gets it, look at the preview, then start sending."), "good")
    return redirect(url_for("delivery.show", schedule_id=made.id))


@delivery.get("/<uuid:schedule_id>")
@permits(Permission.ANALYSE)
def show(schedule_id: UUID) -> ResponseReturnValue:
    """One schedule: its recipients, and what became of its messages."""
    schedule = schedule_of(schedule_id)
    return show_page(schedule, form_for_recipient())


@delivery.get("/<uuid:schedule_id>/edit")
@permits(Permission.ANALYSE)
def edit(schedule_id: UUID) -> ResponseReturnValue:
    """The form of a schedule."""
    schedule = schedule_of(schedule_id)
    return render_template(
        "delivery/edit.html", form=schedule_form(_cards().items(), schedule), schedule=schedule
    )


@delivery.post("/<uuid:schedule_id>/edit")
@permits(Permission.ANALYSE)
def change(schedule_id: UUID) -> ResponseReturnValue:
    """Change a schedule."""
    schedule = schedule_of(schedule_id)
    form = schedule_form(_cards().items(), schedule)
    if _kept(form, schedule) is None:
        return render_template("delivery/edit.html", form=form, schedule=schedule), 422
    flash(_("The schedule is changed."), "good")
    return redirect(url_for("delivery.show", schedule_id=schedule.id))


@delivery.post("/<uuid:schedule_id>/start")
@permits(Permission.ANALYSE)
def start(schedule_id: UUID) -> ResponseReturnValue:
    """Send from the next time on."""
    schedule = schedule_of(schedule_id)
    try:
        service.start(scope().tenant(), lake(), here().profile, schedule, datetime.now(UTC))
    except service.DeliveryRefused as error:
        flash(say(error), "bad")
    else:
        flash(_("The schedule is sending from its next time on."), "good")
    return redirect(url_for("delivery.show", schedule_id=schedule.id))


@delivery.post("/<uuid:schedule_id>/pause")
@permits(Permission.ANALYSE)
def pause(schedule_id: UUID) -> ResponseReturnValue:
    """Send no more for now."""
    schedule = schedule_of(schedule_id)
    service.pause(scope().tenant(), schedule)
    flash(_("The schedule is paused."), "good")
    return redirect(url_for("delivery.show", schedule_id=schedule.id))


@delivery.post("/<uuid:schedule_id>/run")
@permits(Permission.ANALYSE)
def run(schedule_id: UUID) -> ResponseReturnValue:
    """Send once now."""
    schedule = schedule_of(schedule_id)
    try:
        written = service.run_now(scope().tenant(), lake(), here().profile, schedule, datetime.now(UTC))
    except service.DeliveryRefused as error:
        flash(say(error), "bad")
    else:
        flash(
            _("It is on its way; below is what becomes of each message.") if written
            else _("It was sent a moment ago, or every recipient is paused; nothing was added."),
            "good" if written else "warn",
        )  # fmt: skip
    return redirect(url_for("delivery.show", schedule_id=schedule.id))


@delivery.post("/<uuid:schedule_id>/remove")
@permits(Permission.ANALYSE)
def remove(schedule_id: UUID) -> ResponseReturnValue:
    """Remove a schedule; the page says how to bring it back."""
    schedule = schedule_of(schedule_id)
    service.remove(scope().tenant(), schedule, datetime.now(UTC))
    return render_template("delivery/removed.html", schedule=schedule)


@delivery.post("/<uuid:schedule_id>/restore")
@permits(Permission.ANALYSE)
def restore(schedule_id: UUID) -> ResponseReturnValue:
    """Bring a removed schedule back, paused."""
    schedule = schedule_of(schedule_id, removed=True)
    service.restore(scope().tenant(), schedule)
    flash(_("The schedule is back. It is paused until you start it."), "good")
    return redirect(url_for("delivery.show", schedule_id=schedule.id))


def form_for_recipient() -> RecipientForm:
    """The form that adds a recipient."""
    session, profile = scope().tenant(), here().profile
    members = [
        (member.user_id, f"{member.name} <{member.email}>") for member in list_members(session, profile.id)
    ]
    posts = [(each.id, f"{kind_names()[each.kind]}: {each.name}") for each in channels(session)]
    return recipient_form(members, posts, scope_names(session, lake(), profile).items())


def show_page(schedule: Schedule, form: RecipientForm) -> str:
    """The page of a schedule."""
    session, profile = scope().tenant(), here().profile
    names = scope_names(session, lake(), profile)
    recipients = recipient_lines(session, profile, schedule, names)
    return render_template(
        "delivery/show.html",
        line=line_of(schedule, _cards(), len(recipients), {}),
        schedule=schedule,
        recipients=recipients,
        coming=upcoming(profile, schedule.rule, schedule.days, datetime.now(UTC), COMING),
        history=message_lines(profile, history_of(session, schedule.id), names),
        form=form,
        kinds=kind_names(),
        mail=app_settings().mail,
    )


def _kept(form: ScheduleForm, old: Schedule | None) -> Schedule | None:
    if not form.validate_on_submit():
        return None
    try:
        return service.keep(scope().tenant(), lake(), here().profile, form.wanted(old), old=old, by=user().id)
    except (RuleError, service.DeliveryRefused) as error:
        form.refuse(say(error))
        return None


def _cards() -> dict[UUID, str]:
    found = scope().tenant().execute(select(Scorecard.id, Scorecard.name).order_by(Scorecard.name)).all()
    return {row[0]: row[1] for row in found}
