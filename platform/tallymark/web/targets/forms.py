"""The form of a target."""

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from tallymark.plugins.registry import Registry
from tallymark.targets import Entry
from tallymark.targets.entry import WHOSE
from tallymark.web.forms import Form, options
from tallymark.web.localisation import gettext as _

_FIELDS = ("metric", "period", "value", "scope", "member", "spread", "weights")


class TargetForm(Form):
    """A target as it is typed; `Entry` says what each field takes."""

    metric = SelectField(_("KPI"), validators=[DataRequired()])
    period = StringField(_("Period"), validators=[DataRequired(), Length(max=40)])
    value = StringField(_("Target"), validators=[DataRequired(), Length(max=40)])
    scope = SelectField(_("For"))
    member = StringField(_("Who or which"), validators=[Length(max=200)])
    spread = SelectField(_("Divided"))
    weights = StringField(_("Weights"), validators=[Length(max=400)])

    def entry(self) -> Entry:
        """What was typed."""
        return Entry(**{name: str(getattr(self, name).data or "") for name in _FIELDS})

    def fill(self, entry: Entry) -> None:
        """Show these words."""
        for name in _FIELDS:
            getattr(self, name).data = getattr(entry, name)


def target_form(known: Registry, names: dict[str, str], *, empty: bool = False) -> TargetForm:
    """The form with its choices, filled in from the request unless `empty`."""
    form = TargetForm(formdata=None) if empty else TargetForm()
    form.metric.choices = options(
        sorted(((key, names[key]) for key in known.metrics), key=lambda pair: pair[1])
    )
    form.scope.choices = options((scope, scope_name(scope)) for scope in WHOSE)
    form.spread.choices = options(spread_names().items())
    return form


def scope_name(scope: str) -> str:
    """A scope as people read it."""
    return {
        "company": _("The company"),
        "department": _("Department"),
        "team": _("Team"),
        "region": _("Region"),
        "rep": _("Representative"),
        "product_group": _("Product group"),
        "product": _("Product"),
        "source": _("Source"),
    }.get(scope, scope)


def spread_names() -> dict[str, str]:
    """The ways to divide a target, the metric's own way first."""
    return {
        "": _("In the KPI's usual way"),
        "evenly": _("Evenly by month"),
        "seasonality": _("As last year's months were"),
        "working-days": _("By working days"),
        "weights": _("By weights"),
        "level": _("Not at all: it holds all the time"),
    }
