"""The query that makes a fact's rows: every condition and value of a group's leaves, evaluated once a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends.sql.compilers import DuckDBCompiler

from tallymark.engine import fuse
from tallymark.engine.facts.digest import named
from tallymark.engine.facts.groups import Group, Wanted, needs
from tallymark.engine.plan import Leaf
from tallymark_sdk.attribution import AS_WAS
from tallymark_sdk.dimensions import follows_owner
from tallymark_sdk.formula import Stock
from tallymark_sdk.rows import measured
from tallymark_sdk.view import PERIODS

KEY, DAY, START, END, PERIOD = "_key", "_day", "_start", "_end", "_period"
FLAGS_A_WORD = 62
_EVER, _NEVER = date(1, 1, 1), date(9999, 12, 31)

_COMPILER = DuckDBCompiler()


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What a fact holds.

    Attributes:
        dimensions: the breakdowns with a member column.
        conditions: the names of conditions, in the order of their bits.
        arguments: the names of values.
        distincts: (name, breakdown) of first occurrences that are marked.
    """

    group: Group
    leaves: tuple[Leaf, ...]
    dimensions: tuple[str, ...]
    conditions: tuple[str, ...]
    arguments: tuple[str, ...]
    distincts: tuple[tuple[str, str], ...]

    @property
    def words(self) -> int:
        """How many 64-bit words the conditions take."""
        return max(1, -(-len(self.conditions) // FLAGS_A_WORD))

    @property
    def name(self) -> str:
        """The same for facts that hold the same."""
        return named(self.group.name, self.dimensions, self.conditions, self.arguments, self.distincts)

    @property
    def sql(self) -> str:
        """The query; one row a row that any leaf uses or leaves out, in the order of days."""
        return _compiled(self)[0]

    @property
    def reads(self) -> tuple[str, ...]:
        """Every dataset that the query reads, for looking up members too."""
        return _compiled(self)[1]


@lru_cache(maxsize=1024)
def _compiled(spec: Spec) -> tuple[str, tuple[str, ...]]:
    """The query and the datasets it reads; it names no tenant and no period, so it is compiled once a process."""
    rows = _rows(spec)
    tables = {table.name for table in rows.op().find(ops.UnboundTable)}
    return str(_COMPILER.to_sqlglot(rows).sql(dialect="duckdb")), tuple(sorted(tables - {PERIODS.get_name()}))


def spec_of(group: Group, wanted: Wanted) -> Spec:
    """What a fact must hold to answer all that is wanted of a group."""
    leaves = tuple(sorted(wanted.leaves, key=_order))
    conditions: dict[str, None] = {}
    arguments: dict[str, None] = {}
    distincts: dict[tuple[str, str], None] = {}
    for leaf in leaves:
        need = needs(leaf)
        conditions |= dict.fromkeys((need.used, *need.reasons.values()))
        if need.argument is not None:
            arguments[need.argument] = None
        if need.distinct is not None:
            distincts |= {(need.distinct, dimension): None for dimension in sorted(wanted.leaves[leaf])}
    return Spec(
        group=group,
        leaves=leaves,
        dimensions=wanted.dimensions,
        conditions=tuple(conditions),
        arguments=tuple(arguments),
        distincts=tuple(distincts),
    )


def _order(leaf: Leaf) -> tuple[str, str, str]:
    need = needs(leaf)
    return need.used, need.argument or "", need.distinct or ""


def member_column(dimension: str) -> str:
    """The column with a row's member."""
    return f"_by_{dimension}"


def argument_column(name: str) -> str:
    """The column with a row's value."""
    return f"_a_{name}"


def distinct_column(name: str) -> str:
    """The column with what is counted once; null in rows that make no number."""
    return f"_x_{name}"


def _rows(spec: Spec) -> ir.Table:
    rows = _flagged(spec, _with_days(spec.group, _placed(spec)))
    rows = rows.filter(ibis.or_(*[rows[f"w{word}"] != 0 for word in range(spec.words)]))
    return rows.order_by(*[name for name in (PERIOD, DAY, START, KEY) if name in rows.columns])


def _placed(spec: Spec) -> ir.Table:
    """The relation's rows with their members; of a placed group, once a period."""
    group, first = spec.group, spec.leaves[0].formula
    rows = fuse.cut(spec.leaves, spec.dimensions)
    then = [each for each in spec.dimensions if group.attribution == AS_WAS and follows_owner(each)]
    rows = fuse.with_members(rows, first, [each for each in spec.dimensions if each not in then])
    if group.kind == "placed":
        rows = fuse.placed_stock(rows, first) if isinstance(first, Stock) else rows.rename(_period="period")
    if then:
        rows = fuse.with_members(fuse.with_owners_then_of(rows, first), first, then)
    return rows


def _with_days(group: Group, rows: ir.Table) -> ir.Table:
    columns = group.placing[1]
    assert isinstance(columns, tuple)  # noqa: S101  as `placement` makes them
    match group.kind:
        case "flow":
            return rows.mutate(**{DAY: _day(rows[columns[0]])})
        case "stock":
            end = rows[columns[1]] if len(columns) > 1 else ibis.literal(None, type="date")
            return rows.mutate(
                **{START: _day(rows[columns[0]].fill_null(_EVER)), END: _day(end.fill_null(_NEVER))}
            )
        case _:
            return rows


def _day(moment: ir.Value) -> ir.Value:
    """The column as a day: what ibis takes for one may be a moment to DuckDB, such as a day and an interval."""
    return ops.Cast(moment, dt.date).to_expr()


def _flagged(spec: Spec, rows: ir.Table) -> ir.Table:
    """The rows' keys, days and members, with conditions as bits and values as columns."""
    conditions: dict[str, ir.BooleanValue] = {}
    columns: dict[str, ir.Value] = {}
    for leaf in spec.leaves:
        need, parts = needs(leaf), measured(leaf.formula, rows)
        conditions[need.used] = parts.used
        conditions |= {name: parts.left_out[reason] for reason, name in need.reasons.items()}
        if need.argument is not None and parts.argument is not None:
            columns[argument_column(need.argument)] = parts.argument
        if need.distinct is not None and parts.argument is not None:
            columns[distinct_column(need.distinct)] = ibis.ifelse(parts.used, parts.argument, None)
    words = {f"w{word}": _word(spec, conditions, word) for word in range(spec.words)}
    kept = [name for name in (PERIOD, DAY, START, END) if name in rows.columns]
    kept += [member_column(dimension) for dimension in spec.dimensions]
    key = (rows.source_id + "\x1f" + rows.id).hash()
    return rows.select(*kept, **{KEY: key}, **words, **columns)


def _word(spec: Spec, conditions: Mapping[str, ir.BooleanValue], word: int) -> ir.Value:
    names: Sequence[str] = spec.conditions[word * FLAGS_A_WORD : (word + 1) * FLAGS_A_WORD]
    bits = [
        ibis.ifelse(conditions[name], ibis.literal(1 << bit, type="int64"), ibis.literal(0, type="int64"))
        for bit, name in enumerate(names)
    ]
    total = bits[0] if bits else ibis.literal(0, type="int64")
    for bit in bits[1:]:
        total = total + bit
    return total
