"""The parameters of a set's KPIs, checked against their metrics."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from tallymark.plugins.own import registry_of
from tallymark.plugins.registry import registry
from tallymark_sdk import Metric
from tallymark_sdk.binding import bind
from tallymark_sdk.parameters import ParameterValue
from tallymark_tenants.kpi_sets import KpiSetRefused, kpis_of, parameters_of, set_parameters


def change(
    session: Session, kpi_set_id: UUID, key: str, given: Mapping[str, object], *, reset: bool = False
) -> None:
    """Give parameters of a KPI new values; those not named keep theirs, or with `reset` their defaults.

    Raises:
        UnknownMetric, InvalidParameter, KpiSetRefused: with a sentence that says what to write instead.
    """
    metric = registry()[key]
    before = {} if reset else parameters_of(session, kpi_set_id).get(key, {})
    bound = bind(metric, {**before, **given}) if before or given else metric
    values = {name: _stored(bound.values[name]) for name in {**before, **given}}
    set_parameters(session, kpi_set_id, key, values)


def listed(session: Session, kpi_set_id: UUID, key: str | None = None) -> list[str]:
    """A line for each parameter of the set's KPIs, or of one of them."""
    known = registry_of(session, kpi_set_id)
    keys = [row.metric_key for row in kpis_of(session, kpi_set_id)]
    if key is not None and key not in keys:
        raise KpiSetRefused(f"The KPI set doesn't have {key}.")
    metrics = [known[each] for each in keys if each in known.metrics and key in (None, each)]
    return [line for metric in metrics for line in _lines(metric)]


def _lines(metric: Metric) -> list[str]:
    return [
        f"{metric.key} {each.name} = {_shown(metric.values.get(each.name, each.default))}"
        f" (default {_shown(each.default)}): {each.description}"
        for each in metric.parameters
    ]


def _shown(value: ParameterValue) -> str:
    return "no limit" if value is None else str(value)


def _stored(value: ParameterValue) -> int | str | None:
    """As JSON keeps it exactly: a decimal is text."""
    return str(value) if isinstance(value, Decimal) else value
