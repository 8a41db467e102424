"""Rows as a case file has them, checked against the model and made whole as the load would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from tallymark_sdk.errors import TallymarkError, did_you_mean
from tallymark_sdk.model import DATASETS, Column, Dataset, Kind

Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Mapping[str, Sequence[Row]]

_PLAIN: Mapping[Kind, tuple[type, str]] = {
    Kind.ID: (str, 'text in quotes, such as "an"'),
    Kind.TEXT: (str, 'text in quotes, such as "an"'),
    Kind.CHOICE: (str, 'text in quotes, such as "won"'),
    Kind.JSON: (str, "JSON as text in quotes"),
    Kind.FLAG: (bool, "true or false"),
    Kind.INTEGER: (int, "a whole number"),
    Kind.DATE: (date, "a date such as 2026-06-01"),
    Kind.TIMESTAMP: (datetime, "a time such as 2026-06-01T09:30:00Z"),
}


class InvalidRows(TallymarkError):
    """Rows that the model doesn't have, said in one sentence."""


def whole_rows(given: Mapping[str, Any], zone: ZoneInfo) -> dict[str, list[dict[str, Any]]]:
    """The rows of each dataset with what the load derives: local dates in `zone`, money in the base currency.

    `x_on` is taken from `x_at` unless it is given; `x_base` from `x` where the row names no currency.

    Raises:
        InvalidRows: for an unknown dataset or column, a value of the wrong kind, or a key given twice.
    """
    made: dict[str, list[dict[str, Any]]] = {}
    for name, rows in given.items():
        if name not in DATASETS:
            raise InvalidRows(f'there is no dataset "{name}".{did_you_mean(name, DATASETS)}')
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise InvalidRows(f'{name} must be a list of rows: {name} = [{{id = "1", …}}, …]')
        made[name] = [_whole(DATASETS[name], number, row, zone) for number, row in enumerate(rows, 1)]
        _refuse_twins(name, made[name])
    return made


def _refuse_twins(name: str, rows: Sequence[Row]) -> None:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        key = (row.get("source_id", "test"), row["id"])
        if key in seen:
            raise InvalidRows(f'{name} has two rows with the id "{row["id"]}"; a source never has that')
        seen.add(key)


def _whole(dataset: Dataset, number: int, row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    columns = {column.name: column for column in dataset.stored_columns}
    if "id" not in row:
        raise InvalidRows(f'row {number} of {dataset.name} has no id; write id = "{number}"')
    made: dict[str, Any] = {}
    for name, value in row.items():
        if name not in columns:
            hint = did_you_mean(name, columns)
            raise InvalidRows(f'{dataset.name} "{row["id"]}": there is no column "{name}".{hint}')
        try:
            made[name] = _read(columns[name], value)
        except InvalidRows as error:
            raise InvalidRows(f'{dataset.name} "{row["id"]}": {name} {error}') from None
    return {**dict(_derived(dataset, made, zone)), **made}


def _derived(dataset: Dataset, row: Row, zone: ZoneInfo) -> Iterator[tuple[str, Any]]:
    for column in dataset.import_columns:
        value = row.get(column.name)
        if value is None:
            continue
        if column.local_date:
            yield column.local_date, value.astimezone(zone).date()
        elif column.in_base and not row.get("currency"):
            yield column.in_base, value


def _read(column: Column, value: Any) -> Any:
    if column.kind in {Kind.MONEY, Kind.DECIMAL}:
        return _number(column, value)
    wanted, such = _PLAIN[column.kind]
    is_time_for_date = column.kind is Kind.DATE and isinstance(value, datetime)
    is_flag_for_number = column.kind is Kind.INTEGER and isinstance(value, bool)
    if not isinstance(value, wanted) or is_time_for_date or is_flag_for_number:
        raise InvalidRows(f"must be {such}, not {value!s}")
    if column.choices and value not in column.choices and isinstance(value, str):
        raise InvalidRows(
            f'can\'t be "{value}"; it is one of {", ".join(column.choices)}.{did_you_mean(value, column.choices)}'
        )
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value


def _number(column: Column, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise InvalidRows(f"must be a number without quotes, not {value!s}")
    number = Decimal(value)
    places = column.decimal_places or 0
    if number != number.quantize(Decimal(1).scaleb(-places)):
        raise InvalidRows(f"has more than the {places} decimal places that are kept: {value}")
    return number
