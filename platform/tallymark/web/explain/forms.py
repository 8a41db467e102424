"""What is asked of an explanation, as a form in the address."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request
from wtforms import HiddenField, IntegerField, SelectField, StringField, validators
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from tallymark.explain import Question
from tallymark.plugins.registry import Registry
from tallymark.plugins.wording import Wording
from tallymark.web.forms import Form, options
from tallymark.web.localisation import formatter
from tallymark.web.localisation import gettext as _
from tallymark.web.scorecards.periods import choices, suggested
from tallymark_sdk.calendars import Calendar

_OFFERED = {"month": 24, "quarter": 8, "year": 4}


class ExplainForm(Form):
    """A question; it changes nothing, so it needs no token and stands in the address."""

    class Meta:
        """Without a token."""

        csrf = False

    metric = SelectField(_("KPI"), validators=[DataRequired()])
    period = SelectField(_("Period"), validators=[DataRequired()], validate_choice=False)
    part = SelectField(_("Figure"), validate_choice=False)
    by = SelectField(_("Breakdown"), validate_choice=False)
    member = StringField(_("Who or which"), validators=[Length(max=200)])
    which = SelectField(_("Rows"))
    measure = IntegerField(default=1, validators=[Optional(), NumberRange(1)])
    page = IntegerField(default=1, validators=[Optional(), NumberRange(1)])
    edition = HiddenField(validators=[Optional(), validators.UUID()])

    def question(self, member: str) -> Question:
        """What is asked, of the member with this id."""
        return Question(
            metric=str(self.metric.data),
            period=str(self.period.data),
            part=str(self.part.data or "value"),
            by=str(self.by.data or "") if member else "",
            member=member,
            measure=self.measure.data or 1,
            which="left_out" if self.which.data == "left_out" else "used",
            page=self.page.data or 1,
            edition=UUID(self.edition.data) if self.edition.data else None,
        )


def explain_form(known: Registry, cut: Calendar, last: date, today: date) -> ExplainForm:
    """The form with its choices, filled in from the address.

    Args:
        last: the newest day with data, up to which periods are offered; the newest that is over is asked about where
            the address names none.
    """
    form = ExplainForm(formdata=request.args)
    wording = Wording(known, formatter().locale)
    named = {key: wording.name(key) for key in known.metrics}
    form.metric.choices = options(sorted(named.items(), key=lambda pair: pair[1]))
    form.period.choices = options(_periods(cut, last, str(form.period.data or "")))
    if "period" not in request.args:
        newest = date.fromisoformat(suggested(choices(cut, "month", last), last, today))
        form.period.data = cut.key(cut.period("month", newest))
    chosen = form.metric.data if form.metric.data in named else None
    parts = {each: wording.part(chosen, each) for each in known[chosen].parts} if chosen else {}
    form.part.choices = options([("value", _("The value")), *parts.items()])
    words = {each: wording.word(chosen, each) for each in known[chosen].by} if chosen else {}
    form.by.choices = options([("", _("The company")), *words.items()])
    form.which.choices = options([("used", _("Used")), ("left_out", _("Left out"))])
    form.which.data = form.which.data or "used"
    return form


def _periods(cut: Calendar, last: date, asked: str) -> list[tuple[str, str]]:
    found = []
    for grain, count in _OFFERED.items():
        newest = cut.period(grain, last)
        periods = [cut.step(newest, -back) for back in range(count)]
        found += [(cut.key(period), formatter().period(period)) for period in periods]
    if asked and asked not in dict(found):
        found.insert(0, (asked, asked))
    return found
