"""The form of an own KPI."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast, get_args
from uuid import UUID

from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from tallymark.own_kpis.check import DRAFT_KEY
from tallymark.web.forms import Form, options
from tallymark.web.localisation import gettext as _
from tallymark.web.words import breakdown_title
from tallymark_sdk.metric import Better, Unit
from tallymark_sdk.own import FAMILY, OwnKpi, WrongKpi
from tallymark_sdk.own.kpi import LONGEST_DESCRIPTION, LONGEST_NAME
from tallymark_tenants.kpi_sets import KpiSetRow


def _one_line(text: str | None) -> str | None:
    """The text with a space for each line's end, as browsers count one character for it."""
    return None if text is None else " ".join(text.splitlines())


class OwnKpiForm(Form):
    """Everything that a person says about an own KPI."""

    name = StringField(_("Name"), validators=[DataRequired(), Length(max=LONGEST_NAME)])
    key = StringField(_("Key"), validators=[Optional()])
    expression = TextAreaField(
        _("Formula"), filters=[_one_line], render_kw={"rows": 3, "spellcheck": "false"}
    )
    unit = SelectField(_("Unit"), validators=[Optional()])
    better = SelectField(_("Better"))
    description = StringField(_("Description"), validators=[Optional(), Length(max=LONGEST_DESCRIPTION)])
    breakdowns = SelectMultipleField(_("Breakdowns"))
    kpi_set = SelectField(_("For"), validators=[Optional()])

    @property
    def declared_unit(self) -> Unit | None:
        """The chosen unit; None for what the formula gives."""
        return cast("Unit | None", self.unit.data or None)

    @property
    def kpi_set_id(self) -> UUID | None:
        """The chosen KPI set; None for the whole company."""
        return UUID(self.kpi_set.data) if self.kpi_set.data else None

    def kpi(self, *, old: OwnKpi | None, draft: bool) -> OwnKpi:
        """What the form says; the unit is only a stand-in where none is declared.

        Args:
            old: the KPI that is changed; its key and set stay.
            draft: whether to stand in a key and a name where there are none yet.
        """
        name = (self.name.data or "").strip()
        key = old.key if old else key_of(self.key.data or "", name)
        return OwnKpi(
            key=key if key != f"{FAMILY}." or not draft else DRAFT_KEY,
            name=name or (key if draft else ""),
            description=(self.description.data or "").strip(),
            expression=self.expression.data or "",
            unit=self.declared_unit or "index",
            better=cast("Better", self.better.data),
            breakdowns=tuple(self.breakdowns.data or ()),
            within=old.within if old else str(self.kpi_set_id or ""),
        )

    def blame(self, problem: WrongKpi) -> None:
        """Put the problem beside its field."""
        field = getattr(self, problem.field, None) or self.expression
        field.errors = [*field.errors, problem.sentence(_)]


def key_of(typed: str, name: str) -> str:
    """The key as typed, with or without "own.", or else one made from the name."""
    word = typed.strip().lower().removeprefix(f"{FAMILY}.") or "_".join(
        re.findall(r"[a-z0-9]+", name.lower())
    )
    return f"{FAMILY}.{word}"


def unit_names() -> dict[str, str]:
    """Units as people read them."""
    return {
        "money": _("Money"),
        "ratio": _("Ratio (shown in percent)"),
        "count": _("Count"),
        "rate": _("Rate"),
        "days": _("Days"),
        "score": _("Score"),
        "index": _("Index"),
    }


def better_names() -> dict[str, str]:
    """Directions as people read them."""
    return {"higher": _("Higher"), "lower": _("Lower"), "neutral": _("Neither")}


def new_form(
    *, breakdowns: Iterable[str], sets: Iterable[KpiSetRow], old: OwnKpi | None = None
) -> OwnKpiForm:
    """The form with its choices, filled from the KPI that is changed or from what was sent."""
    data = None if old is None else {**old.__dict__, "breakdowns": list(old.breakdowns)}
    form = OwnKpiForm(data=data)
    units, better = unit_names(), better_names()
    form.unit.choices = options(
        [("", _("What the formula gives")), *((name, units[name]) for name in get_args(Unit))]
    )
    form.better.choices = options((name, better[name]) for name in get_args(Better))
    form.breakdowns.choices = options((name, breakdown_title(name)) for name in breakdowns)
    form.kpi_set.choices = options(
        [
            ("", _("The whole company")),
            *((str(row.id), _("Only the KPI set %(name)s", name=row.name)) for row in sets),
        ]
    )
    return form
