"""Definitions of metrics as they were sealed: written, told from today's, and made metrics again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tallymark.plugins.loader import Broken, Pack
from tallymark.plugins.registry import Registry
from tallymark.scorecards.seal.canonical import digest
from tallymark.scorecards.seal.errors import SealError
from tallymark.scorecards.seal.formulas import FormulaReader, FormulaWriter, bound, unbound
from tallymark_sdk import Metric, Part
from tallymark_sdk.leaves import references, targets
from tallymark_sdk.parameters import Parameter
from tallymark_sdk.texts import Domain

_AS_THEY_ARE = ("name", "description", "unit", "better", "version", "additive", "keeps_members", "horizon",
                "history", "source")  # fmt: skip
_LISTS = ("inputs", "by", "not_additive_by")
_MEANING = (
    "version",
    "unit",
    "formula",
    "parts",
    "by_member",
    "pending",
    "horizon",
    "history",
    "values",
    "keeps_members",
)
"""What decides a metric's numbers; its texts, and the breakdowns it offers, don't."""


def written(known: Registry, keys: Iterable[str]) -> dict[str, Any]:
    """The definitions of these metrics and of all that they refer to, as plain data.

    Raises:
        SealError: one of them uses what can't be written.
    """
    writer = FormulaWriter()
    metrics = {key: _metric(known, key, writer) for key in sorted(_reached(known, keys))}
    return {"metrics": metrics, "views": writer.views, "nodes": writer.nodes}


def _metric(known: Registry, key: str, writer: FormulaWriter) -> dict[str, Any]:
    metric, pack = known[key], known.pack_of(key)

    def each(formulas: Mapping[str, Any]) -> dict[str, Any]:
        return {dimension: writer.write(formula) for dimension, formula in formulas.items()}

    data: dict[str, Any] = {name: getattr(metric, name) for name in _AS_THEY_ARE}
    data |= {name: list(getattr(metric, name)) for name in _LISTS}
    data |= {
        "formula": writer.write(metric.formula),
        "parts": [
            [
                name,
                {"name": part.name, "unit": part.unit, "formula": writer.write(part.formula)}
                | {"by_member": each(part.by_member)},
            ]
            for name, part in metric.parts.items()
        ],
        "by_member": each(metric.by_member),
        "pending": None if metric.pending is None else writer.write(metric.pending),
        "parameters": [_parameter(parameter) for parameter in metric.parameters],
        "values": {name: bound(value) for name, value in metric.values.items()},
        "pack": {"family": pack.family, "distribution": pack.distribution, "version": pack.version},
    }
    return data | {"digest": digest([{name: data[name] for name in _MEANING}, _defaults(metric)])}


def _defaults(metric: Metric) -> dict[str, Any]:
    return {each.name: bound(each.default) for each in metric.parameters}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "description": parameter.description,
        "kind": parameter.kind,
        "default": bound(parameter.default),
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "choices": list(parameter.choices),
        "words": parameter.words,
    }


def _reached(known: Registry, keys: Iterable[str]) -> set[str]:
    """The keys and those of every metric that their numbers or targets are read from."""
    found: set[str] = set()
    waiting = [key for key in keys if key in known.metrics]
    while waiting:
        key = waiting.pop()
        if key in found or key not in known.metrics:
            continue
        found.add(key)
        for formula in known[key].all_formulas():
            waiting += [each.key for each in references(formula)]
            waiting += [each.key for each in targets(formula)]
    return found


@dataclass(frozen=True)
class Definitions:
    """The definitions of a seal."""

    data: Mapping[str, Any]

    @property
    def metrics(self) -> Mapping[str, Mapping[str, Any]]:
        """Key → the definition as plain data."""
        found: Mapping[str, Mapping[str, Any]] = self.data["metrics"]
        return found

    def otherwise(self, known: Registry) -> frozenset[str]:
        """The metrics of which anything is other now, and be it a name or the version of their pack."""
        now = self._now(known)
        return frozenset(key for key, then in self.metrics.items() if now.get(key) != then)

    def differing(self, known: Registry) -> frozenset[str]:
        """The metrics that are not defined any more as they were, themselves or through what they refer to."""
        now = self._now(known)
        changed = {
            key
            for key, then in self.metrics.items()
            if key not in now or now[key]["digest"] != then["digest"]
        }
        while True:
            more = {
                key
                for key, then in self.metrics.items()
                if key not in changed and any(each in changed for each in _keys_in(then))
            }
            if not more:
                return frozenset(changed)
            changed |= more

    def _now(self, known: Registry) -> Mapping[str, Mapping[str, Any]]:
        there = tuple(key for key in self.metrics if key in known.metrics)
        asked = ("definitions", there)
        if asked not in known.memo:
            known.memo[asked] = written(known, there)["metrics"]
        now: Mapping[str, Mapping[str, Any]] = known.memo[asked]
        return now

    def versions(self, key: str) -> str:
        """The version that a metric was sealed with, and its pack."""
        then = self.metrics[key]
        return f"{then['version']} ({then['pack']['distribution']} {then['pack']['version']})"

    def registry(
        self, known: Registry, changed: Iterable[str], otherwise: Iterable[str] = ()
    ) -> tuple[Registry, dict[str, str]]:
        """The registry with these metrics as they were sealed; and those that can't be, each with the reason.

        Args:
            changed: those that mean something else now. One that can't be read back stays away, with all that refer to
                it, so that nothing is computed from it by mistake.
            otherwise: those that mean the same but read otherwise; one that can't be read back stays as it is now.
        """
        wanted, refused = set(changed), dict[str, str]()
        metrics: dict[str, Metric] = {}
        for key in sorted(wanted | set(otherwise)):
            try:
                metrics[key] = self._read(key)
            except SealError as error:
                if key in wanted:
                    refused[key] = str(error)
        while more := [key for key in self.metrics if key not in refused and self._stands_on(key, refused)]:
            refused |= dict.fromkeys(more, "it refers to one that can't be computed")
        metrics = {key: metric for key, metric in metrics.items() if key not in refused}
        packs = [self._pack(key, metric, known) for key, metric in metrics.items()]
        away = {*refused, *metrics}
        kept = Registry(
            metrics={key: metric for key, metric in known.metrics.items() if key not in away},
            packs={key: pack for key, pack in known.packs.items() if key not in away},
            broken=known.broken,
        )
        return kept.laid_over(packs, (_broken(key, why) for key, why in refused.items())), refused

    def _stands_on(self, key: str, others: Mapping[str, str]) -> bool:
        return any(each in others for each in _keys_in(self.metrics[key]))

    def _pack(self, key: str, metric: Metric, known: Registry) -> Pack:
        told = self.metrics[key]["pack"]
        domain = known.packs[key].domain if key in known.packs else Domain("", told["family"])
        return Pack(
            family=told["family"], distribution=told["distribution"], version=told["version"], metrics=(metric,),
            domain=domain,
        )  # fmt: skip

    def _read(self, key: str) -> Metric:
        data = self.metrics[key]
        parameters = tuple(self._parameters(key).values())
        reader = FormulaReader(self.data["nodes"], self.data["views"], self._parameters(key))

        def each(formulas: Mapping[str, Any]) -> dict[str, Any]:
            return {dimension: reader.read(formula) for dimension, formula in formulas.items()}

        given: dict[str, Any] = {name: data[name] for name in _AS_THEY_ARE}
        given |= {name: tuple(data[name]) for name in _LISTS}
        return Metric(
            key=key,
            **given,
            formula=reader.read(data["formula"]),
            parts={
                name: Part(
                    name=part["name"], unit=part["unit"], formula=reader.read(part["formula"]),
                    by_member=each(part["by_member"]),
                )
                for name, part in data["parts"]
            },
            by_member=each(data["by_member"]),
            pending=None if data["pending"] is None else reader.read(data["pending"]),
            parameters=parameters,
            values={name: unbound(value) for name, value in data["values"].items()},
        )  # fmt: skip

    def _parameters(self, key: str) -> Mapping[str, Parameter]:
        """One object a parameter of any metric, since views are shared between metrics."""
        return {each["name"]: self._known_parameter(key, each["name"]) for each in self._all_parameters(key)}

    def _all_parameters(self, key: str) -> list[Mapping[str, Any]]:
        listed: list[Mapping[str, Any]] = self.metrics[key]["parameters"]
        return listed

    @cached_property
    def _made(self) -> dict[str, Parameter]:
        return {}

    def _known_parameter(self, key: str, name: str) -> Parameter:
        data = next(each for each in self._all_parameters(key) if each["name"] == name)
        told = digest(data)
        if told not in self._made:
            given = {**data, "default": unbound(data["default"]), "choices": tuple(data["choices"])}
            self._made[told] = Parameter(**given)
        return self._made[told]


def _keys_in(data: Any) -> set[str]:
    """The metrics that a definition refers to."""
    if isinstance(data, Mapping):
        own = {data["key"]} if data.get("kind") in ("metric", "target") else set()
        return own.union(*(_keys_in(each) for each in data.values()))
    if isinstance(data, list):
        return set[str]().union(*(_keys_in(each) for each in data))
    return set()


def _broken(key: str, why: str) -> Broken:
    return Broken(family=key.partition(".")[0], distribution="", version="", reason=f"{key}: {why}")
