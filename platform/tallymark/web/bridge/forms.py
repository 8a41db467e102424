"""What is asked of a bridge, as a form in the address."""

from __future__ import annotations

from datetime import date

from flask import request
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from tallymark.bridge import Question
from tallymark.bridge.asking import PREVIOUS, YEAR_BEFORE, against
from tallymark.bridge.forms import bridgeable
from tallymark.plugins.registry import Registry
from tallymark.plugins.wording import Wording
from tallymark.web.forms import Form, options
from tallymark.web.localisation import formatter
from tallymark.web.localisation import gettext as _
from tallymark.web.scorecards.periods import choices, suggested
from tallymark_sdk.calendars import Calendar

AUTOMATIC = "automatic"
_OFFERED = {"month": 24, "quarter": 8, "year": 4}


class BridgeForm(Form):
    """A question; it changes nothing, so it needs no token and stands in the address."""

    class Meta:
        """Without a token."""

        csrf = False

    metric = SelectField(_("KPI"), validators=[DataRequired()])
    to = SelectField(_("Period"), validators=[DataRequired()], validate_choice=False)
    from_ = SelectField(_("Compared with"), name="from", validate_choice=False)
    by = SelectField(_("Breakdown"), validate_choice=False)
    member = StringField(_("Who or which"), validators=[Length(max=200)])
    mix = SelectField(_("Mix between"), validate_choice=False)
    against = SelectField(_("The earlier period as of"), validate_choice=False)

    def question(self, member: str) -> Question:
        """What is asked, of the member with this id.

        Raises:
            NoBridge: the earlier data isn't named by an edition's id or a day.
        """
        chosen = str(self.mix.data or AUTOMATIC)
        return Question(
            metric=str(self.metric.data),
            to=str(self.to.data),
            from_=str(self.from_.data or PREVIOUS),
            by=str(self.by.data or "") if member else "",
            member=member,
            mix=None if chosen == AUTOMATIC else chosen.removeprefix("none"),
            against=against(str(self.against.data or "")),
        )


def bridge_form(known: Registry, cut: Calendar, last: date, today: date) -> BridgeForm:
    """The form with its choices, filled in from the address.

    Args:
        last: the newest day with data, up to which periods are offered; the newest that is over is asked about where
            the address names none.
    """
    form = BridgeForm(formdata=request.args)
    wording = Wording(known, formatter().locale)
    named = {key: wording.name(key) for key in bridgeable(known)}
    form.metric.choices = options(sorted(named.items(), key=lambda pair: pair[1]))
    form.to.choices = options(_periods(cut, last))
    if "to" not in request.args:
        newest = date.fromisoformat(suggested(choices(cut, "month", last), last, today))
        form.to.data = cut.key(cut.period("month", newest))
    form.from_.choices = options(
        [(PREVIOUS, _("The period before")), (YEAR_BEFORE, _("The same period a year before"))]
    )
    form.against.choices = options(
        [("newest", _("When its scorecard was made")), ("none", _("Now, without restatement"))]
    )
    chosen = form.metric.data if form.metric.data in named else None
    words = {each: wording.word(chosen, each) for each in known[chosen].by} if chosen else {}
    form.by.choices = options([("", _("The company")), *words.items()])
    mixes = [(AUTOMATIC, _("What fits the KPI")), ("none", _("Nothing: one segment"))]
    form.mix.choices = options([*mixes, *words.items()])
    return form


def _periods(cut: Calendar, last: date) -> list[tuple[str, str]]:
    found = []
    for grain, count in _OFFERED.items():
        newest = cut.period(grain, last)
        periods = [cut.step(newest, -back) for back in range(count)]
        found += [(cut.key(period), formatter().period(period)) for period in periods]
    return found
