"""Loading metric packs, each on its own: a bad pack is recorded with its reason and every other one loads.

Stock pluggy registers nothing at all when one entry point fails, and a hook call yields nothing when one
implementation raises. So entry points are loaded, registered and asked one by one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from tallymark.plugins.asking import Refused, ask, refusal, said
from tallymark.plugins.charting import ask_charts
from tallymark.plugins.probe import SECONDS, unsurvivable
from tallymark.plugins.tried import fingerprint, remember, survivors
from tallymark_sdk import Metric, hookspecs
from tallymark_sdk.charts import Chart
from tallymark_sdk.needs import unmet
from tallymark_sdk.own import FAMILY as OWN_FAMILY
from tallymark_sdk.texts import Domain

log = logging.getLogger(__name__)

OUR_OWN = frozenset({"tallymark-metrics"})
"""Distributions that are part of the product. They are loaded without being tried first, and their metrics without
being checked again: the product's own tests hold them to the same checks, and both would take seconds at each start."""


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A loaded pack.

    Attributes:
        family: the entry point's name, the first part of every key.
        distribution, version: what was installed.
        domain: the pack's texts in other languages.
        charts: the sections it offers for scorecards.
    """

    family: str
    distribution: str
    version: str
    metrics: tuple[Metric, ...]
    domain: Domain
    charts: tuple[Chart, ...] = ()


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

    Packs that are not our own are tried in another process first (`tallymark.plugins.probe`), once for each state.

    Args:
        points: entry points to load; all installed ones by default.
        allowed: distributions the operator allows; None allows all.
    """
    permitted = None if allowed is None else set(allowed)
    wanted = [
        point
        for point in (installed_packs() if points is None else points)
        if permitted is None or distribution_of(point)[0] in permitted
    ]
    refused = _refused_unread(wanted)
    packs: list[Pack] = []
    broken: list[Broken] = []
    for place, point in enumerate(wanted):
        pack, problems = ([], [_broken(point, refused[place])]) if place in refused else _load_one(point)
        packs.extend(pack)
        broken.extend(problems)
    for each in broken:
        log.warning("metric pack %s %s: %s", each.distribution, each.version, each.reason)
    return Loaded(packs=tuple(packs), broken=tuple(broken))


def distribution_of(point: EntryPoint) -> tuple[str, str]:
    """The name and version of the distribution that an entry point comes from."""
    name = version = None
    if point.dist is not None:
        with suppress(Exception):  # its metadata may be missing or no metadata at all
            name, version = point.dist.name, point.dist.version
    return name or point.module, version or "unknown"


def _refused_unread(points: Sequence[EntryPoint]) -> dict[int, str]:
    """Packs that are not even imported: place → reason."""
    refused: dict[int, str] = {}
    for place, point in enumerate(points):
        if point.name == OWN_FAMILY:
            refused[place] = (
                f'the name "{OWN_FAMILY}" is kept for KPIs that companies make themselves; give the pack another'
            )
        elif point.dist is not None and (reason := unmet(point.dist)) is not None:
            refused[place] = f"was not loaded: {reason}"
    known = survivors()
    marks = {
        place: fingerprint(point)
        for place, point in enumerate(points)
        if place not in refused and distribution_of(point)[0] not in OUR_OWN
    }
    untried = [place for place, mark in marks.items() if mark not in known]
    if untried:
        reasons = unsurvivable([points[place] for place in untried], seconds=SECONDS)
        refused |= {untried[place]: reason for place, reason in reasons.items()}
        remember(mark for place in untried if place not in refused and (mark := marks[place]) is not None)
    return refused


def _load_one(point: EntryPoint) -> tuple[list[Pack], list[Broken]]:
    try:
        metrics = ask(point)
        domain = Domain.of(point.module, point.name)
        charts, refused_charts = ask_charts(point)
    except Refused as refused:
        return [], [_broken(point, str(refused))]
    except Exception as error:  # noqa: BLE001  whatever a pack raises is its own verdict
        return [], [_broken(point, f"could not be loaded: {said(error)}")]
    good: list[Metric] = []
    problems = [_broken(point, reason) for reason in refused_charts]
    distribution, version = distribution_of(point)
    for metric in metrics:
        reason = None if distribution in OUR_OWN else refusal(metric, point.name)
        if reason is not None:
            problems.append(_broken(point, reason))
        elif isinstance(metric, Metric):
            good.append(metric)
    return [
        Pack(
            family=point.name,
            distribution=distribution,
            version=version,
            metrics=tuple(good),
            domain=domain,
            charts=charts,
        )
    ], problems


def _broken(point: EntryPoint, reason: str) -> Broken:
    distribution, version = distribution_of(point)
    return Broken(family=point.name, distribution=distribution, version=version, reason=reason)
