"""Routes of targets."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tallymark.engine.targets import TenantTargets
from tallymark.lake import Lake
from tallymark.plugins.wording import Wording
from tallymark.targets import Entry, Share, TargetRefused, load_targets, month_shares, read_entry
from tallymark.targets.entry import entry_of
from tallymark.web.access import here, permits
from tallymark.web.localisation import formatter, say
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import app_settings, scope
from tallymark.web.targets.forms import TargetForm, target_form
from tallymark.web.targets.listing import MOST, heaps, lines
from tallymark_tenants.accounts import Permission
from tallymark_tenants.targets import (
    StoredTarget,
    TargetValue,
    find_target,
    list_targets,
    remove_target,
    set_target,
)

targets = Blueprint("targets", __name__, template_folder="templates")


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What the typed target comes to, month by month; `total` differs only where shorter targets exceed it."""

    unit: str
    value: Decimal
    shares: list[Share]

    @property
    def total(self) -> Decimal | None:
        """The months' sum; None where a month has no value, or the target isn't divided."""
        values = [share.value for share in self.shares if share.value is not None]
        return sum(values, Decimal()) if len(values) == len(self.shares) else None


@targets.get("/")
@permits(Permission.READ)
def index() -> ResponseReturnValue:
    """The targets by KPI, those of one KPI, and a form for another."""
    everything = _load()
    form = _form(everything, empty=True)
    if request.args.get("metric") in everything.registry.metrics:
        form.metric.data = request.args["metric"]
    return _page(everything, form)


@targets.post("/")
@permits(Permission.ANALYSE)
def save() -> ResponseReturnValue:
    """Set a target."""
    everything = _load()
    form = _form(everything)
    target = _read(form, everything)
    if target is None:
        return _page(everything, form), 422
    set_target(scope().tenant(), target)
    flash(_("The target is set."), "good")
    return redirect(url_for("targets.index", metric=target.metric))


@targets.post("/preview")
@permits(Permission.ANALYSE)
def preview() -> ResponseReturnValue:
    """Show what the typed target comes to, without setting it."""
    everything = _load()
    form = _form(everything)
    target = _read(form, everything)
    if target is None:
        return _page(everything, form), 422
    shown = Preview(
        unit=everything.registry[target.metric].unit,
        value=target.value,
        shares=month_shares(everything, target),
    )
    return _page(everything, form, shown=shown)


@targets.get("/<uuid:target_id>/edit")
@permits(Permission.ANALYSE)
def edit(target_id: UUID) -> ResponseReturnValue:
    """The form filled in with a target that is set."""
    target = find_target(scope().tenant(), target_id)
    if target is None:
        abort(404)
    everything = _load()
    form = _form(everything, empty=True)
    form.fill(entry_of(target, everything.calendar))
    return _page(everything, form, metric=target.metric)


@targets.post("/<uuid:target_id>/remove")
@permits(Permission.ANALYSE)
def remove(target_id: UUID) -> ResponseReturnValue:
    """Remove a target, and offer to set it again."""
    removed = remove_target(scope().tenant(), target_id)
    if removed is None:
        abort(404)
    everything = _load()
    form = _form(everything, empty=True)
    form.metric.data = removed.metric
    return _page(everything, form, metric=removed.metric, undo=entry_of(removed, everything.calendar))


def _load() -> TenantTargets:
    return load_targets(scope().tenant(), Lake.of(app_settings()), here().profile)


def _names(everything: TenantTargets) -> dict[str, str]:
    wording = Wording(everything.registry, formatter().locale)
    return {key: wording.name(key) for key in everything.registry.metrics}


def _form(everything: TenantTargets, *, empty: bool = False) -> TargetForm:
    return target_form(everything.registry, _names(everything), empty=empty)


def _read(form: TargetForm, everything: TenantTargets) -> TargetValue | None:
    """The target that was typed; None where the form now says what to mend."""
    if not form.validate_on_submit():
        return None
    try:
        return read_entry(form.entry(), everything)
    except TargetRefused as error:
        form[error.field].errors = [say(error)]
    return None


def _page(
    everything: TenantTargets, form: TargetForm, *, metric: str = "", shown: Preview | None = None,
    undo: Entry | None = None,
) -> str:  # fmt: skip
    session = scope().tenant()
    wanted = metric or str(form.metric.data or "") or request.args.get("metric", "")
    rows: list[StoredTarget] = list_targets(session)
    of_metric = [row for row in rows if row.metric == wanted]
    names = _names(everything)
    return render_template(
        "targets/index.html",
        form=form,
        heaps=heaps(rows, names),
        chosen=names.get(wanted, wanted) if of_metric else "",
        lines=lines(of_metric[:MOST], everything.registry, everything),
        more=max(len(of_metric) - MOST, 0),
        preview=shown,
        undo=undo,
        value=lambda amount, unit: formatter().value(amount, unit, compact=False),
    )
