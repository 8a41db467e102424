"""A metric's values at both ends of a bridge: as the engine computes them, for one member, by either attribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tallymark.bridge.errors import NoBridge
from tallymark.bridge.forms import Form, Sum
from tallymark.bridge.reading import Reader, Slice
from tallymark.engine.cell import Figure
from tallymark.engine.compute import compute
from tallymark.engine.session import TenantData
from tallymark.plugins.registry import Registry
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.comparison import Comparison

_PLACES = 12
_LAST_DIGITS = Fraction(1, 10**40)


@dataclass(frozen=True, kw_only=True)
class Engine:
    """What computing a metric over some version of the data needs."""

    registry: Registry
    comparison: Comparison
    as_of: date | None

    def values(
        self, key: str, periods: Sequence[Period], asked: Slice, data: TenantData, *, empty_is_zero: bool
    ) -> list[Figure]:
        """The metric's value in each period.

        Args:
            empty_is_zero: whether a member without rows has the value 0, as of sums, or none, as of ratios.

        Raises:
            NoBridge: there is no value, and why.
        """
        by = [asked.dimension] if asked.dimension else []
        cells = compute(
            self.registry,
            [key],
            periods,
            by,
            data=data,
            calendar=self.comparison.calendar,
            as_of=self.as_of,
            comparison=self.comparison,
            attribution=asked.attribution,
        )
        found = {
            cell.period: cell
            for cell in cells
            if cell.part == "value" and (cell.dimension, cell.member) == (asked.dimension, asked.member)
        }
        totals = {cell.period: cell for cell in cells if cell.part == "value" and not cell.dimension}
        values: list[Figure] = []
        for period in periods:
            cell = found.get(period)
            if cell is None and empty_is_zero and totals[period].value is not None:
                values.append(0)
                continue
            if cell is None or cell.value is None:
                reason = (cell or totals[period]).reason or "no rows in the period"
                whose = f" of {asked.member}" if asked.member else ""
                raise NoBridge(f"There is no value{whose} in {period.label}: {reason}.")
            values.append(cell.value)
        return values


def is_exact(form: Form) -> bool:
    """Whether computed figures have all their digits: sums whose factors are decimals."""
    return isinstance(form, Sum) and all(10**_PLACES % factor.denominator == 0 for factor, _ in form.leaves)


def exact(form: Form, reader: Reader, asked: Slice) -> list[Fraction | None]:
    """The same values from the rows' own sums, without the rounding of a quotient; of the reader's periods."""
    if isinstance(form, Sum):
        return [sum(sides.values(), Fraction(0)) for sides in reader.sides(form.leaves, asked, "")]
    over, under = reader.sides(form.over, asked, ""), reader.sides(form.under, asked, "")
    return [
        sum(above.values(), Fraction(0)) / whole if (whole := sum(below.values(), Fraction(0))) else None
        for above, below in zip(over, under, strict=True)
    ]


def agree(figure: Figure, value: Fraction | None) -> bool:
    """Whether a computed figure is the exact value, but for digits that a quotient can't hold."""
    if value is None:
        return False
    return abs(Fraction(figure) - value) <= _LAST_DIGITS * (1 + abs(value))
