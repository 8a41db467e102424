"""Taking tax out of amounts that include it."""

from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from tallymark_connectors.csv_xlsx.errors import BadValue
from tallymark_connectors.csv_xlsx.mapping import ColumnRule, Mapping
from tallymark_connectors.csv_xlsx.numbers import Mark, parse_number
from tallymark_connectors.csv_xlsx.records import RawBatch, Rejected
from tallymark_connectors.csv_xlsx.sources import Headers
from tallymark_connectors.csv_xlsx.text import is_nothing

_STEP = Decimal("0.0001")


def rate_for(mapping: Mapping, column: str) -> Decimal | None:
    """The rate to take out of this column's amounts, None if none is."""
    tax = mapping.tax
    return tax.rate if tax is not None and tax.inclusive and column in tax.applies_to else None


@dataclass(frozen=True, kw_only=True)
class TaxColumn:
    """A source column that holds each row's tax, written and scaled like the amounts it is taken from."""

    index: int
    named: str
    applies_to: tuple[str, ...]
    mark: Mark | None
    scale: Decimal

    @classmethod
    def of(
        cls, mapping: Mapping, headers: Headers, rules: AbstractMapping[str, ColumnRule]
    ) -> "TaxColumn | None":
        """The mapping's tax column; None if it has none."""
        tax = mapping.tax
        if tax is None or not tax.inclusive or tax.column is None:
            return None
        first = next((rules[name] for name in tax.applies_to if name in rules), ColumnRule())
        return cls(
            index=headers.index(tax.column, "tax.column"),
            named=tax.column,
            applies_to=tax.applies_to,
            mark=first.decimal,
            scale=first.scale or Decimal(1),
        )

    def take_out(self, values: dict[str, pa.Array], raw: RawBatch, bad: dict[int, Rejected]) -> None:
        """Subtract the row's tax from its amounts; a tax that can't be read goes to `bad`."""
        amounts = {name: values[name].to_pylist() for name in self.applies_to if name in values}
        self._subtract(amounts, raw, bad)
        for name, column in amounts.items():
            values[name] = pa.array(column, values[name].type)

    def _subtract(self, amounts: dict[str, list[Any]], raw: RawBatch, bad: dict[int, Rejected]) -> None:
        for row, text in enumerate(raw.columns[self.index].texts()):
            if row in bad or is_nothing(text, typed=True):
                continue
            try:
                tax = parse_number(text, self.mark).value * self.scale
            except BadValue as reason:
                bad[row] = Rejected(
                    line=int(raw.lines[row]), column=self.named, value=text[:200], reason=str(reason)
                )
                continue
            for column in amounts.values():
                if column[row] is not None:
                    column[row] = (column[row] - tax).quantize(_STEP)
