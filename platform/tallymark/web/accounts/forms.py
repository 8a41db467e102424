"""Forms of signing up and in, and of a person's own settings."""

from typing import Self
from zoneinfo import available_timezones

from wtforms import EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from tallymark.web.forms import Form, options
from tallymark.web.localisation import LANGUAGES, Guess
from tallymark.web.localisation import gettext as _
from tallymark_tenants.accounts.passwords import MINIMUM

_NEW = {"autocomplete": "new-password"}
_CURRENT = {"autocomplete": "current-password"}


class SignInForm(Form):
    """An address and its password."""

    email = EmailField(
        _("E-mail"), validators=[DataRequired()], render_kw={"autocomplete": "username", "autofocus": True}
    )
    password = PasswordField(_("Password"), validators=[DataRequired()], render_kw=_CURRENT)


class SignUpForm(Form):
    """A company and its first member, with guesses that can be changed."""

    company = StringField(
        _("Company"), validators=[DataRequired(), Length(max=200)], render_kw={"autocomplete": "organization"}
    )
    name = StringField(
        _("Your name"), validators=[DataRequired(), Length(max=200)], render_kw={"autocomplete": "name"}
    )
    email = EmailField(_("E-mail"), validators=[DataRequired()], render_kw={"autocomplete": "username"})
    password = PasswordField(_("Password"), validators=[DataRequired(), Length(min=MINIMUM)], render_kw=_NEW)
    locale = SelectField(_("Language"), choices=options(LANGUAGES.items()))
    currency = StringField(
        _("Currency"), validators=[Regexp("^[A-Za-z]{3}$", message=_("Three letters, such as EUR."))],
        render_kw={"maxlength": 3, "spellcheck": "false"},
    )  # fmt: skip
    timezone = SelectField(
        _("Time zone"), choices=["UTC", *sorted(name for name in available_timezones() if "/" in name)]
    )
    calendar = SelectField(
        _("Calendar"), choices=options([("gregorian", _("Gregorian")), ("jalali", _("Jalali"))])
    )

    def guess(self, guess: Guess) -> None:
        """Fill in what the browser's languages tell."""
        self.locale.data, self.currency.data = guess.locale, guess.currency
        self.timezone.data, self.calendar.data = guess.timezone, guess.calendar

    def local_errors(self) -> bool:
        """Whether something in the folded part is wrong, so that it must be open."""
        return bool(
            self.locale.errors or self.currency.errors or self.timezone.errors or self.calendar.errors
        )


class NewMemberForm(Form):
    """Name and password of an invited person without an account."""

    name = StringField(
        _("Your name"), validators=[DataRequired(), Length(max=200)], render_kw={"autocomplete": "name"}
    )
    password = PasswordField(_("Password"), validators=[DataRequired(), Length(min=MINIMUM)], render_kw=_NEW)


class PasswordForm(Form):
    """The password that is, and the one that shall be."""

    current = PasswordField(_("Current password"), validators=[DataRequired()], render_kw=_CURRENT)
    new = PasswordField(_("New password"), validators=[DataRequired(), Length(min=MINIMUM)], render_kw=_NEW)


class ConfirmForm(Form):
    """Nothing but the button, for somebody signed in with the invited address."""

    name = None
    password = None


class LanguageForm(Form):
    """A person's own language; none follows the company."""

    locale = SelectField(_("Language of your pages"))
    next = HiddenField()

    @classmethod
    def of(cls, chosen: str, back: str) -> Self:
        """The form with what is chosen now, leading back to the address `back`."""
        form = cls(formdata=None, data={"locale": chosen, "next": back})
        form.locale.choices = options([("", _("that of the company")), *LANGUAGES.items()])
        return form
