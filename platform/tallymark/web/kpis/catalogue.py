"""The metrics a company can choose from, as the page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.plugins.registry import Registry
from tallymark.plugins.wording import Wording
from tallymark.scorecards.starter import STARTERS
from tallymark.web.localisation import formatter
from tallymark.web.localisation import gettext as _
from tallymark.web.words import family_title
from tallymark_sdk import Metric, Parameter
from tallymark_tenants.models import Dataset


@dataclass(frozen=True, kw_only=True)
class MetricCard:
    """A metric to choose.

    Attributes:
        missing: the datasets it needs that hold no data yet, as a list in words.
        parameters: what can be set, by name and value.
    """

    key: str
    name: str
    description: str
    better: str
    missing: str
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Family:
    """Metrics of one pack family."""

    title: str
    metrics: tuple[MetricCard, ...]


def connected_datasets(session: Session) -> list[str]:
    """Names of the datasets that hold a snapshot."""
    return list(session.scalars(select(Dataset.name).where(Dataset.current_snapshot_id.is_not(None))))


def families(registry: Registry, connected: Iterable[str]) -> list[Family]:
    """All metrics by family, in the order of the starters and then by name."""
    have = frozenset(connected)
    grouped: dict[str, list[Metric]] = {}
    for metric in sorted(registry, key=_order):
        grouped.setdefault(metric.family, []).append(metric)
    return [
        Family(
            title=family_title(name),
            metrics=tuple(card(registry, metric, have) for metric in found),
        )
        for name, found in grouped.items()
    ]


def card(registry: Registry, metric: Metric, connected: frozenset[str]) -> MetricCard:
    """One metric as the page shows it."""
    wording = Wording(registry, formatter().locale)
    missing = registry.missing_of(metric.key, connected.__contains__)
    return MetricCard(
        key=metric.key,
        name=wording.name(metric.key),
        description=wording.description(metric.key),
        better={"higher": _("Higher"), "lower": _("Lower"), "neutral": _("Neither")}[metric.better],
        missing=formatter().listing([wording.word(metric.key, name) for name in missing]) if missing else "",
        parameters=tuple(
            (wording.parameter(metric.key, each), _shown(wording, metric, each)) for each in metric.parameters
        ),
    )


def _shown(wording: Wording, metric: Metric, parameter: Parameter) -> str:
    value = metric.values.get(parameter.name, parameter.default)
    if value is None:
        return _("no limit")
    return wording.word(metric.key, value) if isinstance(value, str) else formatter().number(value)


def _order(metric: Metric) -> tuple[int, str]:
    return (STARTERS.index(metric.key) if metric.key in STARTERS else len(STARTERS), metric.name)
