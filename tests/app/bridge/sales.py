"""Short ways to write orders with one line each, and deals."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Row = dict[str, Any]


class Book:
    """Orders of a company, each with one line, and deals."""

    def __init__(self) -> None:
        self.orders: list[Row] = []
        self.lines: list[Row] = []
        self.deals: list[Row] = []

    def sell(
        self,
        key: str,
        day: date,
        product: str | None,
        units: str | int | None,
        own: str | int,
        *,
        currency: str | None = "EUR",
        base: str | int | None = None,
        rep: str | None = "an",
        status: str = "paid",
        deleted: bool = False,
        cost: str | int | None = None,
    ) -> None:
        """An order with one line; `base` is `own` where nothing else is said."""
        gone = {"deleted_at": datetime(2026, 10, 2, tzinfo=UTC)} if deleted else {}
        self.orders.append({"id": key, "ordered_on": day, "status": status, "rep_id": rep, **gone})
        self.lines.append(
            {
                "id": f"line {key}",
                "order_id": key,
                "product_id": product,
                "quantity": None if units is None else Decimal(units),
                "amount": Decimal(own),
                "currency": currency,
                "amount_base": Decimal(own if base is None else base),
                "cost": None if cost is None else Decimal(cost),
                "cost_base": None if cost is None else Decimal(cost),
                **gone,
            }
        )

    def close(
        self,
        key: str,
        day: date,
        own: str | int | None,
        *,
        status: str = "won",
        product: str | None = None,
        currency: str | None = None,
        base: str | int | None = None,
        rep: str | None = "an",
    ) -> None:
        """A deal that was closed."""
        amount = None if own is None else Decimal(own)
        self.deals.append(
            {
                "id": key,
                "closed_on": day,
                "status": status,
                "product_id": product,
                "amount": amount,
                "amount_base": amount if base is None else Decimal(base),
                "currency": currency,
                "rep_id": rep,
            }
        )

    def rows(self, **more: list[Row]) -> dict[str, list[Row]]:
        """Everything as datasets; those that have rows are connected."""
        found = {"orders": self.orders, "order_lines": self.lines, "opportunities": self.deals, **more}
        return {name: rows for name, rows in found.items() if rows}
