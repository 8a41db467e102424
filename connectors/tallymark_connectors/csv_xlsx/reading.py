"""Reading a file by a mapping: batches in the dataset's import schema, and the rows left out with their reasons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import compress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from tallymark_connectors.csv_xlsx.custom import CustomColumn
from tallymark_connectors.csv_xlsx.errors import BadValue, MappingError
from tallymark_connectors.csv_xlsx.layout import Layout, opened
from tallymark_connectors.csv_xlsx.mapping import Mapping
from tallymark_connectors.csv_xlsx.opportunities import normalise
from tallymark_connectors.csv_xlsx.parsed import ParsedBatch
from tallymark_connectors.csv_xlsx.privacy import hashed
from tallymark_connectors.csv_xlsx.records import RawBatch, Rejected
from tallymark_connectors.csv_xlsx.settling import settle
from tallymark_connectors.csv_xlsx.sources import Headers, Melted, Source, source_of
from tallymark_connectors.csv_xlsx.spans import close_spans
from tallymark_connectors.csv_xlsx.tax import TaxColumn, rate_for
from tallymark_connectors.csv_xlsx.text import key
from tallymark_connectors.csv_xlsx.values import Reader, Reading, reader_for
from tallymark_sdk.model import Column, Kind

_CACHED = 100_000  # values of a column that are remembered
_SHOWN = 200
# What reports write where the id stands in the line below the table.
_TOTALS = frozenset(
    map(
        key, ("total", "grand total", "sum", "subtotal", "tổng", "tổng cộng", "جمع", "جمع کل", "合計", "總計")
    )
)
_PREVIEW_BATCH = 50_000


@dataclass(kw_only=True)
class _Planned:
    """One canonical column with its source, its reader, and the values read before."""

    column: Column
    source: Source
    read: Reader
    known: dict[str, Any]
    named: str


@dataclass(kw_only=True)
class _Plan:
    mapping: Mapping
    columns: list[_Planned]
    melted: Melted | None
    custom: CustomColumn
    tax: TaxColumn | None
    zone: tzinfo
    source_id: str


def read(
    path: Path,
    mapping: Mapping,
    *,
    source_id: str,
    timezone: str,
    batch_rows: int = 50_000,
    hash_key: bytes | None = None,
    currency: str | None = None,
) -> Iterator[ParsedBatch]:
    """Read a file in batches; `timezone` is the tenant's, `hash_key` is needed where e-mails or phones are mapped.

    `currency` is the tenant's: it helps to read amounts such as `500,000` where the mapping names none.

    Memory stays at a few batches, except where `spans` needs the whole table. A row is left out as a whole when
    its id is missing, its number of fields is wrong, or a mapped value can't be read. Raises UnreadableFile,
    MappingError, and Ambiguous where the mapping must say how dates or numbers are written.
    """
    with opened(Path(path), mapping.file) as layout:
        plan = _plan(layout, mapping, source_id, ZoneInfo(timezone), batch_rows, hash_key, currency)
        parsed = (_parse(plan, raw) for raw in _raw(layout, plan.melted, batch_rows))
        yield from parsed if mapping.spans is None else close_spans(parsed, batch_rows)


def first_rows(
    layout: Layout, mapping: Mapping, rows: int, zone: ZoneInfo, currency: str | None = None
) -> tuple[RawBatch, ParsedBatch]:
    """The first records as they are in the file, and as the mapping reads them."""
    plan = _plan(layout, mapping, "preview", zone, _PREVIEW_BATCH, b"preview", currency)
    raw = next(layout.batches(rows), RawBatch(columns=[[] for _ in layout.headers]))
    melted = raw if plan.melted is None else plan.melted.batch(raw)
    return raw, _parse(plan, melted)


def _raw(layout: Layout, melted: Melted | None, rows: int) -> Iterator[RawBatch]:
    batches = layout.batches(rows)
    return batches if melted is None else map(melted.batch, batches)


def _plan(
    layout: Layout,
    mapping: Mapping,
    source_id: str,
    zone: tzinfo,
    rows: int,
    hash_key: bytes | None,
    currency: str | None,
) -> _Plan:
    headers = Headers(layout.headers)
    melted = Melted(mapping.unpivot, headers) if mapping.unpivot else None
    headers = melted.headers if melted else headers
    model = mapping.model
    placed = {
        name: (model.column(name), rule, source_of(model.column(name), rule, headers))
        for name, rule in mapping.rules.items()
    }
    rules = settle(placed, _raw(layout, melted, rows), mapping.currency or currency)
    clock_zone = ZoneInfo(mapping.timezone) if mapping.timezone else zone
    planned = []
    for name, (column, _, source) in placed.items():
        reading = Reading(
            column=column,
            rule=rules[name],
            clock_zone=clock_zone,
            day_zone=zone,
            empty=frozenset(key(mark) for mark in mapping.file.empty),
            tax_rate=rate_for(mapping, name),
        )
        reader = reader_for(reading)
        if name.endswith("_hash"):
            reader = hashed(reader, name, hash_key)
        named = " + ".join(rules[name].sources) or name
        planned.append(_Planned(column=column, source=source, read=reader, known={}, named=named))
        _check_constant(reading, reader)
    return _Plan(
        mapping=mapping,
        columns=planned,
        melted=melted,
        custom=CustomColumn(mapping, headers),
        tax=TaxColumn.of(mapping, headers, rules),
        zone=zone,
        source_id=source_id,
    )


def _check_constant(reading: Reading, reader: Reader) -> None:
    """A constant or default that can't be read is the mapping's fault, not each row's."""
    for word, text in (("constant", reading.rule.constant), ("default", reading.rule.default)):
        if text is None:
            continue
        try:
            reader(text)
        except BadValue as bad:
            raise MappingError(f"columns.{reading.column.name}: {word} {text!r} {bad}.") from None


def _parse(plan: _Plan, raw: RawBatch) -> ParsedBatch:
    bad: dict[int, Rejected] = {}
    values = {one.column.name: _values(one, raw.lines, one.source.texts(raw), bad) for one in plan.columns}
    for row, found in enumerate(values["id"]):
        if found is None and row not in bad:
            bad[row] = Rejected(line=raw.lines[row], column="id", value=None, reason="has no id")
        elif found is not None and key(found).rstrip(" :") in _TOTALS:
            bad[row] = Rejected(line=raw.lines[row], column="id", value=found, reason="is a total, not a row")
    if plan.tax is not None:
        plan.tax.take_out(values, raw, bad)
    values["custom"] = plan.custom.texts(raw)
    if bad:
        kept = [row not in bad for row in range(len(raw.lines))]
        values = {name: list(compress(column, kept)) for name, column in values.items()}
    if plan.mapping.dataset == "opportunities":
        normalise(values, plan.zone)
    rejected = sorted([*raw.rejected, *bad.values()], key=lambda r: r.line)
    return ParsedBatch(
        batch=_record_batch(plan, values, len(raw.lines) - len(bad)),
        rejected=tuple(rejected),
        rows_in=raw.rows_in,
    )


def _values(one: _Planned, lines: Sequence[int], texts: list[str], bad: dict[int, Rejected]) -> list[Any]:
    """The column's values, None for those that can't be read; the first reason of each row goes to `bad`."""
    if len(one.known) > _CACHED:
        one.known.clear()
    failures: dict[str, str] = {}
    for text in set(texts).difference(one.known):
        try:
            one.known[text] = one.read(text)
            if not text.isascii():
                text.encode()
        except BadValue as reason:
            failures[text] = str(reason)
        except UnicodeEncodeError:
            failures[text] = "holds bytes that don't fit the file's encoding"
    if not failures:
        return list(map(one.known.__getitem__, texts))
    for row, text in enumerate(texts):
        if text in failures and row not in bad:
            shown = text[:_SHOWN].encode("utf-8", "replace").decode()
            bad[row] = Rejected(line=lines[row], column=one.named, value=shown, reason=failures[text])
    for text in failures:
        one.known.pop(text, None)
    return [one.known.get(text) for text in texts]


def _record_batch(plan: _Plan, values: dict[str, list[Any]], rows: int) -> pa.RecordBatch:
    arrays = []
    for column in plan.mapping.model.import_columns:
        given = values.get(column.name)
        if column.name == "source_id":
            arrays.append(pa.repeat(pa.scalar(plan.source_id, pa.string()), rows))
        elif given is None:
            arrays.append(pa.nulls(rows, column.arrow_type))
        elif column.kind is Kind.TIMESTAMP:
            arrays.append(pa.array(given, pa.int64()).cast(column.arrow_type))
        else:
            arrays.append(pa.array(given, column.arrow_type))
    return pa.RecordBatch.from_arrays(arrays, schema=plan.mapping.model.import_schema)
