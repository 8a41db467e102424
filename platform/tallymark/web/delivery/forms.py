"""The forms of schedules, recipients and channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from wtforms import IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from tallymark.delivery.gate import ACTS, CHECK_WORDS, CHECKS, Policy
from tallymark.delivery.service import Wanted
from tallymark.jobs.schedules.rule import CLOCK, Rule, read
from tallymark.web.forms import Form, options
from tallymark.web.localisation import LANGUAGES
from tallymark.web.localisation import gettext as _
from tallymark_sdk.calendars import WEEKDAYS
from tallymark_tenants.models import Schedule

LAST = "-1"


class ScheduleForm(Form):
    """A schedule: what, when, which period, and what the gate does."""

    name = StringField(_("Name"), validators=[DataRequired(), Length(max=80)])
    scorecard = SelectField(_("Scorecard"))
    covers = SelectField(_("Period"))
    every = SelectField(_("How often"))
    which = SelectField(_("On which day"))
    weekday = SelectField(_("Weekday"))
    at = StringField(_("At"), validators=[DataRequired(), Length(max=5)])
    fresh = SelectField(CHECK_WORDS["fresh"])
    complete = SelectField(CHECK_WORDS["complete"])
    reconciled = SelectField(CHECK_WORDS["reconciled"])
    errors_ = SelectField(CHECK_WORDS["errors"])
    hours = IntegerField(
        _("Hours that data of a running period may be old"),
        validators=[InputRequired(), NumberRange(min=1, max=720)],
    )

    @property
    def rule(self) -> dict[str, Any]:
        """The rule, as `jobs.schedules.rule` reads it."""
        rule: dict[str, Any] = {"every": self.every.data, "at": (self.at.data or "").strip()}
        if self.every.data == "week":
            return rule | {"day": self.weekday.data}
        if self.every.data in ("day", "working-day"):
            return rule
        kind, _dash, number = str(self.which.data).partition(":")
        return rule | {"working_day" if kind == "working" else "day": int(number)}

    def wanted(self, old: Schedule | None) -> Wanted:
        """What is asked for."""
        gate = Policy.read(old.gate if old else {}).stored()
        gate |= {"fresh": self.fresh.data, "complete": self.complete.data, "reconciled": self.reconciled.data}
        return Wanted(
            name=str(self.name.data).strip(),
            scorecard_id=UUID(self.scorecard.data),
            rule=self.rule,
            covers=self.covers.data,
            gate=gate | {"errors": self.errors_.data, "hours": self.hours.data},
        )

    def validate_at(self, field: StringField) -> None:
        """A time of day."""
        if not CLOCK.fullmatch((field.data or "").strip()):
            raise ValidationError(_("Write the time of day like 06:00."))


def schedule_form(scorecards: Iterable[tuple[UUID, str]], old: Schedule | None) -> ScheduleForm:
    """The form with every choice, filled with the schedule as it is."""
    form = ScheduleForm(data=_data(old))
    form.scorecard.choices = options((str(identity), name) for identity, name in scorecards)
    form.covers.choices = options(
        [
            ("complete", _("the last complete period")),
            ("running", _("the running period, up to the day before")),
        ]
    )
    form.every.choices = options(every_names().items())
    form.which.choices = options(which_names().items())
    form.weekday.choices = options((name, weekday) for name, weekday in weekday_names().items())
    acts = act_names()
    for field in (form.fresh, form.complete, form.reconciled, form.errors_):
        field.choices = options((act, acts[act]) for act in ACTS)
        field.label.text = _(field.label.text)
    return form


def _data(old: Schedule | None) -> Mapping[str, Any]:
    policy = Policy.read(old.gate if old else {})
    rule = (
        read(old.rule)
        if old
        else Rule(every="month", at=read('{"every": "day", "at": "06:00"}').at, working=True)
    )
    found: dict[str, Any] = {check: getattr(policy, check) for check in CHECKS}
    found["errors_"] = found.pop("errors")
    return found | {
        "name": old.name if old else "",
        "scorecard": str(old.scorecard_id) if old else None,
        "covers": old.covers if old else "complete",
        "every": rule.every,
        "which": f"{'working' if rule.working else 'day'}:{rule.day}",
        "weekday": WEEKDAYS[rule.day] if rule.every == "week" else "monday",
        "at": f"{rule.at:%H:%M}",
        "hours": policy.hours,
    }


def every_names() -> dict[str, str]:
    """How often, in words."""
    return {
        "day": _("every day"),
        "working-day": _("every working day"),
        "week": _("every week"),
        "month": _("every month"),
        "quarter": _("every quarter"),
        "year": _("every year"),
    }


def which_names() -> dict[str, str]:
    """On which day of a month, quarter or year, in words."""
    return {
        "working:1": _("first working day"),
        "working:2": _("second working day"),
        "working:3": _("third working day"),
        "working:5": _("fifth working day"),
        "working:-1": _("last working day"),
        "day:1": _("first day"),
        "day:2": _("second day"),
        "day:3": _("third day"),
        "day:5": _("fifth day"),
        "day:10": _("tenth day"),
        "day:15": _("fifteenth day"),
        "day:-1": _("last day"),
    }


def weekday_names() -> dict[str, str]:
    """The weekdays by their English names, in words."""
    words = (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    )  # fmt: skip
    return dict(zip(WEEKDAYS, words, strict=True))


def act_names() -> dict[str, str]:
    """What a failed check leads to, in words."""
    return {
        "hold": _("hold it back and tell the owners"),
        "banner": _("send it with a warning on top"),
        "ignore": _("send it all the same"),
    }


class RecipientForm(Form):
    """Who gets it, in which language, whose rows, and what is attached."""

    whom = SelectField(_("Recipient"))
    address = StringField(_("E-mail address"), validators=[Optional(), Length(max=254)])
    name = StringField(_("Name"), validators=[Optional(), Length(max=120)])
    locale = SelectField(_("Language"))
    scope = SelectField(_("Whose rows"))
    attach = SelectField(_("Attached"))

    @property
    def target(self) -> tuple[str, str]:
        """Kind, and address or id."""
        kind, _colon, identity = str(self.whom.data).partition(":")
        return (kind, identity) if kind != "email" else ("email", self.address.data or "")


def recipient_form(
    members: Iterable[tuple[UUID, str]],
    channels: Iterable[tuple[UUID, str]],
    scopes: Iterable[tuple[str, str]],
) -> RecipientForm:
    """The form with every choice."""
    form = RecipientForm()
    form.whom.choices = options(
        [
            ("email:", _("an e-mail address")),
            *((f"member:{identity}", name) for identity, name in members),
            *((f"channel:{identity}", name) for identity, name in channels),
        ]
    )
    form.locale.choices = options(language_choices())
    form.scope.choices = options([("", _("everybody's")), *scopes])
    form.attach.choices = options(attach_names().items())
    return form


def language_choices() -> list[tuple[str, str]]:
    """The languages, after that of the recipient."""
    return [("", _("their own, else the company's")), *LANGUAGES.items()]


def attach_names() -> dict[str, str]:
    """What an e-mail carries, in words."""
    return {"pdf": _("PDF"), "pdf_xlsx": _("PDF and workbook"), "link": _("nothing, only a link")}


_NOT_KEPT = {"autocomplete": "new-password"}
"""So that no browser fills in a password of somebody's, or offers to keep this one."""


class ChannelForm(Form):
    """A channel. Its address and key are never shown again, so a change leaves them empty to keep them."""

    kind = SelectField(_("Kind"))
    name = StringField(_("Name"), validators=[DataRequired(), Length(max=80)])
    url = PasswordField(_("Address (URL)"), validators=[Optional(), Length(max=2000)], render_kw=_NOT_KEPT)
    key = PasswordField(
        _("Signing key"), validators=[Optional(), Length(min=16, max=200)], render_kw=_NOT_KEPT
    )
    locale = SelectField(_("Language"))


def channel_form(**data: Any) -> ChannelForm:
    """The form with every choice."""
    form = ChannelForm(data=data)
    form.kind.choices = options(kind_names().items())
    form.locale.choices = options([("", _("the company's")), *LANGUAGES.items()])
    return form


def kind_names() -> dict[str, str]:
    """Kinds of channels."""
    return {"slack": "Slack", "teams": "Microsoft Teams", "webhook": _("Signed webhook")}
