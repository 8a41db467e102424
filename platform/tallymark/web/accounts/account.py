"""The route of a person's own account."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tallymark.web.access import signed_in, user
from tallymark.web.accounts.forms import LanguageForm, PasswordForm
from tallymark.web.limits import by_user, limiter
from tallymark.web.localisation import gettext as _
from tallymark.web.localisation import say
from tallymark.web.scope import keep_changes, scope
from tallymark_tenants.accounts import AccountError, change_password, find_session
from tallymark_tenants.accounts.errors import BadCredentials

account = Blueprint("account", __name__, template_folder="templates")


@account.route("/account", methods=["GET", "POST"])
@limiter.limit(
    "10/15 minutes",
    key_func=by_user,
    methods=["POST"],
    deduct_when=lambda response: response.status_code != 302,
)
@signed_in
def show() -> ResponseReturnValue:
    """Change the password, which signs every other browser out."""
    form = PasswordForm()
    if form.validate_on_submit():
        session = scope().auth()
        found = find_session(session, user().token)
        try:
            change_password(
                session,
                user().id,
                current=str(form.current.data),
                new=str(form.new.data),
                keep_session=found.session_id if found else None,
            )
        except BadCredentials as error:
            keep_changes()  # the refusal is in the audit trail
            form.current.errors = [say(error)]
        except AccountError as error:
            form.new.errors = [say(error)]
        else:
            flash(_("The password is changed, and every other browser is signed out."), "good")
            return redirect(url_for("account.show"))
    language = LanguageForm.of(user().locale, url_for("account.show"))
    return render_template(
        "accounts/account.html", form=form, language=language
    ), 422 if form.is_submitted() else 200
