"""Routes of the start pages."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tallymark.web.access import here, permits, public, signed_in, user
from tallymark.web.home.overview import read_overview
from tallymark.web.home.sample import request_sample, sample_exists
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import scope
from tallymark_tenants.accounts import Permission, list_tenants_of

home = Blueprint("home", __name__, template_folder="templates")


@home.get("/")
@public
def start() -> ResponseReturnValue:
    """Lead everybody to where they begin."""
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in"))
    companies = list_tenants_of(scope().auth(), user().id)
    if len(companies) == 1:
        return redirect(url_for("home.show", tenant=companies[0].profile.slug))
    return redirect(url_for("home.companies"))


@home.get("/companies")
@signed_in
def companies() -> ResponseReturnValue:
    """The companies that the visitor is a member of."""
    return render_template("home/companies.html", companies=list_tenants_of(scope().auth(), user().id))


@home.get("/t/<tenant>/")
@permits(Permission.READ)
def show() -> ResponseReturnValue:
    """The checklist of a company."""
    return render_template("home/show.html", overview=read_overview(scope().tenant()), sample=sample_exists())


@home.post("/t/<tenant>/sample")
@permits(Permission.IMPORT)
def use_sample() -> ResponseReturnValue:
    """Fill an empty company with three years of invented data, in the background."""
    if not sample_exists():
        flash(_("This installation has no sample company."), "warn")
        return redirect(url_for("home.show"))
    session = scope().tenant()
    if read_overview(session).has_data:
        flash(_("This company has data of its own; the sample is only for an empty one."), "warn")
        return redirect(url_for("home.show"))
    return redirect(url_for("runs.show", run_id=request_sample(session, here().profile.id)))
