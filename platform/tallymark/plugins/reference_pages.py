"""The reference of metrics: one page a family, written from what the packs declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tallymark.plugins.registry import Registry
from tallymark.plugins.wording import Wording, in_every_language
from tallymark_sdk import Metric
from tallymark_sdk.code import in_code
from tallymark_sdk.leaves import leaves
from tallymark_sdk.testing.cases import Case
from tallymark_sdk.texts import TAGS

_LANGUAGES = {"vi": "Vietnamese", "fa": "Persian", "zh-Hant": "Traditional Chinese"}
_MADE = "This page is written by `tallymark metrics docs` from what the pack declares; change that."


def pages(known: Registry, families: Sequence[str], cases: Mapping[str, Sequence[Case]]) -> dict[str, str]:
    """File name → text: an index and one page for each family.

    Args:
        cases: metric → its golden cases.
    """
    return {
        "README.md": _index(known, families),
        **{f"{family}.md": _family(known, family, cases) for family in families},
    }


def of_family(known: Registry, family: str) -> list[Metric]:
    """A family's metrics in the order of their keys."""
    return sorted((metric for metric in known if metric.family == family), key=lambda metric: metric.key)


def _index(known: Registry, families: Sequence[str]) -> str:
    head = ["# Metrics", "", _MADE, "", f"| metric | {' | '.join(TAGS.values())} | unit | better |"]
    lines = [*head, "|" + " --- |" * (len(TAGS) + 3)]
    for family in families:
        for metric in of_family(known, family):
            names = in_every_language(known, metric.key, metric.name)
            link = f"[`{metric.key}`]({family}.md#{_anchor(metric.key)})"
            lines.append(
                f"| {link} | {' | '.join(names[tag] for tag in TAGS.values())} | {metric.unit} | {metric.better} |"
            )
    return "\n".join(lines) + "\n"


def _family(known: Registry, family: str, cases: Mapping[str, Sequence[Case]]) -> str:
    entries = ["\n".join(_metric(known, each, cases.get(each.key, ()))) for each in of_family(known, family)]
    return "\n".join([f"# {family.capitalize()}\n\n{_MADE}\n", *entries])


def _metric(known: Registry, metric: Metric, cases: Sequence[Case]) -> Iterator[str]:
    wording = Wording(known)
    yield from (f"## {metric.key}", "", f"**{metric.name}**. {metric.description}", "")
    names = in_every_language(known, metric.key, metric.name)
    for tag, language in _LANGUAGES.items():
        yield f"- {language}: {names[tag]}"
    yield f"- Unit: {metric.unit}; better: {metric.better}; version {metric.version}; {_additivity(metric)}"
    yield f"- In words: {wording.formula(metric.key)}"
    yield f"- In code: `{in_code(metric.formula)}`"
    for dimension, formula in metric.by_member.items():
        yield f"- By {dimension}: `{in_code(formula)}`"
    for part in metric.parts.values():
        yield f"- Beside it, {part.name} ({part.unit}): `{in_code(part.formula)}`"
    for parameter in metric.parameters:
        default = "none" if parameter.default is None else parameter.default
        yield f"- Parameter `{parameter.name}` (default {default}): {parameter.description}"
    yield f"- Inputs: {', '.join(f'`{name}`' for name in sorted(metric.inputs))}"
    yield f"- Breakdowns: {', '.join(metric.by) or 'none, only the total'}"
    reasons = dict.fromkeys(
        reason for formula in metric.all_formulas() for leaf in leaves(formula) for reason in leaf.leave_out
    )
    if reasons:
        yield f"- Rows left out and counted: {', '.join(reasons)}"
    yield f"- Source: {metric.source}"
    if cases:
        yield from ("", "Worked by hand:", "")
        yield from map(_case, cases[:3])
    yield ""


def _additivity(metric: Metric) -> str:
    if not metric.additive:
        return "members don't sum to the total"
    if metric.not_additive_by:
        return f"members sum to the total, but not by {', '.join(metric.not_additive_by)}"
    return "members sum to the total"


def _case(case: Case) -> str:
    value = "no value" if case.value is None else str(case.value)
    part = "" if case.part == "value" else f" ({case.part})"
    member = f", by {case.by} {case.member}" if case.by else ""
    return f"- {case.period.label}{part}{member}: {case.why} = {value}"


def _anchor(key: str) -> str:
    return key.replace(".", "")
