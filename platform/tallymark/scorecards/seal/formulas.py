"""A metric's formula as plain data and back: the arithmetic, and the leaves with their expressions."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from tallymark.scorecards.seal.errors import SealError
from tallymark.scorecards.seal.expressions import Nodes, Reader, Writer
from tallymark_sdk import formula as kinds
from tallymark_sdk.parameters import Parameter
from tallymark_sdk.rows import empty_relation
from tallymark_sdk.view import View

_LEAVES: Mapping[str, type] = {"flow": kinds.Flow, "stock": kinds.Stock, "per_period": kinds.PerPeriod}


@dataclass(frozen=True, kw_only=True, eq=False)
class SealedView(View):
    """A view that was read from a seal: its table is there already, nothing is built."""

    table: ir.Table

    @cached_property
    def unbound(self) -> ir.Table:
        """The table that was sealed."""
        return self.table


def _never(_tables: Mapping[str, ir.Table]) -> ir.Table:
    raise SealError("A sealed view is read, not built.")


@dataclass
class FormulaWriter:
    """Writes formulas; expressions, views and parameters go into tables that all metrics share."""

    nodes: Nodes = field(default_factory=dict)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    _known: dict[int, tuple[View, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.writer = Writer(self.nodes)

    def write(self, operand: kinds.Operand) -> dict[str, Any]:  # noqa: C901, PLR0912  one case a kind
        """The operand as plain data.

        Raises:
            SealError: it uses something that can't be written.
        """
        match operand:
            case kinds.Flow():
                return {"kind": "flow", "on": operand.on} | self._leaf(operand)
            case kinds.Stock():
                place = {"start": operand.start, "end": operand.end, "at": operand.at}
                return {"kind": "stock", **place, "open_start": operand.open_start} | self._leaf(operand)
            case kinds.PerPeriod():
                return {"kind": "per_period"} | self._leaf(operand)
            case kinds.Number(value):
                return {"kind": "number", "value": _bound(value)}
            case kinds.PeriodDays():
                return {"kind": "days"}
            case kinds.Target(key):
                return {"kind": "target", "key": key}
            case kinds.Reference(key, part):
                return {"kind": "metric", "key": key, "part": part}
            case kinds.Shifted(inner, step):
                return {"kind": "shifted", "step": step, "of": [self.write(inner)]}
            case kinds.Rolling(inner, periods):
                return {"kind": "rolling", "periods": periods, "of": [self.write(inner)]}
            case kinds.Monthly(inner) | kinds.Total(inner) | kinds.Derived(inner):
                return {"kind": type(operand).__name__.lower(), "of": [self.write(inner)]}
            case kinds.Ratio(left, right):
                return {"kind": "ratio", "of": [self.write(left), self.write(right)]}
            case kinds.Arithmetic(operator, left, right):
                return {"kind": "arithmetic", "sign": operator, "of": [self.write(left), self.write(right)]}
            case kinds.Function(name, arguments):
                return {"kind": "function", "name": name, "of": [self.write(each) for each in arguments]}
            case kinds.Computed():
                return _computed(operand)
        raise SealError(f"A {type(operand).__name__} can't be sealed.")

    def _leaf(self, leaf: kinds.Leaf) -> dict[str, Any]:
        table = empty_relation(leaf.dataset)
        return {
            "of": leaf.dataset if isinstance(leaf.dataset, str) else {"view": self._view(leaf.dataset)},
            "value": self._expression(leaf.value, table),
            "where": None if leaf.where is None else self._expression(leaf.where, table),
            # A list: the first reason that applies is the row's.
            "leave_out": [[why, self._expression(each, table)] for why, each in leaf.leave_out.items()],
            "bound": {name: _bound(value) for name, value in leaf.bound.items()},
        }

    def _expression(self, expression: Deferred, table: ir.Table) -> str:
        return self.writer.expression(expression.resolve(table), table)

    def _view(self, view: View) -> str:
        if id(view) not in self._known:
            root = self.writer.expression(view.unbound)
            bound = {name: _bound(value) for name, value in view.bound.items()}
            name = (
                f"{view.name} {root} {hashlib.sha256(repr(sorted(bound.items())).encode()).hexdigest()[:8]}"
            )
            self.views[name] = {
                "name": view.name,
                "rows": view.rows,
                "grain": view.grain,
                "requires": list(view.requires),
                "columns": {
                    column: made if isinstance(made, str) else list(made)
                    for column, made in view.columns.items()
                },
                "per_period": view.per_period,
                "optional": list(view.optional),
                "words": dict(view.words),
                "bound": bound,
                "table": root,
            }
            self._known[id(view)] = (view, name)
        return self._known[id(view)][1]


@dataclass
class FormulaReader:
    """Reads formulas from the tables that a `FormulaWriter` filled."""

    nodes: Nodes
    views: Mapping[str, Mapping[str, Any]]
    parameters: Mapping[str, Parameter]

    def __post_init__(self) -> None:
        self._reader = Reader(self.nodes, self.parameters)
        self._made: dict[str, SealedView] = {}

    def read(self, data: Mapping[str, Any]) -> Any:  # noqa: C901, PLR0912  one case a kind
        """The operand that `write` wrote.

        Raises:
            SealError: it is a function in Python, or nothing that is known.
        """
        inner = [self.read(each) for each in data.get("of", [])] if isinstance(data.get("of"), list) else []
        match data["kind"]:
            case "flow":
                return kinds.Flow(self._dataset(data["of"]), on=data["on"], **self._leaf(data))
            case "stock":
                place = {name: data[name] for name in ("start", "end", "at", "open_start")}
                return kinds.Stock(self._dataset(data["of"]), **place, **self._leaf(data))
            case "per_period":
                return kinds.PerPeriod(self._dataset(data["of"]), **self._leaf(data))
            case "number":
                return kinds.Number(unbound(data["value"]))
            case "days":
                return kinds.PeriodDays()
            case "target":
                return kinds.Target(data["key"])
            case "metric":
                return kinds.Reference(data["key"], data["part"])
            case "shifted":
                return kinds.Shifted(inner[0], data["step"])
            case "rolling":
                return kinds.Rolling(inner[0], data["periods"])
            case "monthly":
                return kinds.Monthly(inner[0])
            case "total":
                return kinds.Total(inner[0])
            case "derived":
                return kinds.Derived(inner[0])
            case "ratio":
                return kinds.Ratio(*inner)
            case "arithmetic":
                return kinds.Arithmetic(data["sign"], *inner)
            case "function":
                return kinds.Function(data["name"], tuple(inner))
            case "python":
                raise SealError("it is a function in Python, of which only what it came to is sealed")
        raise SealError(f"a formula of the kind {data['kind']!r} isn't known to this version")

    def _dataset(self, of: Any) -> Any:
        return of if isinstance(of, str) else self._view(of["view"])

    def _leaf(self, data: Mapping[str, Any]) -> dict[str, Any]:
        where = data["where"]
        return {
            "value": self._reader.deferred(data["value"]),
            "where": None if where is None else self._reader.deferred(where),
            "leave_out": {why: self._reader.deferred(name) for why, name in data["leave_out"]},
            "bound": {name: unbound(value) for name, value in data["bound"].items()},
        }

    def _view(self, name: str) -> SealedView:
        if name not in self._made:
            data = self.views[name]
            table: Any = self._reader.expression(data["table"])
            self._made[name] = SealedView(
                name=data["name"],
                rows=data["rows"],
                grain=data["grain"],
                requires=tuple(data["requires"]),
                columns={
                    column: made if isinstance(made, str) else tuple(made)
                    for column, made in data["columns"].items()
                },
                build=_never,
                per_period=data["per_period"],
                optional=tuple(data["optional"]),
                words=data["words"],
                bound={key: unbound(value) for key, value in data["bound"].items()},
                table=table,
            )
        return self._made[name]


def _computed(formula: kinds.Computed) -> dict[str, Any]:
    try:
        source = inspect.getsource(formula.function)
    except (OSError, TypeError):
        source = ""
    return {
        "kind": "python",
        "function": f"{formula.function.__module__}.{formula.function.__qualname__}",
        "source": hashlib.sha256(source.encode()).hexdigest(),
        "reads": list(formula.reads),
    }


def _bound(value: Any) -> Any:
    return {"decimal": str(value)} if isinstance(value, Decimal) else value


def unbound(value: Any) -> Any:
    """A number or text that was written with its type."""
    return Decimal(value["decimal"]) if isinstance(value, Mapping) else value


bound = _bound
