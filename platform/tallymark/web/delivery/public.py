"""What a recipient without an account gets by the links of a message: the PDF, and the way out.

The token in the address is all there is. It is kept out of our logs, out of caches and out of other sites' sight; an
address that opens nothing is the same 404 whatever the reason.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from tallymark.delivery.composing import file_name
from tallymark.delivery.links import Link, Purpose, read_token
from tallymark.delivery.sending import pause, pdf_of
from tallymark.scorecards.codec import from_json
from tallymark.web.access import public
from tallymark.web.limits import limiter
from tallymark.web.scope import app_settings
from tallymark_sdk.said import Said
from tallymark_tenants.accounts import audit
from tallymark_tenants.accounts.tokens import token_hash
from tallymark_tenants.db import Database
from tallymark_tenants.models import Delivery, Edition, Recipient, Schedule
from tallymark_tenants.profile import load_profile

links = Blueprint("delivery_links", __name__, template_folder="templates")
RATE = "60/minute"


@links.before_request
def _hide_token() -> None:
    # What the server's access log writes of a request is read from here after the response.
    request.environ["RAW_URI"] = request.environ["REQUEST_URI"] = "/d/…"


@links.after_request
def _headers(response: Response) -> Response:
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@links.get("/<token>")
@limiter.limit(RATE)
@public
def pdf(token: str) -> Response:
    """The PDF of exactly the edition that was sent."""
    link = _link(token, "pdf")
    with _database().tenant(link.tenant_id) as session:
        delivery = session.scalar(select(Delivery).where(Delivery.id == link.id))
        if delivery is None or not _opens(delivery, token) or delivery.edition_id is None:
            abort(404)
        edition = session.get_one(Edition, (link.tenant_id, delivery.edition_id))
        path = pdf_of(app_settings(), edition) or abort(404)
        name = file_name(load_profile(session), from_json(edition.document), ".pdf")
        delivery.link_opened += 1
    return send_file(path, mimetype="application/pdf", download_name=name)


@links.get("/stop/<token>")
@limiter.limit(RATE)
@public
def ask_to_stop(token: str) -> ResponseReturnValue:
    """Ask whether to stop: a link that is merely opened (by a mail program, say) changes nothing."""
    return render_template(
        "delivery/stop.html", token=token, done=False, **_recipient(_link(token, "stop"), stop=False)
    )


@links.post("/stop/<token>")
@limiter.limit(RATE)
@public
def stop(token: str) -> ResponseReturnValue:
    """Stop: by the page's button, or by a mail program's one click (RFC 8058), which has no token of the page."""
    return render_template(
        "delivery/stop.html", token=token, done=True, **_recipient(_link(token, "stop"), stop=True)
    )


def _link(token: str, purpose: Purpose) -> Link:
    link = read_token(app_settings().secret_key, token) if len(token) < 200 else None
    return link if link is not None and link.purpose == purpose else abort(404)


def _opens(delivery: Delivery, token: str) -> bool:
    now = datetime.now(UTC)
    return (
        delivery.link_hash is not None
        and hmac.compare_digest(delivery.link_hash, token_hash(token))
        and delivery.link_revoked_at is None
        and delivery.link_expires_at is not None
        and delivery.link_expires_at > now
    )


def _recipient(link: Link, *, stop: bool) -> dict[str, str]:
    with _database().tenant(link.tenant_id) as session:
        recipient = session.scalar(select(Recipient).where(Recipient.id == link.id)) or abort(404)
        schedule = session.get_one(Schedule, (link.tenant_id, recipient.schedule_id))
        if stop and recipient.paused_at is None:
            pause(session, recipient.id, Said("The recipient asked for no more messages."))
            audit(
                session,
                "recipient unsubscribed",
                object_kind="recipient",
                object_id=str(UUID(str(recipient.id))),
            )
        return {"company": load_profile(session).name, "schedule": schedule.name}


def _database() -> Database:
    return cast(Database, current_app.extensions["tallymark_database"])
