"""The route that switches the language: a signed-in person's own, else this browser's."""

from flask import flash, redirect, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tallymark.i18n import catalogue
from tallymark.web.access import public
from tallymark.web.accounts.paths import local_path
from tallymark.web.accounts.views import accounts
from tallymark.web.localisation import LANGUAGES, SWITCHED, texts
from tallymark.web.scope import scope
from tallymark_tenants.accounts.language import choose_language


@accounts.post("/language")
@public
def language() -> ResponseReturnValue:
    """Switch, and go on with the page that was being read."""
    wanted = request.form.get("locale", "")
    if wanted in LANGUAGES or not wanted:
        if current_user.is_authenticated:
            choose_language(scope().auth(), current_user.id, wanted)
            cookie.pop(SWITCHED, None)
            words = catalogue(wanted) if wanted else texts()
            flash(words.gettext("The language of your pages is changed."), "good")
        elif wanted:
            cookie[SWITCHED] = wanted
    return redirect(local_path(request.form.get("next", "")))
