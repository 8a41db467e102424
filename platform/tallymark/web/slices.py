"""The features of the web application, and where each lives."""

from flask import Flask

from tallymark.api.routes import api
from tallymark.web.accounts import language as _language  # noqa: F401  adds its route to those of accounts
from tallymark.web.accounts.account import account
from tallymark.web.accounts.views import accounts
from tallymark.web.alerts.views import alerts
from tallymark.web.branding.views import branding
from tallymark.web.bridge.views import bridges
from tallymark.web.company.views import company
from tallymark.web.delivery.routes import delivery, links
from tallymark.web.explain.views import explanations
from tallymark.web.home.views import home
from tallymark.web.imports.upload_views import uploads
from tallymark.web.imports.views import imports
from tallymark.web.kpis.views import kpis
from tallymark.web.members.views import members
from tallymark.web.own_kpis.views import own_kpis
from tallymark.web.runs.views import runs
from tallymark.web.scorecards.views import scorecards
from tallymark.web.targets.views import targets
from tallymark.web.wall.screen import screen
from tallymark.web.wall.views import walls

TENANT = "/t/<tenant>"


def register_slices(app: Flask) -> None:
    """Add the routes of every feature; all but the first three belong to the tenant in the address."""
    app.register_blueprint(accounts)
    app.register_blueprint(account)
    app.register_blueprint(home)
    app.register_blueprint(imports, url_prefix=f"{TENANT}/imports")
    app.register_blueprint(uploads, url_prefix=f"{TENANT}/imports")
    app.register_blueprint(api, url_prefix=f"{TENANT}/api/v1")
    app.register_blueprint(branding, url_prefix=f"{TENANT}/branding")
    app.register_blueprint(alerts, url_prefix=f"{TENANT}/alerts")
    app.register_blueprint(bridges, url_prefix=f"{TENANT}/bridge")
    app.register_blueprint(explanations, url_prefix=f"{TENANT}/explain")
    app.register_blueprint(kpis, url_prefix=f"{TENANT}/kpis")
    app.register_blueprint(own_kpis, url_prefix=f"{TENANT}/own-kpis")
    app.register_blueprint(company, url_prefix=f"{TENANT}/company")
    app.register_blueprint(delivery, url_prefix=f"{TENANT}/delivery")
    app.register_blueprint(links, url_prefix="/d")
    # A mail program's one click (RFC 8058) knows no token of a page; the signed address is its proof.
    app.extensions["csrf"].exempt("tallymark.web.delivery.public.stop")
    app.register_blueprint(members, url_prefix=f"{TENANT}/members")
    app.register_blueprint(runs, url_prefix=f"{TENANT}/runs")
    app.register_blueprint(scorecards, url_prefix=f"{TENANT}/scorecards")
    app.register_blueprint(targets, url_prefix=f"{TENANT}/targets")
    app.register_blueprint(walls, url_prefix=f"{TENANT}/walls")
    app.register_blueprint(screen, url_prefix="/wall")
