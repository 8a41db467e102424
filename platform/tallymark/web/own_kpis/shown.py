"""What was found about a draft, in the words and marks of the page."""

from __future__ import annotations

from dataclasses import dataclass

from tallymark.own_kpis import Checked, Preview, named_quantity
from tallymark.plugins.registry import Registry
from tallymark.plugins.wording import Wording
from tallymark.web.localisation import formatter, say
from tallymark.web.localisation import gettext as _
from tallymark.web.own_kpis.forms import unit_names
from tallymark_sdk.own import WrongFormula
from tallymark_sdk.rowwords import words
from tallymark_sdk.said import mark
from tallymark_sdk.texts import SDK

QUANTITIES = (
    *(mark("a number"), mark("a count"), mark("a ratio"), mark("a plain figure")),
    *(mark("money"), mark("days"), mark("money a day"), mark("a mixed unit")),
    mark('Did you mean "{name}"?'),
)
"""What the kit's formulas are said to give, and its hint; `problem.sentence` and `named_quantity` say them."""


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A formula with the part at fault between what stands before and after it."""

    before: str
    fault: str
    after: str
    column: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """The answer to "what would this be?"; empty texts where it isn't known."""

    problem: str = ""
    marked: Marked | None = None
    gives: str = ""
    unit: str = ""
    words: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    breakdowns: str = ""
    period: str = ""
    value: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class MetricChoice:
    """A metric, or a part of one, as a formula names it."""

    key: str
    name: str
    unit: str


def shown(checked: Checked, text: str, tried: Preview | None) -> Found:
    """A draft's check for the page; `text` is the formula as the person sees it."""
    fmt, problem = formatter(), checked.problem
    known = checked.quantity is not None
    names = [SDK.text(words(name), fmt.locale) for name in checked.by]
    return Found(
        problem="" if problem is None else problem.sentence(_),
        marked=_marked(text, problem) if isinstance(problem, WrongFormula) else None,
        gives="" if checked.quantity is None else _(named_quantity(checked.quantity)),
        unit=unit_names()[checked.kpi.unit] if known else "",
        words=checked.words,
        inputs=checked.inputs,
        breakdowns=(fmt.listing(names) if names else _("none")) if known else "",
        period="" if tried is None else fmt.period(tried.period),
        value=""
        if tried is None or tried.value is None
        else fmt.value(tried.value, checked.kpi.unit, compact=False),
        reason="" if tried is None else say(tried.reason),
    )


def metric_choices(known: Registry, without: str | None) -> list[MetricChoice]:
    """Every metric and part that a formula can name, but the KPI itself."""
    wording = Wording(known, formatter().locale)
    units = unit_names()
    found = []
    for metric in sorted(known, key=lambda each: each.key):
        if metric.key != without:
            found.append(MetricChoice(key=metric.key, name=wording.name(metric.key), unit=units[metric.unit]))
            found += [
                MetricChoice(
                    key=f"{metric.key}.{name}", name=wording.part(metric.key, name), unit=units[part.unit]
                )
                for name, part in metric.parts.items()
            ]
    return found


def _marked(text: str, problem: WrongFormula) -> Marked:
    end = problem.at + problem.length
    # Where something is missing at the end, there is nothing to underline but a space.
    fault = text[problem.at : end] or "\N{NO-BREAK SPACE}"
    return Marked(
        before=text[: problem.at], fault=fault, after=text[end:], column=formatter().number(problem.column)
    )
