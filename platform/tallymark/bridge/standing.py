"""Where a leaf's money comes from: the same amount in the row's own currency, its currency, and its quantity.

The leaf stays the only definition of the number. What is added here are columns of the very row it reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir

from tallymark_sdk.expression import columns_used
from tallymark_sdk.formula import Leaf
from tallymark_sdk.model import DATASETS
from tallymark_sdk.rows import described, empty_model, empty_relation, grain

CURRENCY, QUANTITY = "_in_currency", "_in_units"
_BASE = "_base"


@lru_cache(maxsize=4096)
def own_money(leaf: Leaf) -> frozenset[str]:
    """The columns of money in the company's currency that have a twin in the row's own; empty where one has none.

    A view may make other amounts of a row's, as by spreading it over days; then its own currency can't be told. Nor
    can it where amounts are multiplied by each other, or a number is added to them.
    """
    argument = described(leaf).argument
    if argument is None:
        return frozenset()
    table, rows_are = empty_relation(leaf.dataset), grain(leaf.dataset)
    money = {name for name in columns_used(argument) if name.endswith(_BASE)}
    if not money or any(_origin(table, name) != (rows_are, name) for name in money):
        return frozenset()
    return frozenset(money) if _degree(argument.op(), money) == 1 else frozenset()


def has_quantity(leaf: Leaf) -> bool:
    """Whether rows say how many units their money is for; else each counts as one."""
    return bool(own_money(leaf)) and "quantity" in _columns(grain(leaf.dataset))


def has_currency(leaf: Leaf) -> bool:
    """Whether the rows say in which currency their money is."""
    return "currency" in _columns(grain(leaf.dataset))


def with_standing(rows: ir.Table, leaf: Leaf) -> ir.Table:
    """The rows with their currency (null for the company's own), their quantity and their own amounts.

    They are taken from the row of the dataset that each row stands for, which is found by its key; rows are never
    multiplied. Own amounts have the name of their twin without its ending.
    """
    source = empty_model()[grain(leaf.dataset)]
    wanted: dict[str, ir.Value] = {}
    if has_currency(leaf):
        wanted[CURRENCY] = source.currency.strip().upper().nullif("")
    if has_quantity(leaf):
        wanted[QUANTITY] = source.quantity.nullif(0)
    wanted |= {
        _twin(name): source[_twin(name)] for name in own_money(leaf) if _twin(name) not in rows.columns
    }
    if not wanted:
        return rows
    told = source.select(_told_source=source.source_id, _told_id=source.id, **wanted)
    joined = rows.left_join(told, [rows.source_id == told["_told_source"], rows.id == told["_told_id"]])
    return joined.select(*[joined[column] for column in rows.columns], *wanted)


def in_own_currency(argument: ir.Value, money: frozenset[str]) -> ir.Value:
    """A leaf's row-level value with each amount in the row's own currency."""

    def change(node: ops.Node, changed: Mapping[str, Any] | None) -> ops.Node:
        if isinstance(node, ops.Field):
            return ops.Field(node.rel, _twin(node.name)) if node.name in money else node
        return node.__recreate__(changed) if changed else node

    return argument.op().replace(change, filter=ops.Value).to_expr()


def _twin(name: str) -> str:
    return name.removesuffix(_BASE)


def _columns(dataset: str) -> frozenset[str]:
    return frozenset(column.name for column in DATASETS[dataset].stored_columns)


def _origin(table: ir.Table, name: str) -> tuple[str, str] | None:
    """The dataset and column that a relation's column carries unchanged; None where it is made of something."""
    relation: Any = table.op()
    while not isinstance(relation, ops.UnboundTable):
        if isinstance(relation, ops.Project | ops.JoinChain):
            value = relation.values[name]
            if not isinstance(value, ops.Field):
                return None
            relation, name = value.rel, value.name
        elif isinstance(relation, ops.Filter | ops.SelfReference | ops.JoinReference | ops.DropColumns):
            relation = relation.parent
        else:
            return None
    return relation.name, name


def _degree(node: ops.Node, money: set[str]) -> int | None:
    """How many amounts are multiplied in a value: 1 where it is an amount throughout; None where that differs."""
    match node:
        case ops.Field():
            return int(node.name in money)
        case ops.Literal():
            return 0
        case ops.Multiply():
            sides = [_degree(node.left, money), _degree(node.right, money)]
            return None if None in sides else sum(side or 0 for side in sides)
        case ops.Add() | ops.Subtract():
            left, right = _degree(node.left, money), _degree(node.right, money)
            return left if left == right else None
        case ops.Cast() | ops.Negate():
            return _degree(node.arg, money)
        case ops.ScalarUDF():  # rounding at the places of money
            return _degree(node.args[0], money)
        case ops.IfElse():
            if columns_used(node.bool_expr.to_expr()) & money:
                return None
            kept = _degree(node.true_expr, money)
            return kept if kept == _degree(node.false_null_expr, money) else None
    return 0 if not columns_used(node.to_expr()) & money else None
