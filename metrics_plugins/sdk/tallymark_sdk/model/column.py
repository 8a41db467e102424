"""What a column of the canonical model is: a name, a kind, a meaning."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, cast

import pyarrow as pa

from tallymark_sdk.model.reserved import RESERVED_NAMES

NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class ModelError(ValueError):
    """A column or dataset is declared in a way the model does not allow."""


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
    `places` gives a DECIMAL more decimal places than its kind's six. A `derived` column is made at load and
    is never imported. `source` names the standard or work that the definition stands on. Raises ModelError for a name or a combination that the model does not allow.
    """

    name: str
    kind: Kind
    description: str
    unit: str | None = None
    choices: tuple[str, ...] = ()
    derived: bool = False
    refers_to: str | None = None
    places: int | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        for problem in self._problems():
            raise ModelError(f"Column {self.name!r} {problem}.")

    def _problems(self) -> Iterator[str]:
        if not NAME.fullmatch(self.name):
            yield "must be named in lower case letters, digits and single underscores, starting with a letter"
        if self.name in RESERVED_NAMES:
            yield "has the name of an ibis table method, which a formula could not read; choose another name"
        if not isinstance(cast("object", self.kind), Kind):  # a pack's author may write "text"
            yield f"must have a Kind, such as Kind.TEXT, and not {self.kind!r}"
        if (self.kind is Kind.CHOICE) != bool(self.choices):
            yield "must list choices exactly when its kind is CHOICE"
        if (self.kind is Kind.TIMESTAMP) != self.name.endswith("_at"):
            yield "must end in _at exactly when its kind is TIMESTAMP"
        if self.refers_to is not None and self.kind is not Kind.ID:
            yield "refers to another dataset, so its kind must be ID"
        if self.places is not None and self.kind is not Kind.DECIMAL:
            yield "sets decimal places, so its kind must be DECIMAL"

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
        return self.name.removesuffix("_at") + "_on" if self.kind is Kind.TIMESTAMP else None

    @property
    def in_base(self) -> str | None:
        """For a MONEY `x`, the name `x_base` of the same amount in the tenant's currency; else None."""
        return f"{self.name}_base" if self.kind is Kind.MONEY else None

    @property
    def derivative(self) -> "Column | None":
        """The column that the load makes from this one, or None."""
        if self.local_date:
            text = f"Local date of {self.name} in the tenant's time zone."
            return Column(name=self.local_date, kind=Kind.DATE, description=text, derived=True)
        if self.in_base:
            text = f"The {self.name} in the tenant's currency; empty where no exchange rate is known."
            return Column(
                name=self.in_base, kind=Kind.MONEY, description=text, unit="tenant currency", derived=True
            )
        return None
