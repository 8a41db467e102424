"""Cookies, hosts, and the headers that tell browsers what our pages may do."""

from flask import Flask, Response, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from tallymark.settings import Settings
from tallymark.web.settings import WebSettings

LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]

# Nothing inline, neither scripts nor styles: charts use SVG attributes and classes.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{what} {where}" for what, where in _POLICY.items())

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def init_security(app: Flask, settings: Settings, web: WebSettings) -> None:
    """Set the cookie, the hosts, CSRF protection and the headers of every response."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-tallymark" if web.https else "tallymark",
        SESSION_COOKIE_SECURE=web.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PREFERRED_URL_SCHEME="https" if web.https else "http",
        # Only where it is said which names are ours can another be refused; a loopback server also answers
        # to the address it was given.
        TRUSTED_HOSTS=[*web.hosts, *LOOPBACK] if web.hosts else [*LOOPBACK, settings.host],
        MAX_CONTENT_LENGTH=web.upload_bytes,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2000,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=web.https,
    )
    CSRFProtect(app)
    if web.proxies:
        hops = web.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    @app.after_request
    def _headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if web.https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.endpoint != "asset" and "Cache-Control" not in response.headers:
            # Pages carry a company's figures: shared machines must not find them in a cache.
            response.headers["Cache-Control"] = "no-store"
        return response
