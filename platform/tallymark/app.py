"""The application factory: one straight list of steps, each of which adds one thing to the application."""

from flask import Flask

from tallymark.settings import Settings
from tallymark.web.access import check_declarations, init_access
from tallymark.web.assets import init_assets
from tallymark.web.errors import init_errors
from tallymark.web.health import init_health
from tallymark.web.identity import init_identity
from tallymark.web.limits import init_limits
from tallymark.web.localisation import init_localisation
from tallymark.web.logged import init_logged
from tallymark.web.navigation import init_navigation
from tallymark.web.scope import init_scope
from tallymark.web.security import init_security
from tallymark.web.server import refuse_unsafe
from tallymark.web.settings import WebSettings
from tallymark.web.slices import register_slices
from tallymark_tenants.db import Database


def create_app(
    settings: Settings, web: WebSettings | None = None, *, database: Database | None = None
) -> Flask:
    """Make the web application on running services.

    `settings` are those that `tallymark.services.running` yields. Without `database` the application opens
    one of its own; its connections are made per process, when first used.
    """
    refuse_unsafe(settings)
    web = web or WebSettings.from_env(production=settings.mode == "production")
    app = Flask("tallymark.web", static_folder=None)
    app.extensions["tallymark_settings"] = settings
    init_logged(app)
    init_security(app, settings, web)
    init_errors(app)
    # Flask runs what is registered after a request backwards: the headers are set last, on what this returns.
    init_scope(app, database or Database(settings.urls))
    init_identity(app)
    init_limits(app, settings)
    init_access(app)
    init_localisation(app)
    init_navigation(app)
    init_assets(app)
    init_health(app, settings.redis_url)
    register_slices(app)
    check_declarations(app)
    return app
