"""What a dataset of the canonical model is: named, typed columns, and the rules every one of them keeps."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

import pyarrow as pa

from tallymark_sdk.model.reserved import RESERVED_NAMES
from tallymark_sdk.model.spelling import did_you_mean

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class ModelError(ValueError):
    """A column or dataset is declared in a way the model does not allow."""


class UnknownColumn(LookupError):
    """The dataset has no column of that name."""


class Kind(StrEnum):
    """What a column's values are."""

    ID = "id"
    TEXT = "text"
    CHOICE = "choice"
    FLAG = "flag"
    TIMESTAMP = "timestamp"
    DATE = "date"
    MONEY = "money"
    DECIMAL = "decimal"
    INTEGER = "integer"
    JSON = "json"


_PLACES: Mapping[Kind, int] = {Kind.MONEY: 4, Kind.DECIMAL: 6}
_ARROW: Mapping[Kind, pa.DataType] = {
    Kind.ID: pa.string(),
    Kind.TEXT: pa.string(),
    Kind.CHOICE: pa.string(),
    Kind.FLAG: pa.bool_(),
    Kind.TIMESTAMP: pa.timestamp("us", tz="UTC"),
    Kind.DATE: pa.date32(),
    Kind.MONEY: pa.decimal128(18, 4),
    Kind.DECIMAL: pa.decimal128(18, 6),
    Kind.INTEGER: pa.int64(),
    Kind.JSON: pa.string(),
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its name, kind, meaning, and unit where it has one.

    `choices` are the values a CHOICE may take. `refers_to` names the dataset whose `id` the column holds.
    `places` gives a DECIMAL more decimal places than its kind's six. A `derived` column is made at load and is
    never imported. Raises ModelError for a name or a combination that the model does not allow.
    """

    name: str
    kind: Kind
    description: str
    unit: str | None = None
    choices: tuple[str, ...] = ()
    derived: bool = False
    refers_to: str | None = None
    places: int | None = None

    def __post_init__(self) -> None:
        if problem := self._problem():
            raise ModelError(f"Column {self.name!r} {problem}.")

    def _problem(self) -> str | None:
        if not _NAME.fullmatch(self.name):
            return "must be named in lower case letters, digits and single underscores, starting with a letter"
        if self.name in RESERVED_NAMES:
            return "has the name of an ibis table method, which a formula could not read; choose another name"
        if (self.kind is Kind.CHOICE) != bool(self.choices):
            return "must list choices exactly when its kind is CHOICE"
        if (self.kind is Kind.TIMESTAMP) != self.name.endswith("_at"):
            return "must end in _at exactly when its kind is TIMESTAMP"
        if self.refers_to is not None and self.kind is not Kind.ID:
            return "refers to another dataset, so its kind must be ID"
        if self.places is not None and self.kind is not Kind.DECIMAL:
            return "sets decimal places, so its kind must be DECIMAL"
        return None

    @property
    def decimal_places(self) -> int | None:
        """How many decimal places a MONEY or DECIMAL keeps; None for other kinds."""
        return self.places if self.places is not None else _PLACES.get(self.kind)

    @property
    def arrow_type(self) -> pa.DataType:
        """The Arrow type that holds the column's values."""
        if self.places is not None:
            return pa.decimal128(28, self.places)
        return _ARROW[self.kind]

    @property
    def local_date(self) -> str | None:
        """For a TIMESTAMP `x_at`, the name `x_on` of the local date made from it at load; else None."""
        return (
            self.name.removesuffix("_at") + "_on"
            if self.kind is Kind.TIMESTAMP
            else None
        )

    @property
    def in_base(self) -> str | None:
        """For a MONEY `x`, the name `x_base` of the same amount in the tenant's currency; else None."""
        return f"{self.name}_base" if self.kind is Kind.MONEY else None

    @property
    def derivative(self) -> "Column | None":
        """The column that the load makes from this one, or None."""
        if self.local_date:
            text = f"Local date of {self.name} in the tenant's time zone."
            return Column(
                name=self.local_date, kind=Kind.DATE, description=text, derived=True
            )
        if self.in_base:
            text = f"The {self.name} in the tenant's currency; empty where no exchange rate is known."
            return Column(
                name=self.in_base,
                kind=Kind.MONEY,
                description=text,
                unit="tenant currency",
                derived=True,
            )
        return None


_KEY = (
    Column(
        name="source_id",
        kind=Kind.ID,
        description="The connection that the row came from.",
    ),
    Column(
        name="id",
        kind=Kind.ID,
        description="The source's own id of the row, unique within its connection.",
    ),
)
_CURRENCY = Column(
    name="currency",
    kind=Kind.TEXT,
    description="Currency of the row's amounts (ISO 4217); empty means the tenant's currency.",
)
_TAIL = (
    Column(
        name="created_at",
        kind=Kind.TIMESTAMP,
        description="When the row was created in the source.",
    ),
    Column(
        name="updated_at",
        kind=Kind.TIMESTAMP,
        description="When the row was last changed in the source.",
    ),
    Column(
        name="deleted_at",
        kind=Kind.TIMESTAMP,
        description="When the row was deleted in the source; such a row is kept and left out of every number.",
    ),
    Column(
        name="custom",
        kind=Kind.JSON,
        description="Fields of the source that no column takes, as JSON.",
    ),
)
_SYNCED = Column(
    name="synced_at",
    kind=Kind.TIMESTAMP,
    description="When the row was last read from the source.",
)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """One dataset: the columns a source can fill, and those that the load adds.

    `columns` are the dataset's own, without the key, the currency and the tail that every dataset has.
    `money_date` names the column whose local date picks the exchange rate of the row's amounts (None: the
    snapshot's date). `money_date_else` names where to look, in order, where that column is empty: another
    column, or `order_id.ordered_at` for a column of the row that `order_id` refers to.
    `label` names the column that names a row to people. Raises ModelError for a declaration not allowed.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    money_date: str | None = None
    money_date_else: tuple[str, ...] = ()
    label: str | None = None

    def __post_init__(self) -> None:
        if problem := self._problem():
            raise ModelError(f"Dataset {self.name!r} {problem}.")

    def _problem(self) -> str | None:
        if not _NAME.fullmatch(self.name):
            return "must be named in lower case letters, digits and single underscores, starting with a letter"
        twice = [
            name
            for name, n in Counter(c.name for c in self.stored_columns).items()
            if n > 1
        ]
        if twice:
            return f"has more than one column named {', '.join(twice)} (the key, tail and derived ones count)"
        if any(column.derived for column in self.columns):
            return "declares a derived column; the load makes those from the others"
        if self.label is not None and self.label not in self._by_name:
            return f"is labelled by {self.label!r}, which is not one of its columns"
        for path in self.money_dates:
            if not self._is_date_path(path):
                return f"takes its exchange rate from {path!r}, which is not a date or timestamp it can reach"
        return None

    def _is_date_path(self, path: str) -> bool:
        first, dot, _ = path.partition(".")
        if dot:
            return first in self.references
        return first in self._by_name and self._by_name[first].kind in (
            Kind.DATE,
            Kind.TIMESTAMP,
        )

    @cached_property
    def has_money(self) -> bool:
        """Whether any column is an amount, so that rows carry a currency."""
        return any(column.kind is Kind.MONEY for column in self.columns)

    @property
    def money_dates(self) -> tuple[str, ...]:
        """Where the exchange rate's date is looked for, in order; the snapshot's date comes after all of them."""
        return (*((self.money_date,) if self.money_date else ()), *self.money_date_else)

    @cached_property
    def import_columns(self) -> tuple[Column, ...]:
        """The columns a connector yields, in order: key, own columns, currency if there is money, tail."""
        return (*_KEY, *self.columns, *((_CURRENCY,) if self.has_money else ()), *_TAIL)

    @cached_property
    def stored_columns(self) -> tuple[Column, ...]:
        """The columns a snapshot holds: those imported, `synced_at`, and what the load derives from them."""
        given = (*self.import_columns, _SYNCED)
        return (*given, *(made for column in given if (made := column.derivative)))

    @cached_property
    def import_schema(self) -> pa.Schema:
        """The Arrow schema of `import_columns`."""
        return _schema(self.import_columns)

    @cached_property
    def stored_schema(self) -> pa.Schema:
        """The Arrow schema of `stored_columns`."""
        return _schema(self.stored_columns)

    @cached_property
    def references(self) -> Mapping[str, str]:
        """Column → the dataset whose `id` it holds, within the same source."""
        return MappingProxyType(
            {c.name: c.refers_to for c in self.columns if c.refers_to is not None}
        )

    @cached_property
    def _by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.stored_columns}

    def column(self, name: str) -> Column:
        """The stored column of that name; raises UnknownColumn, naming the nearest ones."""
        if name not in self._by_name:
            raise UnknownColumn(
                f"Dataset {self.name} has no column {name!r}{did_you_mean(name, self._by_name)}"
            )
        return self._by_name[name]


def _schema(columns: Iterable[Column]) -> pa.Schema:
    return pa.schema([pa.field(column.name, column.arrow_type) for column in columns])
