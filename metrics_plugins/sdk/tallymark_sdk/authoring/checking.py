"""Checking packs from the command line: everything that is wrong, in plain words."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from tallymark_sdk.authoring.fix import fix_inputs
from tallymark_sdk.authoring.uninstalled import families_in
from tallymark_sdk.catalogues import gaps, update_catalogues
from tallymark_sdk.charts import Chart
from tallymark_sdk.errors import TallymarkError
from tallymark_sdk.inputs import inputs_used
from tallymark_sdk.metric import Metric
from tallymark_sdk.testing import kit
from tallymark_sdk.testing.installed import InstalledPack, NoSuchPack, families, pack
from tallymark_sdk.texts import Domain

Say: TypeAlias = Callable[[str], None]


def check_packs(target: str | None, *, fix: bool, say: Say) -> bool:
    """Say everything that is wrong with a pack, or with every installed one; True where nothing is.

    Args:
        target: a family, a pack's folder, or None for every installed pack.
        fix: mend first what can be mended by itself.
    """
    if target is None:
        chosen = list(families())
    elif (Path(target) / "pyproject.toml").is_file():
        chosen = families_in(Path(target))
    else:
        chosen = [target]
    verdicts = [_check(family, fix=fix, say=say) for family in chosen]
    return all(verdicts)


def _check(family: str, *, fix: bool, say: Say) -> bool:
    try:
        if fix:
            _mend(pack(family), say)
        subject = kit.subject(family)
    except NoSuchPack as error:
        say(f"{family}: {error}")
        return False
    count = 0
    for problem in kit.all_problems(subject):
        count += 1
        say(str(problem))
    metrics = len(subject.pack.metrics)
    if not metrics:
        say(f"{family}: tallymark_metrics() gives no metric; return at least one")
        return False
    for hint in () if count else kit.hints(subject):
        say(f"{hint} [hint]")
    checks = len(kit.CHECKS) + len(kit.platform_checks())
    found = f"{count} problem{'s' if count > 1 else ''}" if count else "everything is right"
    say(f"{family}: {found} ({metrics} metric{'s' if metrics > 1 else ''}, {checks} checks)")
    return not count


def _mend(of: InstalledPack, say: Say) -> None:
    """Write the inputs that are used, and the texts that the catalogues lack."""
    if {"site-packages", "dist-packages"} & set(of.folder.parts):
        say(
            f'{of.family}: nothing is mended in an installed copy; install its folder with "pip install -e ."'
        )
        return
    wanted = {metric.key: used for metric in of.metrics if (used := _used(metric))}
    declared = {metric.key: metric.inputs for metric in of.metrics}
    wrong = {key: used for key, used in wanted.items() if sorted(used) != sorted(declared[key])}
    fixed = fix_inputs(of.sources, wrong)
    for each in fixed:
        each.file.write_text(each.text, encoding="utf-8")
        say(each.diff.rstrip("\n"))
    mended = {key for each in fixed for key in each.keys}
    for key in wrong.keys() - mended:
        say(f"{key}: its inputs can't be found in the source; write inputs={wanted[key]!r} by hand")
    for metric in of.metrics:
        if metric.key in mended:
            # What is checked next is the metric as it is written now.
            object.__setattr__(metric, "inputs", wanted[metric.key])
    domain = Domain.of(of.module, of.family)
    try:
        texts: tuple[Metric | Chart, ...] = (*of.metrics, *of.charts)
        if gaps(texts, domain):
            for updated in update_catalogues(texts, domain):
                say(f"{updated.file}: {updated.texts} texts, {updated.untranslated} to translate")
                for dropped in updated.dropped:
                    say(f'  dropped "{dropped}", which no metric uses')
    except TallymarkError as error:
        say(f"{of.family}: {error}")


def _used(metric: Metric) -> tuple[str, ...]:
    """What the metric's formula uses; nothing where it can't be read, which the checks say."""
    try:
        return inputs_used(metric)
    except Exception:  # noqa: BLE001  an author's formula may raise anything
        return ()


def main_check(target: str | None, *, fix: bool) -> int:
    """Check and print; 0 where everything is right, 1 where something isn't."""
    try:
        right = check_packs(target, fix=fix, say=print)
    except TallymarkError as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if right else 1
