"""What a dataset of the canonical model is: the columns a source fills, and those that the load adds."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import pyarrow as pa

from tallymark_sdk.model.column import NAME, Column, Kind, ModelError
from tallymark_sdk.model.spelling import did_you_mean

__all__ = ["Column", "Dataset", "Kind", "ModelError", "UnknownColumn"]


class UnknownColumn(LookupError):
    """The dataset has no column of that name."""


_KEY = (
    Column(name="source_id", kind=Kind.ID, description="The connection that the row came from."),
    Column(
        name="id", kind=Kind.ID, description="The source's own id of the row, unique within its connection."
    ),
)
_CURRENCY = Column(
    name="currency",
    kind=Kind.TEXT,
    description="Currency of the row's amounts (ISO 4217); empty means the tenant's currency.",
    source="ISO 4217",
)
_TAIL = (
    Column(name="created_at", kind=Kind.TIMESTAMP, description="When the row was created in the source."),
    Column(
        name="updated_at", kind=Kind.TIMESTAMP, description="When the row was last changed in the source."
    ),
    Column(
        name="deleted_at",
        kind=Kind.TIMESTAMP,
        description="When the row was deleted in the source; the row is kept but counts in no number.",
    ),
    Column(name="custom", kind=Kind.JSON, description="Fields of the source that no column takes, as JSON."),
)
_SYNCED = Column(
    name="synced_at", kind=Kind.TIMESTAMP, description="When the row was last read from the source."
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
        for problem in self._problems():
            raise ModelError(f"Dataset {self.name!r} {problem}.")

    def _problems(self) -> Iterator[str]:
        if not NAME.fullmatch(self.name):
            yield "must be named in lower case letters, digits and single underscores, starting with a letter"
        twice = [name for name, n in Counter(c.name for c in self.stored_columns).items() if n > 1]
        if twice:
            yield f"has more than one column named {', '.join(twice)} (the key, tail and derived ones count)"
        if any(column.derived for column in self.columns):
            yield "declares a derived column; the load makes those from the others"
        if self.label is not None and self.label not in self._by_name:
            yield f"is labelled by {self.label!r}, which is not one of its columns"
        for path in self.money_dates:
            if not self._is_date_path(path):
                yield f"takes its exchange rate from {path!r}, which is not a date or timestamp it can reach"

    def _is_date_path(self, path: str) -> bool:
        first, dot, _ = path.partition(".")
        if dot:
            return first in self.references
        return first in self._by_name and self._by_name[first].kind in (Kind.DATE, Kind.TIMESTAMP)

    @cached_property
    def has_money(self) -> bool:
        """Whether any column is an amount, so that rows carry a currency."""
        return any(column.kind is Kind.MONEY for column in self.columns)

    @property
    def money_dates(self) -> tuple[str, ...]:
        """Where the exchange rate's date is looked for, in order; the snapshot's date comes last."""
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
        return MappingProxyType({c.name: c.refers_to for c in self.columns if c.refers_to is not None})

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
