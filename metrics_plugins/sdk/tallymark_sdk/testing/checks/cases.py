"""Golden cases: there, and right."""

from __future__ import annotations

from collections.abc import Iterator

from tallymark_sdk.metric import Metric
from tallymark_sdk.testing.golden import failure
from tallymark_sdk.testing.subject import Subject


def golden(subject: Subject, metric: Metric) -> Iterator[str]:
    """There is a case with an ordinary value and one without any, and each gives what it expects."""
    yield from subject.unread
    cases = subject.cases_of(metric)
    if subject.unread and not cases:
        return  # they may stand in the file that can't be read
    file = subject.pack.folder / "cases" / f"{subject.pack.family}.toml"
    if not cases:
        yield f"no golden case; work one out by hand and write it into {file}"
        return
    if not any(case.value for case in cases):
        yield f"no golden case has an ordinary value; add one to {file}"
    if all(case.value for case in cases):
        yield f'no golden case shows an empty period; add one with value = "0" or "none" to {file}'
    yield from (wrong for case in cases if (wrong := failure(case, subject.pack)))
