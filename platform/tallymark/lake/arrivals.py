"""The rows that came in: which of them wins for each key, and how many came twice.

Of two rows of one key the later arrival wins, unless both say when they were updated and the earlier arrival was
updated later. With `replace`, incoming rows win over the stored one whatever it says.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import duckdb
import pyarrow as pa

from tallymark.lake.derive import reference_name
from tallymark.lake.duck import view
from tallymark.lake.keys import HASHES
from tallymark.lake.staging import SEQUENCE
from tallymark_sdk.model import Dataset
from tallymark_sdk.model import dataset as dataset_named

CHANGE = "_change"  # added, updated, unchanged, removed; null for a row that the landing did not touch
NAMED_DUPLICATES = 20

# A row without `updated_at` takes the place of whatever came before it; what comes after it competes by its own.
_LATEST = """
create temp table latest as
with arrivals as (
    select source_id, id, updated_at, _seq from incoming
    union all
    select source_id, id, updated_at, -1 from before where not $replace
), marked as (
    select *, max(case when updated_at is null then _seq end) over (partition by source_id, id) as erased
    from arrivals
)
select source_id, id, count(*) filter (where _seq >= 0) as arrived,
    max({'at': coalesce(epoch_us(updated_at), -9223372036854775808), 'seq': _seq})
        filter (where erased is null or _seq >= erased).seq as winner
from marked group by source_id, id
"""


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """How many keys came in, and the rows beyond one a key, with the first of their ids."""

    keys: int
    duplicates: int
    duplicate_ids: tuple[str, ...]


def incoming_view(duck: duckdb.DuckDBPyConnection, dataset: Dataset, incoming: Path | None) -> None:
    """The view `incoming`: the staged rows with their sequence."""
    schema = dataset.import_schema.append(pa.field(SEQUENCE, pa.int64()))
    view(duck, "incoming", [incoming] if incoming else [], schema)


def choose(duck: duckdb.DuckDBPyConnection, before: str, *, replacing: bool) -> Arrivals:
    """Make the table `latest`: source_id, id, how many arrived, and the winner's sequence (-1: the stored row).

    `before` is a query that gives source_id, id and updated_at of the stored rows of incoming keys.
    """
    duck.execute(f"create or replace temp view before as {before}")
    duck.execute("drop table if exists latest")
    duck.execute(_LATEST, {"replace": replacing})
    keys, rows = duck.execute("select count(*), coalesce(sum(arrived), 0) from latest").fetchall()[0]
    twice = "select id from latest where arrived > 1 order by source_id, id limit ?"
    ids = tuple(row[0] for row in duck.execute(twice, [NAMED_DUPLICATES]).fetchall())
    return Arrivals(keys=keys, duplicates=int(rows) - keys, duplicate_ids=ids)


@dataclass(frozen=True, kw_only=True)
class Dates:
    """The money dates that lie in other datasets, as SQL for rows named `m`: columns and joins, and their names."""

    columns: str = ""
    joins: str = ""
    names: tuple[str, ...] = ()

    @classmethod
    def named(cls, paths: Sequence[str]) -> Self:
        """Those of these paths, by their names alone."""
        return cls(names=tuple(reference_name(path) for path in paths))

    def schema(self, dataset: Dataset) -> pa.Schema:
        """That of the rows that are derived from: import columns, `synced_at`, `_change`, dates and hashes."""
        added = [dataset.stored_schema.field("synced_at"), pa.field(CHANGE, pa.string())]
        dates = [pa.field(name, pa.date32()) for name in self.names]
        hashes = [pa.field(name, kind) for name, kind in HASHES.items()]
        return pa.schema([*dataset.import_schema, *added, *dates, *hashes])


def money_dates(
    duck: duckdb.DuckDBPyConnection, dataset: Dataset, references: Sequence[tuple[str, Sequence[Path]]]
) -> Dates:
    """The date column of each money date in another dataset, found by joining that dataset's files.

    `references` has each path with those files.
    """
    columns, joins = "", ""
    for number, (path, files) in enumerate(references):
        column, _, name = path.partition(".")
        named, alias = reference_name(path), f"r{number}"
        target = dataset_named(dataset.references[column])
        date = target.column(name).local_date or name
        key = [target.stored_schema.field(field) for field in ("source_id", "id", date)]
        view(duck, alias, files, pa.schema(key))
        columns += f', {alias}."{date}" as "{named}"'
        joins += f' left join {alias} on {alias}.source_id = m.source_id and {alias}.id = m."{column}"'
    return replace(Dates.named([path for path, _ in references]), columns=columns, joins=joins)
