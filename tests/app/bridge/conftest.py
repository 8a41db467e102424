"""What the tests of bridges share: rows in memory as versions of a company's data, and a bridge over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallymark.bridge.ends import Engine
from tallymark.bridge.forms import form_of
from tallymark.bridge.reading import Slice
from tallymark.bridge.segments import segments_of
from tallymark.bridge.service import Basis, made
from tallymark.bridge.terms import Bridge
from tallymark.engine import TenantData
from tallymark.plugins.registry import registry
from tallymark_sdk.attribution import AS_IS, AS_WAS, Attribution
from tallymark_sdk.calendars import Period, calendar
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.dimensions import follows_owner
from tallymark_sdk.model import dataset
from tallymark_sdk.said import Said

Rows = Mapping[str, Iterable[Mapping[str, Any]]]
OCTOBER = date(2026, 10, 1)

_numbers = count()


@pytest.fixture(scope="session")
def version(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Rows], TenantData]:
    """Write rows as one version of a company's data; every dataset given is connected."""
    root = tmp_path_factory.mktemp("versions")

    def write(rows: Rows) -> TenantData:
        folder: Path = root / str(next(_numbers))
        folder.mkdir()
        files = {}
        for name, given in rows.items():
            full = [{"source_id": "test", **row} for row in given]
            files[name] = [folder / f"{name}.parquet"]
            pq.write_table(pa.Table.from_pylist(full, dataset(name).stored_schema), files[name][0])
        return TenantData(folder=folder, files=files)

    return write


@pytest.fixture(scope="session")
def bridged(version) -> Callable[..., Bridge]:
    """The bridge of a metric from September to October 2026, or to another period, in euro."""

    def bridge(
        key: str,
        now: Rows | TenantData,
        then: Rows | TenantData | None = None,
        *,
        by: str = "",
        member: str = "",
        mix: str | None = None,
        attribution: Attribution = AS_IS,
        as_of: date | None = None,
        later: Period | None = None,
    ) -> Bridge:
        known = registry()
        cut = calendar()
        comparison = Comparison(calendar=cut, as_of=as_of)
        later = later or cut.period("month", OCTOBER)
        form = form_of(key, by, known)
        shown = Slice(dimension=by, member=member, attribution=attribution)
        run = Slice(dimension=by, member=member, attribution=AS_WAS) if follows_owner(by) else shown
        return made(
            Basis(
                key=key,
                form=form,
                engine=Engine(registry=known, comparison=comparison, as_of=as_of),
                currency="EUR",
                periods=(comparison.previous(later), later),
                as_shown=shown,
                as_run=run,
                mix=segments_of(known[key], form, by, mix),
                now=now if isinstance(now, TenantData) else version(now),
                then=then if then is None or isinstance(then, TenantData) else version(then),
                why_now=Said() if then is not None else Said("no earlier snapshot kept"),
            )
        )

    return bridge
