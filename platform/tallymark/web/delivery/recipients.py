"""Routes of recipients and of single messages."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.wrappers import Response

from tallymark.delivery import service
from tallymark.delivery.channels.mime import WrongAddress
from tallymark.delivery.sending import pause
from tallymark.delivery.whom import member
from tallymark.scorecards.scope import Scope
from tallymark.web.access import here, permits, user
from tallymark.web.delivery.finding import delivery_of, lake, recipient_of, schedule_of
from tallymark.web.delivery.views import delivery, form_for_recipient, show_page
from tallymark.web.localisation import gettext as _
from tallymark.web.localisation import say
from tallymark.web.scope import scope
from tallymark_sdk.said import Said
from tallymark_tenants.accounts import Permission
from tallymark_tenants.models import User


@delivery.post("/<uuid:schedule_id>/recipients")
@permits(Permission.ANALYSE)
def add_recipient(schedule_id: UUID) -> ResponseReturnValue:
    """Add a recipient."""
    schedule = schedule_of(schedule_id)
    form = form_for_recipient()
    if form.validate_on_submit():
        kind, whom = form.target
        dimension, _colon, who = str(form.scope.data).partition(":")
        try:
            service.add_recipient(
                scope().tenant(), schedule, kind=kind, whom=whom, name=str(form.name.data or "").strip(),
                locale=form.locale.data or None, scope=Scope(dimension=dimension, member=who), attach=form.attach.data,
            )  # fmt: skip
        except WrongAddress as error:
            form.address.errors = [say(error)]
        except service.DeliveryRefused as error:
            form.refuse(say(error))
        else:
            flash(_("The recipient is added."), "good")
            return _to(schedule.id)
    return show_page(schedule, form), 422


@delivery.post("/recipients/<uuid:recipient_id>/remove")
@permits(Permission.ANALYSE)
def remove_recipient(recipient_id: UUID) -> ResponseReturnValue:
    """Take a recipient away."""
    recipient = recipient_of(recipient_id)
    service.remove_recipient(scope().tenant(), recipient)
    flash(_("The recipient is removed."), "good")
    return _to(recipient.schedule_id)


@delivery.post("/recipients/<uuid:recipient_id>/pause")
@permits(Permission.ANALYSE)
def pause_recipient(recipient_id: UUID) -> ResponseReturnValue:
    """Send them nothing until resumed."""
    recipient = recipient_of(recipient_id)
    pause(scope().tenant(), recipient.id, Said("It was paused here."))
    flash(_("The recipient is paused."), "good")
    return _to(recipient.schedule_id)


@delivery.post("/recipients/<uuid:recipient_id>/resume")
@permits(Permission.ANALYSE)
def resume_recipient(recipient_id: UUID) -> ResponseReturnValue:
    """Send to them again."""
    recipient = recipient_of(recipient_id)
    service.resume_recipient(scope().tenant(), recipient)
    flash(_("The recipient gets messages again, from the next time on."), "good")
    return _to(recipient.schedule_id)


@delivery.post("/recipients/<uuid:recipient_id>/test")
@permits(Permission.ANALYSE)
def test_recipient(recipient_id: UUID) -> ResponseReturnValue:
    """Send the signed-in user what this recipient would get."""
    recipient, session = recipient_of(recipient_id), scope().tenant()
    me = session.scalars(select(User).where(User.id == user().id)).one()
    service.send_test(
        session, lake(), here().profile, recipient, to=member(me, here().profile), now=datetime.now(UTC)
    )
    flash(_("A test is on its way to %(address)s.", address=me.email), "good")
    return _to(recipient.schedule_id)


@delivery.post("/messages/<uuid:delivery_id>/retry")
@permits(Permission.ANALYSE)
def retry(delivery_id: UUID) -> ResponseReturnValue:
    """Try a message again."""
    found = delivery_of(delivery_id)
    try:
        service.retry(scope().tenant(), found)
    except service.DeliveryRefused as error:
        flash(say(error), "bad")
    else:
        flash(_("It is tried again."), "good")
    return _to(found.schedule_id)


@delivery.post("/messages/<uuid:delivery_id>/release")
@permits(Permission.ANALYSE)
def release(delivery_id: UUID) -> ResponseReturnValue:
    """Send a held message anyway."""
    found = delivery_of(delivery_id)
    try:
        service.release(scope().tenant(), found, user().id)
    except service.DeliveryRefused as error:
        flash(say(error), "bad")
    else:
        flash(_("It is sent, with the reasons on top."), "good")
    return _to(found.schedule_id)


@delivery.post("/messages/<uuid:delivery_id>/discard")
@permits(Permission.ANALYSE)
def discard(delivery_id: UUID) -> ResponseReturnValue:
    """Never send a message."""
    found = delivery_of(delivery_id)
    try:
        service.discard(scope().tenant(), found)
    except service.DeliveryRefused as error:
        flash(say(error), "bad")
    else:
        flash(_("It is discarded and will not be sent."), "good")
    return _to(found.schedule_id)


@delivery.post("/messages/<uuid:delivery_id>/withdraw")
@permits(Permission.ANALYSE)
def withdraw(delivery_id: UUID) -> ResponseReturnValue:
    """Close the link that a message carried."""
    found = delivery_of(delivery_id)
    service.withdraw_link(scope().tenant(), found, datetime.now(UTC))
    flash(_("The link of this message opens nothing any more."), "good")
    return _to(found.schedule_id)


def _to(schedule_id: UUID) -> Response:
    return redirect(url_for("delivery.show", schedule_id=schedule_id))
