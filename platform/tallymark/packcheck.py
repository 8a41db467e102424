"""What the platform adds to the kit's checks of a pack: that it loads, that the engine agrees, that it renders.

The SDK finds these functions by the entry-point group `tallymark.pack_checks`; each takes the pack under test and
yields a sentence for whatever is wrong.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from markupsafe import escape

from tallymark.engine import Cell, TenantData, compute
from tallymark.i18n import Formatter
from tallymark.plugins.registry import Registry, registry
from tallymark.plugins.wording import Wording
from tallymark.scorecards.compose import Heading, Kpi, MetricFacts, Timeline, compose
from tallymark.scorecards.render.page import render_page
from tallymark_sdk.model import DATASETS
from tallymark_sdk.targets.nature import book_of
from tallymark_sdk.testing.cases import Case
from tallymark_sdk.testing.golden import bound, same, shown
from tallymark_sdk.testing.rows import Rows
from tallymark_sdk.testing.subject import Subject
from tallymark_sdk.texts import TAGS

BREAKDOWNS = ("rep", "region")


def loading(subject: Subject) -> Iterator[str]:
    """The platform takes every metric of the pack."""
    family = subject.pack.family
    for broken in registry().broken:
        if broken.family == family:
            yield f"the platform refuses it: {broken.reason}"


def engine(subject: Subject) -> Iterator[str]:
    """The engine gives for each golden case what the case expects."""
    known = registry()
    groups: dict[object, list[Case]] = {}
    for case in subject.cases:
        if case.metric in known.metrics:
            given = (case.metric, repr(sorted(case.parameters.items()))) if case.parameters else ()
            shared = (id(case.rows), id(case.calendar), case.period.grain, case.as_of, given)
            groups.setdefault(shared, []).append(case)
    for cases in groups.values():
        with _lake_of(cases[0].rows) as data:
            found = {_place(cell): cell.value for cell in _cells(cases, _bound(cases[0], known), data)}
        for case in cases:
            value = found.get((case.metric, case.part, case.period, case.by, case.member))
            absent_as_expected = value is None and not case.value
            if not same(case.value, value) and not (case.by and absent_as_expected):
                yield f"{case}: the engine gives {shown(value)} instead of {shown(case.value)} ({case.place})"


def scorecard(subject: Subject) -> Iterator[str]:
    """Every metric stands on a scorecard in four languages, over the rows of its golden cases."""
    known = registry()
    firsts = {case.metric: case for case in reversed(subject.cases) if case.metric in known.metrics}
    together: dict[object, list[Case]] = {}
    for case in firsts.values():
        together.setdefault((id(case.rows), id(case.calendar), case.period), []).append(case)
    for cases in together.values():
        for locale in TAGS.values():
            page, wording = _rendered(cases, known, locale)
            for case in cases:
                if str(escape(wording.name(case.metric))) not in page:
                    yield f"{case.metric} doesn't show on a scorecard in {locale}"


def _rendered(cases: list[Case], known: Registry, locale: str) -> tuple[str, Wording]:
    first, keys = cases[0], [case.metric for case in cases]
    timeline = Timeline.ending(first.period, first.calendar)
    with _lake_of(first.rows) as data:
        cells = compute(
            known,
            keys,
            timeline.needed,
            BREAKDOWNS,
            data=data,
            calendar=first.calendar,
            targets=book_of(first.rows, known.metrics, first.calendar),
            as_of=first.as_of,
        )
    wording = Wording(known, locale)
    document = compose(
        heading=Heading(company="Example", title="Scorecard"),
        timeline=timeline,
        kpis=[Kpi(metric=key, section="KPIs", position=place) for place, key in enumerate(keys)],
        cells=cells,
        metrics=[_facts(key, known, wording) for key in keys],
        formatter=Formatter.of(locale, "USD", first.calendar.name),
        as_of=datetime(first.period.end.year, first.period.end.month, first.period.end.day, tzinfo=UTC),
        locale=locale,
    )
    return str(render_page(document)), wording


def _facts(key: str, known: Registry, wording: Wording) -> MetricFacts:
    metric, pack = known[key], known.pack_of(key)
    return MetricFacts(
        key=key,
        name=wording.name(key),
        unit=metric.unit,
        better=metric.better,
        formula=wording.formula(key),
        inputs=known.columns_of(key),
        pack=f"{pack.distribution} {pack.version}",
        version=metric.version,
        additive=metric.additive,
    )


def _cells(cases: list[Case], known: Registry, data: TenantData) -> Iterable[Cell]:
    first = cases[0]
    return compute(
        known,
        list(dict.fromkeys(case.metric for case in cases)),
        sorted({case.period for case in cases}),
        tuple(dict.fromkeys(case.by for case in cases if case.by)),
        data=data,
        calendar=first.calendar,
        targets=book_of(first.rows, known.metrics, first.calendar),
        as_of=first.as_of,
    )


def _bound(case: Case, known: Registry) -> Registry:
    """The registry with the case's parameters filled into its metric."""
    metric = bound(known[case.metric], tuple(sorted(case.parameters.items())))
    return replace(known, metrics={**known.metrics, case.metric: metric})


def _place(cell: Cell) -> tuple[object, ...]:
    return (cell.metric, cell.part, cell.period, cell.dimension, cell.member)


@contextmanager
def _lake_of(rows: Rows) -> Iterator[TenantData]:
    """The rows as a tenant's snapshots; every dataset is connected, as the reference evaluator takes it."""
    with tempfile.TemporaryDirectory(prefix="tallymark-pack-") as name:
        folder = Path(name)
        files: dict[str, list[Path]] = {}
        for dataset in DATASETS.values():
            given = [{"source_id": "test", **row} for row in rows.get(dataset.name, ())]
            files[dataset.name] = [folder / f"{dataset.name}.parquet"]
            pq.write_table(pa.Table.from_pylist(given, schema=dataset.stored_schema), files[dataset.name][0])
        yield TenantData(folder=folder, files=files)
