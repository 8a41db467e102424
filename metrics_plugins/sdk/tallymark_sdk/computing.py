"""`@computed`: a metric in Python, for what expressions can't say.

The function is given Arrow tables of exactly the columns it declares and returns one typed table::

    import pyarrow as pa
    from tallymark_sdk import Metric, computed

    @computed(reads=("opportunities.amount_base", "opportunities.closed_on"))
    def largest_gap(tables, periods):
        deals = tables["opportunities"]                       # amount_base, closed_on, member
        ...
        return pa.table({"period": [0, 1], "member": ["", ""], "value": [Decimal("12.5"), None]})

    GAP = Metric(key="acme.largest_gap", …, inputs=largest_gap.reads, formula=largest_gap)

An expression is better wherever one will do: it is fused with the others, explained in words and followed to its rows.
A function is none of these. Where the metric is used, it runs in a limited process of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from tallymark_sdk.errors import TallymarkError
from tallymark_sdk.formula import Computed

Function: TypeAlias = Callable[[Mapping[str, pa.Table], pa.Table], pa.Table]

LONGEST_SECONDS = 60
LEAST_MEGABYTES, MOST_MEGABYTES = 16, 1024
MOST_ROWS = 50_000
LONGEST_MEMBER = 200
WHOLE_DIGITS = 30
"""More than any sum of money needs; a number with more is a mistake, or meant to be one."""
PLACES = 30

_TABLE: Any = pa.Table
"""Under a name of our own: a function may change what `pyarrow.Table` is while it runs."""

_ROOM = Context(prec=WHOLE_DIGITS + PLACES + 2, rounding=ROUND_HALF_EVEN, Emax=999_999, Emin=-999_999)


class BadAnswer(TallymarkError):
    """What a computed metric returned isn't an answer; the text goes on from "its answer"."""


def computed(
    *, reads: tuple[str, ...], seconds: int = 10, megabytes: int = 256
) -> Callable[[Function], Computed]:
    """Make a function of a module the formula of a metric.

    The function is called with:

    - `tables`: dataset → Arrow table of the declared columns and `member`, the row's member of the breakdown that is
      asked for ("" for the total; the function is called once for each). Deleted rows are out. The order of rows
      is any.
    - `periods`: Arrow table of `period` (a number), `first` and `beyond` (dates; a day belongs to the period where
      `first` ≤ day < `beyond`).

    It returns an Arrow table of `period`, `member` (may be missing in the total) and `value` (whole numbers, decimals
    or floats; null where there is no value), with at most one row for each period and member.

    Args:
        reads: every "dataset.column" the function needs; the metric's inputs are the same.
        seconds: at most 60.
        megabytes: from 16 to 1024.
    """

    def make(function: Function) -> Computed:
        return Computed(function, reads=reads, seconds=seconds, megabytes=megabytes)

    return make


def as_given(rows: pa.Table, columns: Iterable[str], members: str | None) -> pa.Table:
    """A table as the function sees it: the declared columns and `member`, taken from the column `members` or ""."""
    if members is None:
        member = pa.chunked_array([pa.repeat(pa.scalar("", pa.string()), rows.num_rows)])
    else:
        member = rows[members]
    return rows.select(list(columns)).append_column("member", member)


def members_in(tables: Mapping[str, pa.Table]) -> frozenset[str]:
    """The members that rows were given for, with the one of rows without a member."""
    return frozenset(
        name
        for table in tables.values()
        for name in pc.unique(table["member"]).to_pylist()
        if name is not None
    )


def answer_rows(
    answer: object, periods: int, *, total: bool, members: Collection[str]
) -> Iterator[tuple[int, str, Decimal | None]]:
    """The rows of what a function returned: period, member, value.

    Args:
        members: whom it was given rows of; an answer for anybody else is none.

    Raises:
        BadAnswer: it isn't a table of the right columns and types, or a value isn't a number.
    """
    columns = _columns(answer, total=total)
    seen: set[tuple[int, str]] = set()
    for period, member, value in zip(*columns, strict=True):
        if period is None or not 0 <= period < periods:
            raise BadAnswer(f"is for a period that wasn't asked for ({period})")
        if not isinstance(member, str) or len(member) > LONGEST_MEMBER:
            raise BadAnswer("has a member without a name, or with one that is too long")
        if total and member:
            raise BadAnswer(f'is for a member ("{member[:40]}") where the total was asked for')
        if member and member not in members:
            raise BadAnswer(f'is for a member ("{member[:40]}") that none of its rows has')
        if (period, member) in seen:
            raise BadAnswer("has two values for the same period and member")
        seen.add((period, member))
        yield period, member, None if value is None else exact(value)


def exact(value: Any) -> Decimal:
    """A number as the decimal that is shown, never more than `PLACES` decimal places.

    Raises:
        BadAnswer: not finite, or larger than any figure.
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            raise BadAnswer(f"isn't a number ({'NaN' if math.isnan(value) else 'infinite'})")
        number = Decimal(repr(value))
    else:
        number = Decimal(value)
    if not number.is_finite():
        raise BadAnswer("isn't a number (NaN)")
    if number.adjusted() >= WHOLE_DIGITS:
        raise BadAnswer(f"is a number of more than {WHOLE_DIGITS} digits")
    if int(number.as_tuple().exponent) < -PLACES:
        number = number.quantize(Decimal(1).scaleb(-PLACES), context=_ROOM)
    return number or number.copy_abs()  # there is no "-0"


def _columns(answer: Any, *, total: bool) -> tuple[list[Any], list[Any], list[Any]]:
    if not isinstance(answer, _TABLE):
        raise BadAnswer(f"is of type {type(answer).__name__}, not an Arrow table of period, member and value")
    names = set(answer.column_names)
    if total and "member" not in names:
        names.add("member")
    if names != {"period", "member", "value"} or len(answer.column_names) != len(set(answer.column_names)):
        listed = ", ".join(answer.column_names)[:80] or "none"
        raise BadAnswer(f"has the columns {listed} instead of period, member and value")
    if answer.num_rows > MOST_ROWS:
        raise BadAnswer(f"has {answer.num_rows} rows; {MOST_ROWS} are the most")
    period, value = answer["period"], answer["value"]
    member = answer["member"] if "member" in answer.column_names else pa.nulls(0)
    if not pa.types.is_integer(period.type):
        raise BadAnswer(f"has a period that is {period.type}, not a whole number")
    numeric = (pa.types.is_integer, pa.types.is_decimal, pa.types.is_floating, pa.types.is_null)
    if not any(is_kind(value.type) for is_kind in numeric):
        raise BadAnswer(f"isn't a number ({value.type})")
    if len(member) or "member" in answer.column_names:
        if not (pa.types.is_string(member.type) or pa.types.is_large_string(member.type)):
            raise BadAnswer(f"has a member that is {member.type}, not text")
        members = member.to_pylist()
    else:
        members = [""] * answer.num_rows
    return period.to_pylist(), members, value.to_pylist()
