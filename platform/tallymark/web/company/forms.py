"""The form of a company's settings."""

from collections.abc import Iterable

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from tallymark.calendars.countries import countries
from tallymark.i18n.dates import JALALI_MONTHS
from tallymark.web.forms import Form, options
from tallymark.web.localisation import LANGUAGES, formatter
from tallymark.web.localisation import gettext as _
from tallymark.web.words import calendar_names
from tallymark_sdk.calendars import WEEKDAYS, year_end_of
from tallymark_tenants.models.tenancy import MONEY_DISPLAYS
from tallymark_tenants.profile import TenantProfile

_WEEKENDS = ("", "saturday,sunday", "sunday", "friday", "thursday,friday", "friday,saturday", "none")
_MONTHS = range(1, 13)


class CompanyForm(Form):
    """Each field is a setting, but that the day a year ends on takes two."""

    name = StringField(_("Company"), validators=[DataRequired(), Length(max=200)])
    locale = SelectField(_("Language"))
    timezone = SelectField(_("Time zone"))
    calendar = SelectField(_("Calendar"))
    fiscal_start = SelectField(_("The fiscal year starts with month"), coerce=int)
    year_end_rule = SelectField(_("A year of weeks ends on the"))
    year_end_day = SelectField(_("Weekday it ends on"))
    country = SelectField(_("Public holidays of"))
    weekend = SelectField(_("Days off every week"))
    alignment = SelectField(_("Compare with last year by"))
    attribution = SelectField(_("Rows of a rep, team or region count"))
    money_display = SelectField(_("Amounts are written"))

    def settings(self) -> dict[str, object]:
        """What is chosen, by the names of the tenant's settings."""
        chosen = {name: value for name, value in self.data.items() if name in _SETTINGS}
        return chosen | {"year_end": f"{self.year_end_rule.data} {self.year_end_day.data}"}

    def refuse_setting(self, setting: str, sentence: str) -> None:
        """Say why a setting was not accepted, at its field."""
        self[{"year_end": "year_end_day"}.get(setting, setting)].errors = [sentence]


_SETTINGS = (
    *("name", "locale", "timezone", "calendar", "fiscal_start"),
    *("country", "weekend", "alignment", "attribution", "money_display"),
)


def company_form(profile: TenantProfile, zones: Iterable[str]) -> CompanyForm:
    """The form with every choice, filled with what is set now."""
    rule, weekday = year_end_of(profile.year_end)
    now = {name: getattr(profile, name) for name in _SETTINGS}
    form = CompanyForm(data=now | {"year_end_rule": rule, "year_end_day": WEEKDAYS[weekday]})
    form.locale.choices = options(
        (LANGUAGES | {profile.locale: LANGUAGES.get(profile.locale, profile.locale)}).items()
    )
    form.timezone.choices = options((zone, zone) for zone in dict.fromkeys([*zones, profile.timezone]))
    form.calendar.choices = options(calendar_names().items())
    form.fiscal_start.choices = options((str(month), _month(month)) for month in _MONTHS)
    form.year_end_rule.choices = options(
        [("nearest", _("weekday nearest to the month's end")), ("last", _("last such weekday of the month"))]
    )
    form.year_end_day.choices = options((name, weekday_name(name)) for name in WEEKDAYS)
    form.country.choices = options([("", _("no country: weekends only")), *_country_names()])
    form.weekend.choices = options(
        (each, weekend_name(each)) for each in dict.fromkeys([*_WEEKENDS, profile.weekend])
    )
    form.alignment.choices = options(alignment_names().items())
    form.attribution.choices = options(attribution_names().items())
    form.money_display.choices = options(money_display_names(profile.currency).items())
    return form


def money_display_names(currency: str) -> dict[str, str]:
    """The ways to write amounts of a currency, in words; most currencies have but one."""
    ways = {"toman": _("in toman (a tenth of the rial)"), "yuan": _("with 元 behind the number")}
    offered = {way: words for way, words in ways.items() if MONEY_DISPLAYS[way] == currency}
    return {"": _("as is usual for the currency")} | offered


def alignment_names() -> dict[str, str]:
    """What the year before is aligned to, in words."""
    return {
        "": _("the calendar alone"),
        "tet": _("the distance from Tết"),
        "lunar_new_year": _("the distance from the Lunar New Year"),
        "nowruz": _("the distance from Nowruz"),
    }


def attribution_names() -> dict[str, str]:
    """By whom breakdowns count, in words."""
    return {
        "as_is": _("for whoever owns them now"),
        "as_was": _("for whoever owned them then"),
    }


def weekday_name(name: str) -> str:
    """A weekday in the reader's language."""
    return str(formatter().texts.locale.days["stand-alone"]["wide"][WEEKDAYS.index(name)])


def weekend_name(weekend: str) -> str:
    """Days off in words."""
    if weekend in ("", "none"):
        return _("those of the country") if not weekend else _("none: every day is worked")
    return formatter().listing([weekday_name(name) for name in weekend.split(",")])


def _month(month: int) -> str:
    words = formatter().texts
    return _(
        "%(number)s (%(gregorian)s or %(jalali)s)",
        number=formatter().number(month),
        gregorian=words.locale.months["stand-alone"]["wide"][month],
        jalali=words.gettext(JALALI_MONTHS[month - 1]),
    )


def _country_names() -> list[tuple[str, str]]:
    known = formatter().texts.locale.territories
    return sorted(((code, str(known.get(code, code))) for code in countries()), key=lambda pair: pair[1])
