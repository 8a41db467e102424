"""Views: named, declared derived tables that a Flow or Stock reads like a dataset.

A view is the only place where datasets meet. It declares what it reads and what each of its columns comes from. Its
`build` is given tables cut to what was declared and is checked when the pack is loaded: a view that reads anything
else, uses an operation that can't be recomputed, or yields other columns never reaches data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ibis.expr.operations as ops
import ibis.expr.types as ir

from tallymark_sdk.errors import InvalidMetric
from tallymark_sdk.expression import KERNELS, ROW_OPERATIONS
from tallymark_sdk.model import Kind, dataset

KEY = ("source_id", "id", "deleted_at")


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """A derived table with one row for each row of `grain`.

    Attributes:
        name: unique among views; shows up in explanations.
        grain: the dataset whose rows these are; a view's row has that row's `source_id` and `id`, which is how a
            number is explained down to its rows.
        requires: "dataset.column" names the build itself needs, such as join keys. They count as inputs.
        columns: column of the view → the "dataset.column" it carries.
        build: from a mapping of dataset → table (declared columns and the key only) to the view's table.
    """

    name: str
    grain: str
    requires: tuple[str, ...]
    columns: Mapping[str, str]
    build: Callable[[Mapping[str, ir.Table]], ir.Table]

    @property
    def reads(self) -> dict[str, tuple[str, ...]]:
        """Dataset → the columns this view may read of it, the key included."""
        wanted: dict[str, set[str]] = {}
        for name in (*self.requires, *self.columns.values()):
            table, column = name.split(".", 1)
            wanted.setdefault(table, set(KEY)).add(column)
        return {table: tuple(sorted(columns)) for table, columns in sorted(wanted.items())}

    @property
    def datasets(self) -> tuple[str, ...]:
        """Every dataset that must be connected for the view to mean anything."""
        return tuple(sorted({*self.reads, self.grain}))

    def kind(self, column: str) -> Kind:
        """The kind of a view's column: that of the column it carries."""
        table, source = self.columns[column].split(".", 1)
        return dataset(table).column(source).kind

    def over(self, tables: Mapping[str, ir.Table]) -> ir.Table:
        """The view over full tables, cut to what it declares."""
        cut = {name: tables[name].select(*columns) for name, columns in self.reads.items()}
        built = self.build(cut)
        _refuse_foreign_sources(self.name, built, cut)
        missing = [column for column in (*KEY, *self.columns) if column not in built.columns]
        if missing:
            raise InvalidMetric(self.name, [f"the view doesn't yield its column {', '.join(missing)}"])
        return built.select(*KEY, *self.columns)


# What a view may do with rows: choose, join, group and combine them. No sampling, no limits, no own SQL or functions.
_RELATIONS: tuple[type[ops.Node], ...] = (
    ops.UnboundTable, ops.Project, ops.Filter, ops.Aggregate, ops.JoinChain, ops.JoinReference, ops.JoinLink,
    ops.SelfReference, ops.Union, ops.Distinct, ops.DropColumns,
)  # fmt: skip


def _refuse_foreign_sources(name: str, built: ir.Table, given: Mapping[str, ir.Table]) -> None:
    tables = {node for table in given.values() for node in table.op().find(ops.UnboundTable)}
    for node in built.op().find(ops.Node):
        if isinstance(node, ops.UnboundTable) and node not in tables:
            raise InvalidMetric(name, [f'the view reads "{node.name}", which isn\'t among what it declares'])
        if isinstance(node, ops.Value):
            allowed = isinstance(node, (*ROW_OPERATIONS, *KERNELS))
        else:
            allowed = isinstance(node, _RELATIONS) or not isinstance(node, ops.Relation)
        if not allowed:
            raise InvalidMetric(name, [f"the view uses {type(node).__name__}, which isn't allowed in a view"])
