"""Routes of a company's look, and of its logo and colours for our own pages."""

import re
from dataclasses import replace

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tallymark.branding import LogoRefused, picture_of
from tallymark.branding.colours import BadColour, on_dark, readable
from tallymark.web.access import permits
from tallymark.web.branding.forms import BrandingForm, branding_form, colours_kept
from tallymark.web.localisation import gettext as _
from tallymark.web.localisation import say
from tallymark.web.scope import scope
from tallymark_tenants.accounts import Permission
from tallymark_tenants.branding import (
    Branding,
    KeptLogo,
    branding_of,
    keep_branding,
    keep_logo,
    logo_of,
    reset_branding,
)

branding = Blueprint("branding", __name__, template_folder="templates")

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PICTURE_POLICY = "default-src 'none'; sandbox"


@branding.get("/")
@permits(Permission.MANAGE_TENANT)
def index() -> ResponseReturnValue:
    """The look, and a cover in it."""
    kept = branding_of(scope().tenant())
    return _page(branding_form(kept), kept)


@branding.post("/")
@permits(Permission.MANAGE_TENANT)
def change() -> ResponseReturnValue:
    """Keep the look."""
    session = scope().tenant()
    kept = branding_of(session)
    form = branding_form(kept)
    valid = form.validate_on_submit()
    colours = form.take_colours()
    if valid and colours and _take_logo(session, form):
        wanted = Branding(**colours_kept(colours), **form.words(), logo=branding_of(session).logo)
        keep_branding(session, replace(wanted, logo="") if form.remove_logo.data else wanted)
        flash(
            _("The look is kept. Scorecards made from now on have it; those made before keep theirs."), "good"
        )
        return redirect(url_for("branding.index"))
    return _page(form, kept), 422


@branding.post("/reset")
@permits(Permission.MANAGE_TENANT)
def reset() -> ResponseReturnValue:
    """Back to the product's own look."""
    reset_branding(scope().tenant())
    flash(_("Scorecards made from now on have Tallymark's own look again."), "good")
    return redirect(url_for("branding.index"))


@branding.get("/logos/<digest>")
@permits(Permission.READ)
def logo(digest: str) -> Response:
    """A picture that the company or one of its editions has as its logo."""
    found = logo_of(scope().tenant(), digest) if _DIGEST.fullmatch(digest) else None
    if found is None:
        abort(404)
    response = Response(found.content, mimetype=found.mime)
    response.headers["Content-Security-Policy"] = _PICTURE_POLICY
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@branding.get("/colours/<digits>.css")
@permits(Permission.READ)
def colours(digits: str) -> Response:
    """The colour of a scorecard's page, by its six digits: our pages have no style in them."""
    try:
        colour = readable(digits)
    except BadColour:
        abort(404)
    rules = f".scorecard, .wall {{ --brand: light-dark({colour}, {on_dark(colour)}); }}\n"
    response = Response(rules, mimetype="text/css")
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _take_logo(session: Session, form: BrandingForm) -> bool:
    """Keep an uploaded logo; False with the reason at the field where it can't be used."""
    content = form.upload()
    if content is None or form.remove_logo.data:
        return True
    try:
        made = picture_of(content)
    except LogoRefused as error:
        form.logo.errors = [say(error)]
        return False
    keep_logo(
        session,
        KeptLogo(
            sha256=made.sha256, mime=made.mime, width=made.width, height=made.height, content=made.content
        ),
    )
    return True


def _page(form: BrandingForm, kept: Branding) -> str:
    return render_template("branding/index.html", form=form, kept=kept)
