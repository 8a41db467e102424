"""The form of a rule."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import Length

from tallymark.alerts.rules import ODDS, RuleRefused, Typed
from tallymark.plugins.registry import Registry
from tallymark.plugins.wording import Wording
from tallymark.web.forms import Form, options
from tallymark.web.localisation import formatter, say
from tallymark.web.localisation import gettext as _
from tallymark.web.words import breakdown_title

_SHORT = [Length(max=40)]


class RuleForm(Form):
    """Everything that a person says about a rule."""

    name = StringField(_("Name"), validators=[Length(max=120)])
    metric = SelectField(_("KPI"))
    kind = SelectField(_("Kind"))
    grain = SelectField(_("Period"))
    dimension = SelectField(_("For"))
    member = StringField(_("Who or which"), validators=[Length(max=200)])
    of = SelectField(_("What crosses it"))
    side = SelectField(_("Direction"))
    limit = StringField(_("Limit"), validators=_SHORT)
    status = SelectField(_("Status"))
    miss = StringField(_("Misses its target by more than"), validators=_SHORT)
    one_in = SelectField(_("How unusual"))
    quiet_from = StringField(_("Quiet from"), validators=_SHORT)
    quiet_until = StringField(_("Quiet until"), validators=_SHORT)
    repeat_after_days = StringField(_("Remind after days"), validators=_SHORT)
    recipients = SelectMultipleField(_("Members who get an e-mail"))
    channels = SelectMultipleField(_("Channels"))

    def typed(self) -> Typed:
        """What was typed."""
        given = {name: str(self[name].data or "") for name in _TEXTS}
        return Typed(
            **given,
            recipients=tuple(self.recipients.data or ()),
            channels=tuple(self.channels.data or ()),
        )

    def fill(self, typed: Typed) -> None:
        """Show a rule as it would be typed."""
        for name in (*_TEXTS, "recipients", "channels"):
            value = getattr(typed, name)
            self[name].data = list(value) if isinstance(value, tuple) else value

    def blame(self, error: RuleRefused) -> None:
        """Put the problem beside its field."""
        self[error.field].errors = [say(error)]


_TEXTS = (
    *("name", "metric", "kind", "grain", "dimension", "member", "of", "side", "limit", "status", "miss", "one_in"),
    *("quiet_from", "quiet_until", "repeat_after_days"),
)  # fmt: skip


def rule_form(
    known: Registry,
    people: Iterable[tuple[str, str]],
    channels: Iterable[tuple[str, str]],
    typed: Typed | None = None,
) -> RuleForm:
    """The form with its choices, filled in from a rule or from what was sent."""
    form = RuleForm(formdata=None) if typed is not None else RuleForm()
    wording = Wording(known, formatter().locale)
    metrics = sorted(((key, wording.name(key)) for key in known.metrics), key=lambda pair: pair[1])
    form.metric.choices = options(metrics)
    form.kind.choices = options(kind_names().items())
    form.grain.choices = options(grain_names().items())
    words = {by: breakdown_title(by) for metric in known for by in metric.by}
    form.dimension.choices = options([("", _("The company")), *sorted(words.items())])
    form.of.choices = options(
        [("value", _("The value")), ("attainment", _("The share of the target")), ("status", _("The status"))]
    )
    form.side.choices = options([("below", _("Falls below")), ("above", _("Rises above"))])
    form.status.choices = options([("off", _("Off target")), ("risk", _("At risk or off target"))])
    form.one_in.choices = options(
        (str(odds), _("1 in %(count)s is outside", count=formatter().number(odds))) for odds in ODDS
    )
    form.recipients.choices = options(people)
    form.channels.choices = options(channels)
    if typed is not None:
        form.fill(typed)
    return form


def kind_names() -> dict[str, str]:
    """Kinds as people read them."""
    return {
        "threshold": _("Threshold: a value or a status crosses a limit"),
        "pace": _("Pace: heading to miss the target"),
        "anomaly": _("Anomaly: unusual for the season"),
    }


def grain_names() -> dict[str, str]:
    """Grains as people read them."""
    return {
        "day": _("Days"),
        "week": _("Weeks"),
        "month": _("Months"),
        "quarter": _("Quarters"),
        "year": _("Years"),
    }
