"""What logs say of a request: where it went, never a token by which somebody could go there too.

Invitations, walls, downloads and unsubscribing carry their secret in the address, and signing in carries the address
to go on to in its query.
"""

from urllib.parse import quote

from flask import Flask, request

ACCESS_LOG = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(a)s"'
"""Gunicorn's own format without the referrer, which would be such an address."""

KEY = "token"
"""What routes call the part of their address that nobody else may know."""


def rule_asked() -> str:
    """The rule that the running request's address fits, such as `/invitation/<token>`."""
    return request.url_rule.rule if request.url_rule else "an address that isn't there"


def init_logged(app: Flask) -> None:
    """Hide secrets in what the server's access log writes; to be called first, since a later check may refuse."""

    @app.before_request
    def _hide() -> None:
        # The access log is written from these after the response.
        request.environ["RAW_URI"] = request.environ["REQUEST_URI"] = _shown()


def _shown() -> str:
    """The address without its query; without what follows its first part where it may be a mistyped secret."""
    if request.url_rule and KEY in request.url_rule.arguments:
        return request.url_rule.rule
    path = quote(request.path)
    if request.url_rule:
        return path
    first, more = path.lstrip("/").partition("/")[::2]
    return f"/{first}/…" if more else f"/{first}"
