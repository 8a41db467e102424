"""Views: named, declared derived tables that a Flow or Stock reads like a dataset.

A view is the only place where datasets meet. It declares what it reads and what each of its columns comes from. Its
`build` is given tables cut to what was declared and is checked when the pack is loaded: a view that reads anything
else, uses an operation that can't be recomputed, or yields other columns never reaches data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from tallymark_sdk.errors import InvalidMetric
from tallymark_sdk.expression import KERNELS, ROW_OPERATIONS
from tallymark_sdk.model import Kind, dataset
from tallymark_sdk.parameters import Bound, Parameter, filled_in, parameters_in

KEY = ("source_id", "id", "deleted_at")
PERIODS = ibis.table({"period": "int64", "first": "date", "beyond": "date"}, name="periods")
"""The periods asked for, numbered, as half-open runs of days; what a view per period is given beside its datasets."""


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """A derived table whose rows stand for rows of `grain`.

    Attributes:
        name: unique among views; shows up in explanations.
        rows: what a row is, in words and in the plural; a msgid. The grain's name where nothing is said.
        grain: the dataset whose rows these are; a view's row has that row's `source_id` and `id`, which is how a
            number is explained down to its rows.
        requires: "dataset.column" names the build itself needs, such as join keys. They count as inputs.
        columns: column of the view → the "dataset.column" it carries, or several that it is made from. One made
            from money in the tenant's currency is money in that currency too.
        build: from a mapping of dataset → table (declared columns and the key only) to the view's table. The tables
            hold deleted rows too; only those of the grain may stay, with their `deleted_at`.
        per_period: whether the view says itself which period each row belongs to. Its build is given the table
            "periods" (`PERIODS`) as well and yields a column `period`; a `PerPeriod` reads it.
        optional: datasets that may be missing; they are empty then. Where all are optional, one must be there.
        words: column → what formulas call it, a msgid; its name in words where nothing is said. Of a column that is a
            condition, a clause: "they were customers at the period's start".
        bound: values of parameters by name; filled in by `bind`, never by hand.
    """

    name: str
    rows: str = ""
    grain: str
    requires: tuple[str, ...]
    columns: Mapping[str, str | tuple[str, ...]]
    build: Callable[[Mapping[str, ir.Table]], ir.Table]
    per_period: bool = False
    optional: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    bound: Bound = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.words) - {*self.columns}):
            raise InvalidMetric(
                self.name, [f"the view has words for {', '.join(unknown)}, which isn't its column"]
            )

    @property
    def reads(self) -> dict[str, tuple[str, ...]]:
        """Dataset → the columns this view may read of it, the key included."""
        wanted: dict[str, set[str]] = {}
        for name in (*self.requires, *(each for column in self.columns for each in self.made_from(column))):
            table, column = name.split(".", 1)
            wanted.setdefault(table, set(KEY)).add(column)
        return {table: tuple(sorted(columns)) for table, columns in sorted(wanted.items())}

    @property
    def datasets(self) -> tuple[str, ...]:
        """Every dataset that the view reads."""
        return tuple(sorted({*self.reads, self.grain}))

    def missing(self, is_connected: Callable[[str], bool]) -> str | None:
        """A dataset without which the view means nothing, where one isn't connected."""
        needed = [name for name in self.datasets if name not in self.optional]
        if needed:
            return next((name for name in needed if not is_connected(name)), None)
        # The grain may only lend its rows' identity: what nothing is read of tells nothing.
        read = tuple(self.reads)
        return None if any(is_connected(name) for name in read) else read[0]

    def made_from(self, column: str) -> tuple[str, ...]:
        """The "dataset.column" names behind a column of the view."""
        carried = self.columns[column]
        return (carried,) if isinstance(carried, str) else carried

    def kind(self, column: str) -> Kind:
        """The kind of a view's column: that of the first column it is made from."""
        table, source = self.made_from(column)[0].split(".", 1)
        return dataset(table).column(source).kind

    def is_foreign_money(self, column: str) -> bool:
        """Whether a column holds money in each row's own currency."""
        for name in self.made_from(column):
            table, source = name.split(".", 1)
            if dataset(table).column(source).kind is Kind.MONEY and not source.endswith("_base"):
                return True
        return False

    def over(self, tables: Mapping[str, ir.Table]) -> ir.Table:
        """The view over full tables, cut to what it declares, with its parameters' values."""
        table: ir.Table = filled_in(self._built(tables), self.bound)
        return table

    @cached_property
    def over_nothing(self) -> ir.Table:
        """The view over the empty model; what expressions are resolved against."""
        table: ir.Table = filled_in(self.unbound, self.bound)
        return table

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters that the build stands on."""
        return parameters_in(self.unbound)

    @cached_property
    def unbound(self) -> ir.Table:
        """The view over the empty model with its parameters left open."""
        return self._built(_empty(self.datasets))

    def _built(self, tables: Mapping[str, ir.Table]) -> ir.Table:
        given = {name: tables[name].select(*columns) for name, columns in self.reads.items()}
        if self.per_period:
            given["periods"] = PERIODS
        built = self.build(given)
        _refuse_foreign_operations(self.name, built, given)
        wanted = (*KEY, *self.columns, *(("period",) if self.per_period else ()))
        missing = [column for column in wanted if column not in built.columns]
        if missing:
            raise InvalidMetric(self.name, [f"the view doesn't yield its column {', '.join(missing)}"])
        return built.select(*wanted)


def _empty(names: tuple[str, ...]) -> dict[str, ir.Table]:
    return {
        name: ibis.table(ibis.Schema.from_pyarrow(dataset(name).stored_schema), name=name) for name in names
    }


# What a view may do with rows: choose, join, group and combine them. No sampling, no limits, no own SQL or functions.
RELATION_OPERATIONS: tuple[type[ops.Node], ...] = (
    ops.UnboundTable, ops.Project, ops.Filter, ops.Aggregate, ops.JoinChain, ops.JoinReference, ops.JoinLink,
    ops.SelfReference, ops.Union, ops.Distinct, ops.DropColumns,
)  # fmt: skip
# Values that a formula may not use but a view may: a quotient (rounded and made a decimal again, or a formula refuses
# it), a row's place among others, and one figure about a whole table.
VIEW_VALUES: tuple[type[ops.Node], ...] = (
    ops.Divide, ops.Round, ops.ScalarSubquery, ops.ScalarParameter, ops.WindowFunction, ops.RowNumber, ops.Lag,
    ops.Lead, ops.SortKey, ops.IntervalFromInteger,
)  # fmt: skip


def _refuse_foreign_operations(name: str, built: ir.Table, given: Mapping[str, ir.Table]) -> None:
    tables = {node for table in given.values() for node in table.op().find(ops.UnboundTable)}
    for node in built.op().find(ops.Node):
        if isinstance(node, ops.UnboundTable) and node not in tables:
            raise InvalidMetric(name, [f'the view reads "{node.name}", which isn\'t among what it declares'])
        if isinstance(node, ops.WindowFunction):
            _refuse_open_order(name, node)
        if isinstance(node, ops.Value):
            allowed = isinstance(node, (*ROW_OPERATIONS, *KERNELS, *VIEW_VALUES))
        else:
            allowed = isinstance(node, RELATION_OPERATIONS) or not isinstance(node, ops.Relation)
        if not allowed:
            raise InvalidMetric(name, [f"the view uses {type(node).__name__}, which isn't allowed in a view"])


def _refuse_open_order(name: str, window: ops.WindowFunction) -> None:
    """Refuse a window in which two rows can stand in either order: the number would change with it."""
    if isinstance(window.func, ops.Reduction) and not window.order_by:
        return
    keys = [key.arg.name for key in window.order_by if isinstance(key.arg, ops.Field)]
    if keys[-2:] != ["source_id", "id"]:
        raise InvalidMetric(
            name, ["a window's order must end with source_id and id, so that no two rows can change places"]
        )
