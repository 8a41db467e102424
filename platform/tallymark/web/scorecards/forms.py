"""The form of a new scorecard, and what the lists of scorecards and editions show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from tallymark.calendars import calendar_of
from tallymark.web.forms import Form, options
from tallymark.web.localisation import formatter
from tallymark.web.localisation import gettext as _
from tallymark.web.scorecards.periods import GRAINS
from tallymark.web.scorecards.service import EditionLine
from tallymark_tenants.profile import TenantProfile


class ScorecardForm(Form):
    """A name, a KPI set and a grain."""

    name = StringField(_("Name"), validators=[DataRequired(), Length(max=80)])
    kpi_set = SelectField(_("KPI set"))
    grain = SelectField(_("Grain"))


@dataclass(frozen=True, kw_only=True)
class EditionRow:
    """An edition or a run that makes one, with its period in words."""

    line: EditionLine
    period: str


def grain_names() -> dict[str, str]:
    """The grains a scorecard can have, in words."""
    names = {"month": _("Monthly"), "quarter": _("Quarterly"), "year": _("Yearly"), "week": _("Weekly")}
    return {grain: names[grain] for grain in GRAINS}


def period_words(profile: TenantProfile, grain: str, start: date) -> str:
    """The period that begins on a day, in words."""
    return formatter().period(calendar_of(profile).period(grain, start))


def edition_rows(profile: TenantProfile, grain: str, lines: Iterable[EditionLine]) -> list[EditionRow]:
    """The lines with their periods in words."""
    return [EditionRow(line=line, period=period_words(profile, grain, line.start)) for line in lines]


def new_form(sets: Iterable[tuple[UUID, str]], *, fresh: bool) -> ScorecardForm:
    """The form with the tenant's KPI sets to choose from."""
    form = ScorecardForm()
    form.grain.choices = options(grain_names().items())
    form.kpi_set.choices = options((str(identity), name) for identity, name in sets)
    if fresh:
        form.name.data = _("Monthly sales")
    return form
