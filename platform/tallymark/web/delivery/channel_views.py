"""Routes of channels: Slack, Teams and signed webhooks."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tallymark.delivery import stored
from tallymark.delivery.channels import Message, send
from tallymark.i18n.catalogue import catalogue
from tallymark.outgoing import OutgoingRefused
from tallymark.vault import CannotOpen
from tallymark.web.access import here, permits, user
from tallymark.web.delivery.finding import channel_of
from tallymark.web.delivery.forms import ChannelForm, channel_form, kind_names
from tallymark.web.delivery.views import delivery
from tallymark.web.limits import by_user, limiter
from tallymark.web.localisation import gettext as _
from tallymark.web.localisation import say
from tallymark.web.scope import app_settings, scope
from tallymark_tenants.accounts import Permission, audit
from tallymark_tenants.ids import uuid7
from tallymark_tenants.models import DeliveryChannel


@delivery.get("/channels")
@permits(Permission.CONNECT)
def channels() -> ResponseReturnValue:
    """All channels, and a form for another."""
    return _page(channel_form())


@delivery.post("/channels")
@permits(Permission.CONNECT)
def add_channel() -> ResponseReturnValue:
    """Keep a channel; the key made for a webhook is shown this once."""
    form = channel_form()
    if form.validate_on_submit():
        session = scope().tenant()
        try:
            made, key = stored.add_channel(
                session, app_settings(), here().profile.id, kind=form.kind.data, name=str(form.name.data).strip(),
                url=str(form.url.data or "").strip(), key=form.key.data or "", locale=form.locale.data or None,
                created_by=user().id,
            )  # fmt: skip
        except OutgoingRefused as error:
            form.url.errors = [say(error.said)]
        else:
            audit(session, "channel added", object_kind="channel", object_id=made.id, kind=made.kind)
            if key:
                return _page(channel_form(), key=key, made=made)
            flash(_("The channel is there. Add it to a schedule, or send a test."), "good")
            return redirect(url_for("delivery.channels"))
    return _page(form), 422


@delivery.get("/channels/<uuid:channel_id>")
@permits(Permission.CONNECT)
def edit_channel(channel_id: UUID) -> ResponseReturnValue:
    """The form of a channel, without its secrets."""
    channel = channel_of(channel_id)
    form = channel_form(kind=channel.kind, name=channel.name, locale=channel.locale or "")
    return render_template("delivery/channel.html", form=form, channel=channel)


@delivery.post("/channels/<uuid:channel_id>")
@permits(Permission.CONNECT)
def change_channel(channel_id: UUID) -> ResponseReturnValue:
    """Change a channel; what is left empty of its secrets stays."""
    channel = channel_of(channel_id)
    form = channel_form(kind=channel.kind)
    form.kind.data = channel.kind
    if form.validate_on_submit():
        try:
            stored.change_channel(
                app_settings(), channel, name=str(form.name.data).strip(), locale=form.locale.data or None,
                url=str(form.url.data or "").strip(), key=form.key.data or "",
            )  # fmt: skip
        except OutgoingRefused as error:
            form.url.errors = [say(error.said)]
        except CannotOpen as error:
            form.refuse(say(error))
        else:
            audit(scope().tenant(), "channel changed", object_kind="channel", object_id=channel.id)
            flash(_("The channel is changed."), "good")
            return redirect(url_for("delivery.channels"))
    return render_template("delivery/channel.html", form=form, channel=channel), 422


@delivery.post("/channels/<uuid:channel_id>/remove")
@permits(Permission.CONNECT)
def remove_channel(channel_id: UUID) -> ResponseReturnValue:
    """Remove a channel with its secrets; schedules that named it say so."""
    channel = channel_of(channel_id)
    channel.removed_at, channel.sealed = datetime.now(UTC), b""
    audit(scope().tenant(), "channel removed", object_kind="channel", object_id=channel.id)
    flash(_("The channel is removed, and its address forgotten."), "good")
    return redirect(url_for("delivery.channels"))


@delivery.post("/channels/<uuid:channel_id>/test")
@limiter.limit("10/minute", key_func=by_user)
@permits(Permission.CONNECT)
def test_channel(channel_id: UUID) -> ResponseReturnValue:
    """Post a line to the channel and say what it answered."""
    channel, settings = channel_of(channel_id), app_settings()
    try:
        outcome = send(
            _test_message(channel), stored.channel_of(scope().tenant(), settings, channel.id), settings
        )
    except CannotOpen as error:
        flash(say(error), "bad")
        return redirect(url_for("delivery.channels"))
    if outcome.state == "sent":
        flash(_("The test was taken: %(response)s", response=outcome.response), "good")
    else:
        flash(f"{say(outcome.said)} {outcome.response}".strip(), "bad")
    return redirect(url_for("delivery.channels"))


def _test_message(channel: DeliveryChannel) -> Message:
    profile = here().profile
    texts = catalogue(channel.locale or profile.locale)
    words = texts.gettext("This is a test from Tallymark for %(company)s.", company=profile.name)
    return Message(
        key=str(uuid7()),
        event="test",
        locale=channel.locale or profile.locale,
        subject=texts.gettext("Test"),
        text=words,
        headline=words,
        link=url_for("delivery.index", _external=True),
        link_words=texts.gettext("Deliveries"),
    )


def _page(form: ChannelForm, *, key: str = "", made: DeliveryChannel | None = None) -> str:
    listed = stored.channels(scope().tenant())
    return render_template(
        "delivery/channels.html", form=form, channels=listed, kinds=kind_names(), key=key, made=made
    )
