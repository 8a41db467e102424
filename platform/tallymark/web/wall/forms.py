"""The form of a wall: which screens, how long each, and what it may tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from flask import request
from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from tallymark.wall.plan import (
    FEWEST_SECONDS,
    MOST_SECONDS,
    SECONDS,
    Celebrate,
    People,
    Plan,
    Screen,
    ScreenKind,
)
from tallymark.web.forms import Form, options
from tallymark.web.localisation import gettext as _
from tallymark_sdk.texts import TAGS
from tallymark_tenants.models import Wall

USUAL = (
    ScreenKind.TILES,
    ScreenKind.TREND,
    ScreenKind.RANKING,
    ScreenKind.FUNNEL,
    ScreenKind.BREAKDOWN,
)
"""Screens that a new wall starts with."""
STALE_HOURS = 26  # a nightly load that is two hours late
LANGUAGE_NAMES = {"en": "English", "vi": "Tiếng Việt", "fa": "فارسی", "zh-Hant": "繁體中文"}


@dataclass(frozen=True, kw_only=True)
class ScreenChoice:
    """One line of the form: a kind of screen, and whether the scorecard has something for it now."""

    kind: str
    name: str
    checked: bool
    seconds: int
    there: bool | None


class WallForm(Form):
    """Everything but the screens' seconds, which stand beside each screen. Nobody chooses `people` for the asker."""

    name = StringField(_("Name"), validators=[DataRequired(), Length(max=80)])
    scorecard = SelectField(_("Scorecard"))
    locale = SelectField(_("Language"))
    screens = SelectMultipleField(_("Screens"), validate_choice=False)
    people = RadioField(_("May the wall show people's names?"), validators=[InputRequired()])
    celebrate = RadioField(_("When a deal is won"))
    stale_hours = IntegerField(
        _("Mark data as old after (hours)"), validators=[InputRequired(), NumberRange(min=1, max=720)]
    )

    @property
    def scorecard_id(self) -> UUID:
        """The chosen scorecard."""
        return UUID(self.scorecard.data)

    def plan(self) -> Plan:
        """What was chosen; the form must have been validated."""
        seconds = seconds_of(None)
        chosen = [ScreenKind(kind) for kind in self.screens.data or () if kind in set(ScreenKind)]
        return Plan(
            name=str(self.name.data).strip(),
            locale=self.locale.data,
            screens=tuple(Screen(kind=kind, seconds=seconds[kind]) for kind in chosen),
            people=People(self.people.data),
            celebrate=Celebrate(self.celebrate.data),
            stale_hours=int(self.stale_hours.data or STALE_HOURS),
        )


class LinkForm(Form):
    """How long a new link is good for."""

    days = SelectField(_("The link works"), default="")

    @property
    def length(self) -> int | None:
        """In days; None for as long as nobody revokes it."""
        return int(self.days.data) if self.days.data else None


def wall_form(
    scorecards: Iterable[tuple[UUID, str]],
    wall: Wall | None = None,
    *,
    locale: str = "en",
    fresh: bool = False,
) -> WallForm:
    """The form; `fresh` fills it from the wall, or for a new one with what is usual."""
    form = WallForm(formdata=None) if fresh else WallForm()
    form.scorecard.choices = options((str(identity), name) for identity, name in scorecards)
    form.locale.choices = options((tag, LANGUAGE_NAMES.get(tag, tag)) for tag in TAGS.values())
    form.screens.choices = options(screen_names().items())
    form.people.choices = options(people_choices().items())
    form.celebrate.choices = options(celebrate_choices().items())
    if not fresh:
        return form
    if wall is None:
        form.locale.data, form.stale_hours.data = locale, STALE_HOURS
        form.screens.data = [str(kind) for kind in USUAL]
        form.celebrate.data = str(Celebrate.PLAIN)
        return form
    form.name.data, form.locale.data, form.stale_hours.data = wall.name, wall.locale, wall.stale_hours
    form.scorecard.data, form.people.data = str(wall.scorecard_id), wall.people
    form.celebrate.data = wall.celebrate
    form.screens.data = [entry["screen"] for entry in wall.screens]
    return form


def link_form() -> LinkForm:
    """The form of a new link."""
    form = LinkForm()
    form.days.choices = options(
        [
            ("", _("until it is revoked")),
            ("30", _("for 30 days")),
            ("90", _("for 90 days")),
            ("365", _("for a year")),
        ]
    )
    return form


def screen_choices(
    form: WallForm, wall: Wall | None, there: frozenset[ScreenKind] | None
) -> list[ScreenChoice]:
    """The lines of the form; `there` are the kinds that what it shows has, None where it shows nothing."""
    seconds, chosen = seconds_of(wall), set(form.screens.data or ())
    return [
        ScreenChoice(
            kind=kind,
            name=name,
            checked=kind in chosen,
            seconds=seconds[ScreenKind(kind)],
            there=None if there is None else kind in there,
        )
        for kind, name in screen_names().items()
    ]


def seconds_of(wall: Wall | None) -> dict[ScreenKind, int]:
    """Seconds by screen: as typed, else as stored, else the usual; what is no number of them is made one."""
    stored = {} if wall is None else {entry["screen"]: entry["seconds"] for entry in wall.screens}
    found = {}
    for kind in ScreenKind:
        typed = request.form.get(f"seconds-{kind}", "")
        value = int(typed) if typed.isdecimal() and len(typed) < 6 else stored.get(kind, SECONDS)
        found[kind] = min(MOST_SECONDS, max(FEWEST_SECONDS, int(value)))
    return found


def screen_names() -> dict[str, str]:
    """Kinds of screens in words, in the order in which they rotate."""
    return {
        ScreenKind.TILES: _("KPIs as tiles, up to nine at a time"),
        ScreenKind.SUMMARY: _("Headline and findings"),
        ScreenKind.SCORE: _("Overall score"),
        ScreenKind.TREND: _("Trend with target"),
        ScreenKind.FUNNEL: _("Funnel"),
        ScreenKind.BARS: _("Reasons for losses"),
        ScreenKind.BRIDGE: _("What moved the number"),
        ScreenKind.RANKING: _("Ranking of people or teams"),
        ScreenKind.BREAKDOWN: _("Regions and other breakdowns"),
        ScreenKind.COHORTS: _("Cohorts"),
    }


def people_choices() -> dict[str, str]:
    """What a wall may show of people, in words."""
    return {
        People.NAMES: _("Yes, with names: the people agreed to it"),
        People.NUMBERS: _("No: the ranking says “Rep 1”, “Rep 2” instead"),
        People.HIDDEN: _("No: leave out rankings of people"),
    }


def celebrate_choices() -> dict[str, str]:
    """What is said of a won deal, in words."""
    return {
        Celebrate.OFF: _("Nothing"),
        Celebrate.PLAIN: _("Celebrate, without saying which deal"),
        Celebrate.AMOUNT: _("Celebrate, with the amount"),
        Celebrate.DEAL: _("Celebrate, with the deal's name, its amount and who won it"),
    }
