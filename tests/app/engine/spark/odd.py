"""Rows and metrics in which two engines' functions of one name are known to differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from tallymark_sdk import Flow, Metric, View, _

DAY = date(2024, 5, 10)
WORDS = (
    *("Straße", "STRASSE", "ΣΊΣΥΦΟΣ", "σίσυφος", "İstanbul", "ŉ", "ﬃ", "Đào"),
    *(
        " \t padded\n",
        "\u00a0no break\u00a0",
        "'quoted' \"twice\" \\ `and` more",
        "%_",
        "",
        "é",
        "👩‍👩‍👧",
        "\ufffd",
    ),
)
AMOUNTS = (
    "0.0001",
    "0.5000",
    "1.5000",
    "2.5000",
    "-2.5000",
    "12345678901234.5678",
    "-99999999999999.9999",
    "0.0050",
)


def rows() -> list[dict[str, Any]]:
    """Opportunities in May 2024: odd words, amounts at the edge of what a decimal or a double holds, gaps in dates."""
    made = []
    for number, name in enumerate((*WORDS, None)):
        recurring = Decimal(number * number) / 7 if number % 3 else Decimal(0)
        made.append({
            "id": f"o{number}",
            "name": name,
            "closed_on": DAY,
            "created_on": DAY - timedelta(days=number * 23) if number % 5 else None,
            "amount": Decimal(AMOUNTS[number % len(AMOUNTS)]) if number % 7 else None,
            "recurring_amount": recurring.quantize(Decimal("0.0001")),
            "probability": (Decimal(number % 4) / 3).quantize(Decimal("0.000001")),
            "closed_at": datetime(2024, 5, 10, 23, 59, 59, 999_999, tzinfo=UTC),
            "created_at": datetime(2024, 5, 10, 0, 0, number, tzinfo=UTC),
        })  # fmt: skip
    return made


def _written(tables: Mapping[str, ir.Table]) -> ir.Table:
    deals = tables["opportunities"]
    place = ibis.row_number().over(order_by=[deals.created_on, deals.source_id, deals.id])
    return deals.mutate(
        lowered=deals.name.lower(),
        uppered=deals.name.upper(),
        stripped=deals.name.strip(),
        joined=deals.name + "\\'" + deals.name,
        sized=deals.name.length(),
        third=(deals.amount / 3).round(4).cast("decimal(38, 10)"),
        part=(deals.amount.cast("decimal(38, 4)") * deals.recurring_amount / (deals.recurring_amount + 1)).round(4).cast("decimal(38, 4)"),
        whole=(deals.recurring_amount / 2).cast("int64"),
        place=place,
        next_month=deals.created_on + ibis.interval(months=1),
        week_before=deals.created_on - ibis.interval(weeks=1),
    )  # fmt: skip


TEXTS = ("lowered", "uppered", "stripped", "joined")
WRITTEN = View(
    name="written",
    grain="opportunities",
    requires=(),
    columns={
        **{name: f"opportunities.{name}" for name in ("name", "closed_on", "created_on", "amount", "closed_at",
                                                       "created_at", "recurring_amount", "probability")},
        **dict.fromkeys((*TEXTS, "sized", "whole", "place"), "opportunities.name"),
        **dict.fromkeys(("third", "part"), "opportunities.amount"),
        **dict.fromkeys(("next_month", "week_before"), "opportunities.created_on"),
    },
    build=_written,
)  # fmt: skip

VALUES: Mapping[str, Any] = {
    "length": _.sized.sum(),
    "third": _.third.sum(),
    "part": _.part.sum(),
    "whole": _.whole.sum(),
    "rounded": (_.recurring_amount * _.probability).sum(),
    "product of products": (_.recurring_amount * _.probability * _.probability).sum(),
    "whole numbers": _.recurring_amount.cast("int64").sum(),
    "place": (_.place * _.sized).sum(),
    "days": (_.closed_on.delta(_.created_on, unit="day")).sum(),
    "weeks": (_.closed_on.delta(_.created_on, unit="week")).sum(),
    "months": (_.closed_on.delta(_.created_on, unit="month")).sum(),
    "quarters": (_.created_on.delta(_.closed_on, unit="quarter")).sum(),
    "years": (_.created_on.delta(_.closed_on, unit="year")).sum(),
    "moved": (_.next_month.delta(_.week_before, unit="day")).sum(),
    "least": ibis.least(_.recurring_amount, _.amount, 3).sum(),
    "most": ibis.greatest(_.recurring_amount, _.amount).max(),
    "middle": _.recurring_amount.median(),
    "middle of days": _.closed_on.delta(_.created_on, unit="day").median(),
    "begins": _.count(where=_.name.startswith("Str") | _.name.endswith("S")),
    "holds": _.count(where=_.name.contains("\\") | _.name.contains("%") | (_.name == "'quoted' \"twice\" \\ `and` more")),
    "in": _.count(where=_.lowered.isin(["straße", "iσασ", "σίσυφοσ"])),
    "between": _.count(where=_.recurring_amount.between(1, 9)),
    "at a moment": _.count(where=_.closed_at > _.created_at),
    "distinct": _.lowered.nunique(),
    "ids": _.id.nunique(),
    "either": _.name.nullif("").coalesce("none").length().sum(),
    "unlike": (_.sized - 40).abs().sum(),
}  # fmt: skip


def metrics() -> Iterator[Metric]:
    """One metric for each of the values, with the odd words as its breakdowns."""
    for name, value in VALUES.items():
        key = f"odd.{name.replace(' ', '_')}"
        yield Metric(key=key, name=name, description="-", unit="index", better="neutral", inputs=(),
                     by=TEXTS, formula=Flow(WRITTEN, on="closed_on", value=value))  # fmt: skip
