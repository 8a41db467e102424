"""Checks of what a metric declares: no rows needed."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace

from tallymark_sdk.catalogues import gaps
from tallymark_sdk.checks import problems_of
from tallymark_sdk.errors import TallymarkError, did_you_mean
from tallymark_sdk.inputs import inputs_used
from tallymark_sdk.leaves import references
from tallymark_sdk.metric import Metric
from tallymark_sdk.model import refused_datasets
from tallymark_sdk.testing.installed import asked_again, author_command, installed_metrics
from tallymark_sdk.testing.subject import Subject
from tallymark_sdk.texts import Domain


def declaration(subject: Subject, metric: Metric) -> Iterator[str]:
    """The declaration is right: key, unit, columns, one reduction each, references that lead somewhere."""
    family = subject.pack.family
    if metric.family != family:
        yield f'the key must start with the entry point\'s name, "{family}."'
    if [each.key for each in subject.pack.metrics].count(metric.key) > 1:
        yield "two metrics of the pack have this key"
    try:
        used = inputs_used(metric)
    except Exception:  # noqa: BLE001  the problems below say why it can't be read
        used = metric.inputs
    # Which inputs they are is another check; that they are a tuple is this one's.
    shaped = isinstance(metric.inputs, tuple)  # pyright: ignore[reportUnnecessaryIsInstance]  an author's file need not be type-checked
    yield from problems_of(replace(metric, inputs=used) if shaped else metric)
    yield from _dangling(metric)
    yield from (
        f"its pack's datasets are refused: {each.reason}"
        for each in refused_datasets()
        if each.family == family
    )


def inputs(subject: Subject, metric: Metric) -> Iterator[str]:
    """The inputs declared are exactly those used."""
    try:
        used = inputs_used(metric)
    except Exception:  # noqa: BLE001  "declaration" says why it can't be read
        return
    declared = set(metric.inputs)
    for name in used:
        if name not in declared:
            yield f'"{name}" is used but isn\'t among the inputs'
    for name in sorted(declared - set(used)):
        yield f'"{name}" is among the inputs but isn\'t used.{did_you_mean(name, used)}'
    if declared != set(used):
        written = ", ".join(f'"{name}"' for name in used)
        yield f'run "{author_command("check")} {subject.pack.family} --fix", or write inputs=({written},)'
    elif len(metric.inputs) != len(declared):
        yield "an input is named twice"


def languages(subject: Subject, metric: Metric) -> Iterator[str]:
    """Every text of the metric, and of charts that it leads, is translated into Vietnamese, Persian and Traditional Chinese."""
    domain = Domain.of(subject.pack.module, subject.pack.family)
    try:
        lacking = gaps([metric, *subject.charts_of(metric)], domain)
    except TallymarkError as error:
        yield str(error)
        return
    for language in dict.fromkeys(gap.language for gap in lacking):
        first, *others = [gap for gap in lacking if gap.language == language]
        more = f" and {len(others)} more" if others else ""
        yield (
            f'in {language} the {first.used_for.partition(": ")[2]} "{first.message}" {first.reason}{more}; run '
            f'"{author_command("check")} {domain.family} --fix" and fill in {domain.file(language)}'
        )


def identity(subject: Subject, metric: Metric) -> Iterator[str]:
    """The metric survives a copy into another process, and the pack gives it again when asked again."""
    try:
        copy = pickle.loads(pickle.dumps(metric))  # noqa: S301  our own bytes, made a moment ago
        same = inputs_used(copy) == inputs_used(metric) and copy.key == metric.key
    except Exception as error:  # noqa: BLE001  whatever a stranger's metric raises
        yield (
            f"it can't be copied to another process ({error}); "
            "build views with functions of the module, not with lambdas or local functions"
        )
        return
    if not same:
        yield "its copy in another process reads other columns"
    again = [each for each in asked_again(subject.pack) if each.key == metric.key]
    if not any(each.unit == metric.unit and each.inputs == metric.inputs for each in again):
        yield "asked a second time the pack gives another metric; tallymark_metrics() must always give the same"


def _dangling(metric: Metric) -> Iterator[str]:
    known = {each.key: each for each in installed_metrics()} | {metric.key: metric}
    for formula in metric.all_formulas():
        for reference in references(formula):
            if reference.key not in known:
                yield f'it refers to "{reference.key}", which isn\'t installed.{did_you_mean(reference.key, known)}'
            elif reference.part != "value" and reference.part not in known[reference.key].parts:
                yield f'it refers to the part "{reference.part}" of {reference.key}, which has none of that name'
