"""The one place where the engine's expressions become Spark's SQL and mean what they mean in DuckDB.

Both engines are given the same ibis expressions. Where their functions of one name differ, Spark is told to do what
DuckDB does, because that is what sealed editions were computed with. What differs only by configuration (time zone,
decimals that keep their places, errors instead of nulls) is in `session`.
"""

# ruff: noqa: N802  ibis finds a method by its operation's name

from __future__ import annotations

import string
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
from ibis.backends.sql.compilers.base import NULL, SQLGlotCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from sqlglot import expressions as sge

from tallymark.engine.fuse import Dialect
from tallymark.engine.spark.letters import changed_by

_WHOLE_IN_A_DOUBLE = 2**53
_HALVES = 2**50
"""Where a double of up to 2**113 is cut into two whole numbers of 64 bits; a power of two, so nothing is rounded."""
_DAYS = {"D": 1, "W": 7}
_MONTHS = {"M": 1, "Q": 3, "Y": 12}


class SparkCompiler(PySparkCompiler):
    """ibis's compiler for Spark, with DuckDB's meaning where the two differ."""

    __slots__ = ()

    UNSUPPORTED_OPS = ()
    SIMPLE_OPS = {ops.StartsWith: "startswith", ops.EndsWith: "endswith"}  # noqa: RUF012  ibis's own way

    def visit_Field(self, op: ops.Field, *, rel: Any, name: str) -> sge.Expression:
        """A column as it is: ibis would ask a backend's options what to do about NaN, which no column here can be."""
        return SQLGlotCompiler.visit_Field(self, op, rel=rel, name=name)

    def visit_NonNullLiteral(
        self, op: ops.Literal, *, value: Any, dtype: dt.DataType
    ) -> sge.Expression | None:
        """A literal. A double is cast from text: written plainly, Spark would take it for a decimal."""
        if dtype.is_floating():
            return self.cast(repr(float(value)), dt.float64)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_Median(self, op: ops.Median, *, arg: Any, where: Any) -> sge.Expression:
        """The middle value, or the mean of the middle two. Spark's own percentile is a double and loses digits."""
        masked = arg if where is None else self.if_(where, arg, NULL)
        # Nulls aren't collected, so that rows which don't count are not among the values.
        values = self.f.sort_array(self.f.collect_list(masked))
        size = self.f.size(values)
        low = self.f.element_at(values, self._half(size + 1))
        high = self.f.element_at(values, self._half(size + 2))
        kind = op.arg.dtype if op.arg.dtype.is_decimal() else dt.Decimal(38, 1)
        half = self.cast("0.5", dt.Decimal(2, 1))
        # Each half apart: the sum of two values of 38 digits has no room.
        middle = self.cast(self.cast(low, kind) * half + self.cast(high, kind) * half, kind)
        return self.if_(size > 0, middle, NULL)

    def _half(self, number: sge.Expression) -> sge.Expression:
        half = sge.IntDiv(this=sge.paren(number), expression=sge.convert(2))
        # Places count from 1: asking for place 0 is an error even where the answer isn't used.
        return self.cast(self.f.greatest(half, 1), dt.int32)

    def visit_ScalarUDF(self, op: ops.ScalarUDF, **arguments: Any) -> sge.Expression:
        """`round_even` is the only function of the engine's own; Spark calls it `bround`."""
        name = {"round_even": "bround"}.get(op.__func_name__, op.__func_name__)
        return self.f.anon[name](*arguments.values())

    def visit_Divide(self, op: ops.Divide, *, left: Any, right: Any) -> sge.Expression:
        """Every quotient is a double, made from the same doubles as DuckDB makes it from."""
        return sge.Div(this=self._double(op.left, left), expression=self._double(op.right, right))

    def _double(self, op: ops.Value, sql: Any) -> sge.Expression:
        """A number as the double that DuckDB makes of it: a decimal of many digits as its whole part and the rest."""
        if not op.dtype.is_decimal():
            return self.cast(sql, dt.float64)
        edge = f"{_WHOLE_IN_A_DOUBLE / 10 ** _places(op):.0f}"
        size = self.f.abs(sql)
        whole = self.f.floor(size)
        parts = self.cast(whole, dt.float64) + self.cast(sge.paren(size - whole), dt.float64)
        in_parts = self.if_(sge.paren(sql) < 0, -sge.paren(parts), parts)
        return self.if_(size <= self.cast(edge, dt.Decimal(38, 0)), self.cast(sql, dt.float64), in_parts)

    def visit_Round(self, op: ops.Round, *, arg: Any, digits: Any) -> sge.Expression:
        """DuckDB rounds a double by shifting it; Spark would round the digits that it prints of it."""
        if not op.arg.dtype.is_floating():
            return super().visit_Round(op, arg=arg, digits=digits)
        shift = self.cast(sge.convert(f"1e{op.digits.value if op.digits is not None else 0}"), dt.float64)
        return self.cast(self.f.round(sge.paren(arg) * shift, 0) / shift, op.dtype)

    def visit_Cast(self, op: ops.Cast, *, arg: Any, to: dt.DataType) -> sge.Expression:
        """A number that loses its places is rounded; Spark would cut them off, or go by the digits it prints."""
        given = op.arg.dtype
        if to.is_integer() and given.is_decimal():
            return self.cast(self.f.round(arg, 0), to)
        if to.is_integer() and given.is_floating():
            return self.cast(self.f.rint(arg), to)
        if to.is_decimal() and given.is_floating():
            return self._exactly(arg, to)
        return super().visit_Cast(op, arg=arg, to=to)

    def _exactly(self, arg: Any, to: dt.Decimal) -> sge.Expression:
        """A double in units of a decimal's last place, each bit of it; by itself Spark would take its printed digits."""
        shift = self.cast(sge.convert(f"1e{to.scale}"), dt.float64)
        units = self.f.round(sge.paren(arg) * shift, 0)
        edge = self.cast(sge.convert(str(_HALVES)), dt.float64)
        high = self.f.floor(units / edge)  # a whole number of 64 bits, and so is what is left
        low = self.cast(units - self.cast(high, dt.float64) * edge, dt.int64)
        whole = self.cast(high, dt.Decimal(19, 0)) * self.cast(str(_HALVES), dt.Decimal(16, 0))
        unit = self.cast(f"{10**-to.scale:.{to.scale}f}", dt.Decimal(to.scale + 1, to.scale))
        return self.cast(sge.paren(whole + self.cast(low, dt.Decimal(19, 0))) * unit, to)

    def visit_DateAdd(self, op: ops.DateAdd, *, left: Any, right: Any) -> sge.Expression:
        """Days by `date_add`, months by `add_months`: an interval made of a column would be built from text."""
        return self._moved(op, left, right, 1)

    def visit_DateSub(self, op: ops.DateSub, *, left: Any, right: Any) -> sge.Expression:
        """The same backwards."""
        return self._moved(op, left, right, -1)

    def _moved(self, op: ops.Value, day: Any, interval: Any, sign: int) -> sge.Expression:
        by = op.right
        steps = sge.convert(int(by.value)) if isinstance(by, ops.Literal) else sge.paren(interval)
        unit = by.dtype.unit.short
        if unit in _DAYS:
            return self.f.anon.date_add(day, self.cast(steps * (sign * _DAYS[unit]), dt.int32))
        return self.f.anon.add_months(day, self.cast(steps * (sign * _MONTHS[unit]), dt.int32))

    def visit_IntervalFromInteger(self, op: ops.IntervalFromInteger, *, arg: Any, unit: Any) -> Any:
        """Its number; adding it to a date reads the unit."""
        return arg

    def visit_DateDelta(self, op: ops.DateDelta, *, left: Any, right: Any, part: Any) -> sge.Expression:
        """How many days, or borders of months, lie between two dates, as DuckDB counts them."""
        unit = op.part.value
        days = self.f.anon.datediff(left, right)
        if unit == "day":
            return days
        if unit == "week":  # seven days; only longer units have borders there
            return sge.IntDiv(this=days, expression=sge.convert(7))
        months = {"month": 1, "quarter": 3, "year": 12}[unit]
        return self._month(left, months) - self._month(right, months)

    def _month(self, day: Any, months: int) -> sge.Expression:
        since = self.f.year(day) * 12 + self.f.month(day) - 1
        return self.f.floor(sge.paren(since) / sge.convert(months))

    def visit_Strip(self, op: ops.Strip, *, arg: Any) -> sge.Expression:
        """Without white space at both ends; Spark alone would take spaces only."""
        return self.f.anon.btrim(arg, sge.convert(string.whitespace))

    def visit_Lowercase(self, op: ops.Lowercase, *, arg: Any) -> sge.Expression:
        """Letter by letter. Spark's `lower` knows languages: two letters for one, another sigma at a word's end."""
        return self.f.anon.translate(arg, *map(sge.convert, changed_by("lower")))

    def visit_Uppercase(self, op: ops.Uppercase, *, arg: Any) -> sge.Expression:
        """Letter by letter, as for lower ones."""
        return self.f.anon.translate(arg, *map(sge.convert, changed_by("upper")))


def _places(op: ops.Value) -> int:
    """The decimal places of a value; ibis gives a product those of one side, where engines add them up."""
    if isinstance(op, ops.Multiply):
        return _places(op.left) + _places(op.right)
    return op.dtype.scale or 0 if op.dtype.is_decimal() else 0


SPARK = Dialect(name="spark", compile=SparkCompiler().to_sqlglot)
