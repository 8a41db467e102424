"""Routes of signing up, in and out."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tallymark.web.access import public
from tallymark.web.accounts.forms import SignInForm, SignUpForm
from tallymark.web.accounts.joining import Joining
from tallymark.web.accounts.paths import local_path
from tallymark.web.identity import enter, leave
from tallymark.web.limits import by_email, limiter
from tallymark.web.localisation import formatter, guess_from_browser, say
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import keep_changes, scope
from tallymark_tenants.accounts import AccountError, sign_up
from tallymark_tenants.accounts import sign_in as check_password

accounts = Blueprint("accounts", __name__, template_folder="templates")

POSTS = ["POST"]


@accounts.route("/signup", methods=["GET", "POST"], endpoint="sign_up")
@limiter.limit("10/hour", methods=POSTS, deduct_when=lambda response: response.status_code == 302)
@limiter.limit("30/minute", methods=POSTS)
@public
def open_company() -> ResponseReturnValue:
    """Make a company and sign its first member in."""
    form = SignUpForm()
    if request.method == "GET":
        form.guess(guess_from_browser())
    if form.validate_on_submit():
        session = scope().auth()
        try:
            made = sign_up(
                session,
                company=str(form.company.data),
                email=str(form.email.data),
                password=str(form.password.data),
                name=str(form.name.data),
                currency=str(form.currency.data),
                timezone=form.timezone.data,
                calendar=form.calendar.data,
                locale=form.locale.data,
            )
        except AccountError as error:
            form.refuse(say(error))
        else:
            enter(session, made.user_id)
            return redirect(url_for("home.show", tenant=made.profile.slug))
    return render_template("accounts/sign_up.html", form=form), 422 if form.is_submitted() else 200


@accounts.route("/signin", methods=["GET", "POST"])
@limiter.limit("30/minute", methods=POSTS)
@limiter.limit(
    "10/15 minutes",
    key_func=by_email,
    methods=POSTS,
    deduct_when=lambda response: response.status_code != 302,
)
@public
def sign_in() -> ResponseReturnValue:
    """Ask for address and password; lead on to the page that was wanted."""
    target = local_path(request.args.get("next", ""))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(target)
    form = SignInForm()
    if form.validate_on_submit():
        session = scope().auth()
        try:
            person = check_password(session, email=str(form.email.data), password=str(form.password.data))
        except AccountError as error:
            keep_changes()  # the refusal is in the audit trail
            form.refuse(say(error))
        else:
            enter(session, person.id)
            return redirect(target)
    return render_template("accounts/sign_in.html", form=form), 422 if form.is_submitted() else 200


@accounts.post("/signout")
@public
def sign_out() -> ResponseReturnValue:
    """End the session here and in the database."""
    leave(scope().auth())
    flash(_("You are signed out."), "good")
    return redirect(url_for("accounts.sign_in"))


@accounts.route("/invitation/<token>", methods=["GET", "POST"])
@limiter.limit("30/minute")
@public
def invitation(token: str) -> ResponseReturnValue:
    """Accept an invitation: with a new account, or as signed in."""
    try:
        joining = Joining.of(
            scope().auth(), token, current_user.id if current_user.is_authenticated else None
        )
    except AccountError as error:
        return render_template(
            "error.html", code=404, title=_("This invitation can't be used"), advice=say(error)
        ), 404
    if joining.must_sign_in:
        # Passwords are asked for on one page alone, where the tries of each account are counted.
        flash(
            _(
                "Sign in as %(email)s to join %(company)s.",
                email=joining.email,
                company=formatter().name(joining.company),
            ),
            "warn",
        )
        return redirect(url_for("accounts.sign_in", next=request.path))
    form = joining.form()
    if form.validate_on_submit():
        try:
            person = joining.accept(scope().auth(), form)
        except AccountError as error:
            form.refuse(say(error))
        else:
            if not joining.signed_in:
                enter(scope().auth(), person)
            return redirect(url_for("home.show", tenant=joining.slug))
    return render_template(
        "accounts/invitation.html", form=form, invitation=joining
    ), 422 if form.is_submitted() else 200
