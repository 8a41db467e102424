"""Loading metric packs, each on its own: a bad pack is recorded with its reason and every other one loads.

Stock pluggy registers nothing at all when one entry point fails, and a hook call yields nothing when one
implementation raises. So entry points are loaded, registered and asked one by one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import cast

import pluggy

from tallymark_sdk import InvalidMetric, Metric, check, hookspecs
from tallymark_sdk.texts import Domain

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A loaded pack.

    Attributes:
        family: the entry point's name, the first part of every key.
        distribution, version: what was installed.
        domain: the pack's texts in other languages.
    """

    family: str
    distribution: str
    version: str
    metrics: tuple[Metric, ...]
    domain: Domain


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A pack, or one metric of it, that was refused, with the reason for the operator."""

    family: str
    distribution: str
    version: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """The outcome of loading every installed pack."""

    packs: tuple[Pack, ...]
    broken: tuple[Broken, ...]


def installed_packs() -> list[EntryPoint]:
    """Every installed entry point of the group, in an order that doesn't depend on the file system."""
    found = entry_points(group=hookspecs.ENTRY_POINT_GROUP)
    return sorted(found, key=lambda point: (point.name, point.value))


def load(points: Sequence[EntryPoint] | None = None, *, allowed: Iterable[str] | None = None) -> Loaded:
    """Load packs.

    Args:
        points: entry points to load; all installed ones by default.
        allowed: distributions the operator allows; None allows all.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    permitted = None if allowed is None else set(allowed)
    packs: list[Pack] = []
    broken: list[Broken] = []
    for point in installed_packs() if points is None else points:
        if permitted is not None and _distribution(point)[0] not in permitted:
            continue
        pack, problems = _load_one(manager, point)
        packs.extend(pack)
        broken.extend(problems)
    for each in broken:
        log.warning("metric pack %s %s: %s", each.distribution, each.version, each.reason)
    return Loaded(packs=tuple(packs), broken=tuple(broken))


def _load_one(manager: pluggy.PluginManager, point: EntryPoint) -> tuple[list[Pack], list[Broken]]:
    distribution, version = _distribution(point)

    def refuse(reason: str) -> Broken:
        return Broken(family=point.name, distribution=distribution, version=version, reason=reason)

    try:
        # SystemExit and the like are caught too: importing a stranger's module must not end the process.
        metrics = _ask(manager, point)
        domain = Domain.of(point.module, point.name)
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001  whatever a pack raises is its own verdict
        return [], [refuse(f"could not be loaded: {type(error).__name__}: {error}")]
    good: list[Metric] = []
    problems: list[Broken] = []
    for metric in metrics:
        if (reason := _refusal(metric, point.name)) is not None:
            problems.append(refuse(reason))
        elif isinstance(metric, Metric):
            good.append(metric)
    return [
        Pack(
            family=point.name, distribution=distribution, version=version, metrics=tuple(good), domain=domain
        )
    ], problems


def _ask(manager: pluggy.PluginManager, point: EntryPoint) -> list[object]:
    module = point.load()
    manager.register(module, name=f"{point.name}={point.value}")
    for implementation in manager.hook.tallymark_metrics.get_hookimpls():
        if implementation.plugin is module:
            return list(cast("Iterable[object]", implementation.function()))
    raise LookupError(f"{point.value} implements no tallymark_metrics(); mark the function with @hookimpl")


def _refusal(metric: object, family: str) -> str | None:
    if not isinstance(metric, Metric):
        return f"tallymark_metrics() gave {type(metric).__name__}, not a Metric"
    if not isinstance(metric.key, str) or metric.family != family:
        return f'{metric.key}: the key must start with the entry point\'s name, "{family}."'
    try:
        check(metric)
    except InvalidMetric as error:
        return str(error)
    except Exception as error:  # noqa: BLE001  a field of the wrong type can break any check
        return f"{metric.key}: it can't be checked: {type(error).__name__}: {error}"
    return None


def _distribution(point: EntryPoint) -> tuple[str, str]:
    return (point.dist.name, point.dist.version) if point.dist else (point.module, "unknown")
