"""Error pages: one look, one sentence each, and never a hint whether something foreign exists."""

import logging
from uuid import uuid4

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.http import HTTP_STATUS_CODES

from tallymark.web.localisation import gettext as _
from tallymark.web.logged import rule_asked

log = logging.getLogger(__name__)


def init_errors(app: Flask) -> None:
    """Answer every HTTP error and every unexpected exception with a page of ours."""
    app.register_error_handler(HTTPException, _page)
    app.register_error_handler(Exception, _unexpected)


def _words(code: int) -> tuple[str, str]:
    pages = {
        400: (_("That request was not understood"), _("Go back, reload the page and try again.")),
        401: (_("You are signed out"), _("Sign in again, then repeat what you did.")),
        403: (
            _("Your role doesn't allow this"),
            _("Ask an owner or admin of your company to do it or to change your role."),
        ),
        404: (_("This page doesn't exist"), _("The address is wrong, or the page is not one you can see.")),
        405: (_("That can't be done here"), _("Go back and use the buttons of the page.")),
        413: (
            _("This file is too large"),
            _("Split it into smaller files, or import it from the command line."),
        ),
        429: (_("Too many tries"), _("Wait a minute, then try again.")),
        500: (
            _("Something went wrong on our side"),
            _("It was recorded. Try again; if it stays, report the number below."),
        ),
    }
    return pages.get(
        code, (HTTP_STATUS_CODES.get(code, _("Something went wrong")), _("Go back and try again."))
    )


def _page(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    if isinstance(error, SecurityError):
        # No addresses can be made for a name that isn't ours, so there is no page with links either.
        return _("This server does not answer to this name; its operator can add it to TALLYMARK_HOSTS."), 400
    code = error.code or 500
    title, advice = _words(code)
    body = render_template("error.html", code=code, title=title, advice=advice, error_id=g.get("error_id"))
    headers = [(k, v) for k, v in error.get_headers(request.environ) if k.lower() in ("allow", "retry-after")]
    return body, code, headers


def _unexpected(error: Exception) -> ResponseReturnValue:
    g.error_id = uuid4().hex[:12]
    log.error("error %s at %s %s", g.error_id, request.method, rule_asked(), exc_info=error)
    return _page(InternalServerError())
