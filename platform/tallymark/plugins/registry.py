"""The metrics that can be asked for, by key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from tallymark.plugins.charting import unfit
from tallymark.plugins.loader import Broken, Loaded, Pack, load
from tallymark_sdk import Metric, TallymarkError, View
from tallymark_sdk.binding import bind
from tallymark_sdk.charts import Chart
from tallymark_sdk.checks import can_break_down
from tallymark_sdk.computing_checks import can_be_handed_over
from tallymark_sdk.errors import did_you_mean
from tallymark_sdk.formula import Operand
from tallymark_sdk.leaves import computations, leaves, references
from tallymark_sdk.parameters import InvalidParameter


class UnknownMetric(TallymarkError):
    """No loaded metric has this key."""


@dataclass(frozen=True)
class Registry:
    """Every usable metric, where it comes from, and what was refused."""

    metrics: dict[str, Metric] = field(default_factory=dict)
    packs: dict[str, Pack] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()
    charts: dict[str, tuple[Pack, Chart]] = field(default_factory=dict)
    """The sections that packs offer, by their keys, each with its pack."""

    @cached_property
    def memo(self) -> dict[tuple[object, ...], Any]:
        """What has been found out about these metrics and holds as long as they do."""
        return {}

    def __getitem__(self, key: str) -> Metric:
        if key not in self.metrics:
            refused = next((broken.reason for broken in self.broken if key in broken.reason), None)
            if refused:
                raise UnknownMetric(f'The metric "{key}" was refused: {refused}')
            raise UnknownMetric(f'There is no metric "{key}".{did_you_mean(key, self.metrics)}')
        return self.metrics[key]

    def __iter__(self) -> Iterator[Metric]:
        return iter(self.metrics.values())

    def columns_of(self, key: str) -> tuple[str, ...]:
        """Every "dataset.column" behind a metric, through the metrics it refers to, sorted."""
        found: set[str] = set()
        for name in self[key].inputs:
            found |= set(self.columns_of(name)) if name in self.metrics else {name}
        return tuple(sorted(found))

    def pack_of(self, key: str) -> Pack:
        """The pack a metric comes from."""
        return self.packs[key]

    def chart(self, key: str) -> Chart | None:
        """The chart of a pack; None where no loaded pack offers it."""
        return self.charts[key][1] if key in self.charts else None

    def missing_of(self, key: str, is_connected: Callable[[str], bool]) -> tuple[str, ...]:
        """The datasets without which the metric has no value and that no source has filled, sorted."""
        found: set[str] = set()
        for formula in self[key].all_formulas():
            for leaf in leaves(formula):
                absent = (
                    leaf.dataset.missing(is_connected)
                    if isinstance(leaf.dataset, View)
                    else (None if is_connected(leaf.dataset) else leaf.dataset)
                )
                found |= set() if absent is None else {absent}
            for computation in computations(formula):
                found |= {name for name in computation.columns if not is_connected(name)}
            for reference in references(formula):
                found |= set(self.missing_of(reference.key, is_connected))
        return tuple(sorted(found))

    def with_parameters(self, values: Mapping[str, Mapping[str, object]]) -> Registry:
        """A copy in which these metrics have these values of their parameters.

        A value that its metric doesn't take, as after a change of the pack, refuses the metric: a number made with
        another value than the one that was set would be wrong and say nothing.
        """
        changed: dict[str, Metric] = {}
        broken: list[Broken] = []
        for key, given in values.items():
            if given and key in self.metrics:
                try:
                    changed[key] = bind(self.metrics[key], given)
                except InvalidParameter as error:
                    broken.append(_refuse(self.packs[key], f"{key}: {error}"))
        gone = {each.reason.partition(":")[0] for each in broken}
        return Registry(
            metrics={key: metric for key, metric in (self.metrics | changed).items() if key not in gone},
            packs={key: pack for key, pack in self.packs.items() if key not in gone},
            broken=(*self.broken, *broken),
            charts={key: each for key, each in self.charts.items() if not gone & set(each[1].metrics)},
        )

    def laid_over(self, packs: Iterable[Pack], broken: Iterable[Broken] = ()) -> Registry:
        """A copy with the metrics of further packs, such as a tenant's own; this registry stays as it is."""
        added = {metric.key: (pack, metric) for pack in packs for metric in pack.metrics}
        return Registry(
            metrics=self.metrics | {key: metric for key, (_, metric) in added.items()},
            packs=self.packs | {key: pack for key, (pack, _) in added.items()},
            broken=(*self.broken, *broken),
            charts=self.charts,
        )


def build(loaded: Loaded) -> Registry:
    """Gather packs into a registry.

    A key that two packs declare is refused in both, naming both. A metric that refers to one that isn't there,
    or to itself through others, is refused too.
    """
    claims: dict[str, list[tuple[Pack, Metric]]] = defaultdict(list)
    for pack in loaded.packs:
        for metric in pack.metrics:
            claims[metric.key].append((pack, metric))
    broken = list(loaded.broken)
    metrics: dict[str, Metric] = {}
    packs: dict[str, Pack] = {}
    for key, claimed in sorted(claims.items()):
        if len(claimed) > 1:
            owners = {f"{pack.distribution} {pack.version}": pack for pack, _ in claimed}
            reason = f"{key} is declared twice, by {' and by '.join(owners)}; neither is used"
            broken.extend(_refuse(pack, reason) for pack in owners.values())
            continue
        packs[key], metrics[key] = claimed[0]
    for key, reason in _dangling(metrics):
        broken.append(_refuse(packs.pop(key), reason))
        del metrics[key]
    charts, refused = _charts(loaded.packs, metrics)
    return Registry(metrics=metrics, packs=packs, broken=(*broken, *refused), charts=charts)


def _charts(
    packs: Iterable[Pack], metrics: Mapping[str, Metric]
) -> tuple[dict[str, tuple[Pack, Chart]], list[Broken]]:
    """The charts whose key is theirs alone and whose metrics are there; and why others are refused."""
    claims: dict[str, list[tuple[Pack, Chart]]] = defaultdict(list)
    for pack in packs:
        for chart in pack.charts:
            claims[chart.key].append((pack, chart))
    found: dict[str, tuple[Pack, Chart]] = {}
    broken: list[Broken] = []
    for key, claimed in sorted(claims.items()):
        owners = {f"{pack.distribution} {pack.version}": pack for pack, _ in claimed}
        if len(claimed) > 1:
            reason = f"the chart {key} is declared twice, by {' and by '.join(owners)}; neither is used"
            broken.extend(_refuse(pack, reason) for pack in owners.values())
        elif (reason := unfit(claimed[0][1], metrics)) is not None:  # type: ignore[assignment]
            broken.append(_refuse(claimed[0][0], reason))
        else:
            found[key] = claimed[0]
    return found, broken


@cache
def registry() -> Registry:
    """The process's registry of installed packs; `registry.cache_clear()` loads anew."""
    return build(load())


def _refuse(pack: Pack, reason: str) -> Broken:
    return Broken(family=pack.family, distribution=pack.distribution, version=pack.version, reason=reason)


def _dangling(metrics: dict[str, Metric]) -> list[tuple[str, str]]:
    """Metrics to refuse because of what they refer to, until none is left."""
    remaining = dict(metrics)
    refused: list[tuple[str, str]] = []
    while True:
        found = [(key, reason) for key in remaining if (reason := _bad_reference(key, remaining))]
        if not found:
            return refused
        refused.extend(found)
        for key, _ in found:
            del remaining[key]


def _bad_reference(key: str, metrics: dict[str, Metric]) -> str | None:
    for target, part in _referred(metrics[key]):
        if target not in metrics:
            return f'{key} refers to "{target}", which isn\'t there.{did_you_mean(target, metrics)}'
        if part != "value" and part not in metrics[target].parts:
            return f'{key} refers to the part "{part}" of {target}, which has none of that name'
    if key in _reachable(key, metrics):
        return f"{key} refers to itself through other metrics"
    return _impossible_breakdown(key, metrics)


def _impossible_breakdown(key: str, metrics: dict[str, Metric]) -> str | None:
    """A breakdown that a metric offers but the metrics it refers to can't be cut by."""
    metric = metrics[key]
    for dimension in metric.by:
        for part in ("value", *metric.parts):
            target = _uncut(metric.formula_of(part, dimension), dimension, metrics)
            if target:
                return f'{key} refers to {target}, which can\'t be broken down by "{dimension}"'
    return None


def _uncut(formula: Operand, dimension: str, metrics: dict[str, Metric]) -> str | None:
    """A metric that the formula follows into the breakdown and that doesn't have it."""
    for reference in references(formula, totals=False):
        behind = metrics[reference.key].formula_of(reference.part, dimension)
        if any(not can_break_down(leaf, dimension) for leaf in leaves(behind, totals=False)):
            return reference.key
        if any(not can_be_handed_over(each, dimension) for each in computations(behind, totals=False)):
            return reference.key
        if further := _uncut(behind, dimension, metrics):
            return further
    return None


def _reachable(key: str, metrics: dict[str, Metric]) -> set[str]:
    seen: set[str] = set()
    waiting = [target for target, _ in _referred(metrics[key])]
    while waiting:
        target = waiting.pop()
        if target not in seen and target in metrics:
            seen.add(target)
            waiting.extend(further for further, _ in _referred(metrics[target]))
    return seen


def _referred(metric: Metric) -> list[tuple[str, str]]:
    return [
        (reference.key, reference.part)
        for formula in metric.all_formulas()
        for reference in references(formula)
    ]
