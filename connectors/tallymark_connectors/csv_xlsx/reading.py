"""Reading a file by a mapping: batches in the dataset's import schema, and the rows left out with their reasons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tallymark_connectors.csv_xlsx.cells import Cells
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
from tallymark_connectors.csv_xlsx.vectors import VectorReader, marks, vector_reader_for
from tallymark_sdk.model import Column, Kind

_CACHED = 50_000  # values of a column that are remembered
_SHORT = 200  # characters of a value that is
_UNKNOWN = object()
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
    read_all: VectorReader | None
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
    raw = next(layout.batches(rows), RawBatch(columns=[Cells.of_texts([]) for _ in layout.headers]))
    melted = raw if plan.melted is None else plan.melted.batch(raw)
    return raw, _parse(plan, melted)


def _raw(
    layout: Layout, melted: Melted | None, rows: int, only: frozenset[int] | None = None
) -> Iterator[RawBatch]:
    batches = layout.batches(rows, only if melted is None else None)
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
    rules = settle(
        placed,
        lambda only: _raw(layout, melted, max(rows, _PREVIEW_BATCH), only),
        mapping.currency or currency,
    )
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
        vectors = vector_reader_for(reading, reader)
        if name.endswith("_hash"):
            reader, vectors = hashed(reader, name, hash_key), None
        named = " + ".join(rules[name].sources) or name
        planned.append(
            _Planned(column=column, source=source, read=reader, read_all=vectors, known={}, named=named)
        )
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
    values = {one.column.name: _values(one, raw.lines, one.source.cells(raw), bad) for one in plan.columns}
    _check_ids(values["id"], raw.lines, bad)
    if plan.tax is not None:
        plan.tax.take_out(values, raw, bad)
    values["custom"] = plan.custom.values(raw)
    if bad:
        kept = np.ones(len(raw.lines), np.bool_)
        kept[list(bad)] = False
        values = {name: column.filter(pa.array(kept)) for name, column in values.items()}
    if plan.mapping.dataset == "opportunities":
        normalise(values, plan.zone)
    rejected = sorted([*raw.rejected, *bad.values()], key=lambda r: r.line)
    return ParsedBatch(
        batch=_record_batch(plan, values, len(raw.lines) - len(bad)),
        rejected=tuple(rejected),
        rows_in=raw.rows_in,
    )


def _check_ids(ids: pa.Array, lines: npt.NDArray[np.int64], bad: dict[int, Rejected]) -> None:
    for row in np.flatnonzero(marks(pc.is_null(ids))).tolist():
        bad.setdefault(row, Rejected(line=int(lines[row]), column="id", value=None, reason="has no id"))
    words = marks(pc.invert(pc.match_substring_regex(ids, "[0-9]")))
    for row in np.flatnonzero(words).tolist():
        found = ids[row].as_py()
        if key(found).rstrip(" :") in _TOTALS:
            bad[row] = Rejected(
                line=int(lines[row]), column="id", value=found, reason="is a total, not a row"
            )


def _values(one: _Planned, lines: npt.NDArray[np.int64], cells: Cells, bad: dict[int, Rejected]) -> pa.Array:
    """The column's values, null for those that can't be read; the first reason of each row goes to `bad`."""
    stored = pa.int64() if one.column.kind is Kind.TIMESTAMP else one.column.arrow_type
    left = np.ones(len(cells.arrow), np.bool_)
    found = pa.nulls(len(left), stored)
    if one.read_all is not None:
        found, done = one.read_all(cells.arrow)
        left = ~done
    if left.any():
        singles, failures = _singles(one, cells, np.flatnonzero(left))
        found = pc.replace_with_mask(found, pa.array(left), pa.array(singles, stored))
        if failures:
            _note(one, lines, cells, failures, bad)
    return found.take(pa.array(cells.codes)).cast(one.column.arrow_type)


def _singles(
    one: _Planned, cells: Cells, places: npt.NDArray[np.int64]
) -> tuple[list[Any], dict[int, tuple[str, str]]]:
    """The values of the texts at these places, read one by one; and place → text and reason of those that fail."""
    if len(one.known) > _CACHED:
        one.known.clear()
    known, values = one.known, []
    failures: dict[int, tuple[str, str]] = {}
    for place, text in zip(places.tolist(), cells.some(places), strict=True):
        value = known.get(text, _UNKNOWN)
        if value is _UNKNOWN:
            value = None
            try:
                value = one.read(text)
                if not text.isascii():
                    text.encode()
                if len(text) <= _SHORT:
                    known[text] = value
            except BadValue as reason:
                failures[place] = text, str(reason)
            except UnicodeEncodeError:
                value, failures[place] = None, (text, "holds bytes that don't fit the file's encoding")
        values.append(value)
    return values, failures


def _note(
    one: _Planned,
    lines: npt.NDArray[np.int64],
    cells: Cells,
    failures: dict[int, tuple[str, str]],
    bad: dict[int, Rejected],
) -> None:
    for row in np.flatnonzero(np.isin(cells.codes, list(failures))).tolist():
        if row not in bad:
            text, reason = failures[int(cells.codes[row])]
            shown = text[:_SHOWN].encode("utf-8", "replace").decode()
            bad[row] = Rejected(line=int(lines[row]), column=one.named, value=shown, reason=reason)


def _record_batch(plan: _Plan, values: dict[str, pa.Array], rows: int) -> pa.RecordBatch:
    arrays = []
    for column in plan.mapping.model.import_columns:
        given = values.get(column.name)
        if column.name == "source_id":
            arrays.append(pa.repeat(pa.scalar(plan.source_id, pa.string()), rows))
        else:
            arrays.append(pa.nulls(rows, column.arrow_type) if given is None else given)
    return pa.RecordBatch.from_arrays(arrays, schema=plan.mapping.model.import_schema)
