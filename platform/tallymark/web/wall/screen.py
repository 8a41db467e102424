"""What a television gets by a wall's link: the page, its event stream, and its state for those that poll.

The token in the address is all there is: no cookie is read or set, and every address that isn't a wall's is the same
404. It is kept out of our logs, out of caches and out of other sites' sight.
"""

import logging
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, render_template, request
from flask import url_for as address_of
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError

from tallymark.branding.colours import BadColour, readable
from tallymark.wall.colours import rules
from tallymark.wall.entry import Entry, find
from tallymark.wall.pulse import pulses, take
from tallymark.wall.stream import Places, Rhythm, events
from tallymark.wall.wins import newest
from tallymark.web.access import public
from tallymark.web.limits import limiter
from tallymark.web.localisation import gettext as _
from tallymark.web.wall.picture import drawn
from tallymark_tenants.db import Database
from tallymark_tenants.models import Wall
from tallymark_tenants.profile import load_profile

log = logging.getLogger(__name__)

screen = Blueprint("wall", __name__, template_folder="templates")

RATE = "120/minute"
"""From one address: several televisions of an office, each polling, may share one."""
BUSY = 20
"""Seconds after which a page that found no place for its stream asks again."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@screen.before_request
def _hide_token() -> None:
    # What the server's access log writes of a request is read from here after the response.
    request.environ["RAW_URI"] = request.environ["REQUEST_URI"] = "/wall/…"


@screen.after_request
def _headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    if response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


@screen.errorhandler(Exception)
def _error(error: Exception) -> ResponseReturnValue:
    """A page for a television, which has nobody to press a button; it asks again by itself.

    As elsewhere an unexpected error is recorded, but not its address, which carries the token.
    """
    error_id = ""
    if not isinstance(error, HTTPException):
        error_id = uuid4().hex[:12]
        log.error("error %s at a wall", error_id, exc_info=error)
        error = InternalServerError()
    if error.code == 404:
        title = _("This screen's link doesn't work")
        advice = _(
            "It was revoked or replaced, or its time is over. Make a new link where the wall is set up."
        )
    else:
        title = _("The numbers will be back in a moment")
        advice = _("This screen tries again by itself.")
    body = render_template("walls/error.html", title=title, advice=advice, error_id=error_id)
    kept = [(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")]
    return body, error.code or 500, kept


@screen.get("/<token>")
@limiter.limit(RATE)
@public
def show(token: str) -> Response:
    """The wall."""
    entry = _entry(token)
    pulse = take(_database(), entry)
    if pulse is None:
        abort(404)
    live = {
        "events": address_of("wall.stream", token=token),
        "state": address_of("wall.state", token=token),
        "cursor": pulse.cursor,
    }
    with _database().tenant(entry.tenant_id) as session:
        wall = session.get_one(Wall, (entry.tenant_id, entry.wall_id))
        picture = drawn(session, load_profile(session), wall, now=datetime.now(UTC))
        body = render_template("walls/screen.html", wall=wall, picture=picture, live=live)
    return _tagged(make_response(body))


@screen.get("/colours/<digits>.css")
@limiter.limit(RATE)
@public
def colours(digits: str) -> Response:
    """The walls' colours for a company's own, by its six digits: everybody may know what they are."""
    try:
        colour = readable(digits)
    except BadColour:
        abort(404)
    response = Response(rules(colour), mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@screen.get("/<token>/state")
@limiter.limit(RATE)
@public
def state(token: str) -> Response:
    """The wall's state for a page without a stream: JSON with an ETag; `after` is the last win it has told."""
    entry = _entry(token)
    pulse = take(_database(), entry, _cursor())
    if pulse is None:
        abort(404)
    told: dict[str, Any] = {"state": pulse.state(), "cursor": pulse.cursor, "cheers": list(pulse.cheers)}
    return _tagged(jsonify(told))


@screen.get("/<token>/events")
@limiter.limit(RATE)
@public
def stream(token: str) -> Response:
    """Server-sent events; 503 where this process has as many streams open as it may."""
    entry, places = _entry(token), _places()
    if not places.take(entry.wall_id):
        busy = Response(status=503)
        busy.headers["Retry-After"] = str(BUSY)
        return busy
    rhythm = cast(Rhythm, current_app.config.get("WALL_RHYTHM") or Rhythm())
    told = events(pulses(_database(), entry, _start(entry)), rhythm)
    response = Response(told, mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"  # or nginx keeps the events until there are many
    response.call_on_close(lambda: places.leave(entry.wall_id))
    return response


def _entry(token: str) -> Entry:
    with _database().auth() as session:
        return find(session, token) or abort(404)


def _start(entry: Entry) -> UUID:
    """Where a stream goes on: after the last event the browser had, else from now."""
    cursor = _cursor()
    if cursor is not None:
        return cursor
    with _database().tenant(entry.tenant_id) as session:
        return newest(session, entry.wall_id)


def _cursor() -> UUID | None:
    given = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    try:
        return UUID(given)
    except ValueError:
        return None


def _tagged(response: Response) -> Response:
    response.set_etag(sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _database() -> Database:
    return cast(Database, current_app.extensions["tallymark_database"])


def _places() -> Places:
    return cast(Places, current_app.extensions.setdefault("tallymark_wall_places", Places()))
