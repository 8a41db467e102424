"""A believable company's October, as the engine and the database would hand it to the composer."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from math import sin

from tallymark.engine.cell import Cell
from tallymark.i18n import Formatter
from tallymark.scorecards.compose import Heading, Kpi, MetricFacts, Source, Target, Timeline, compose
from tallymark.scorecards.composition import DEFAULT_SECTIONS, Composition
from tallymark.scorecards.document import Document
from tallymark_sdk.calendars import calendar

AS_OF = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
PACK = "tallymark-metrics 0.1.0"


# key, name, unit, better, section, weight, value, growth a month, target, additive, formula, inputs
FACTS = (
    ("revenue.bookings", "Sales bookings", "money", "higher", "Revenue", 5, "1284310.50", 0.03, "1220000", True,
     "Sum of the amount of won opportunities closed in the period",
     ("opportunities.amount_base", "opportunities.closed_on", "opportunities.status")),
    ("revenue.revenue", "Revenue", "money", "higher", "Revenue", 4, "1105220", 0.02, "1100000", True,
     "Sum of the amount of order lines whose order is not cancelled", ("orders.ordered_on", "order_lines.amount_base")),
    ("revenue.sales_growth", "Sales growth", "ratio", "higher", "Revenue", 1, "0.0213", 0.001, None, False,
     "(revenue − revenue of the period before) ÷ revenue of the period before", ("orders.ordered_on",)),
    ("revenue.average_order_value", "Average purchase value", "money", "higher", "Revenue", 1, "84.532", 0.004, "80",
     False, "Revenue ÷ number of orders", ("orders.ordered_on", "order_lines.amount_base")),
    ("revenue.profit_margin", "Average gross profit margin", "ratio", "higher", "Revenue", 2, "0.312", 0.001, "0.33",
     False, "(amount − cost) ÷ amount, over order lines whose cost is known", ("order_lines.cost",)),
    ("revenue.sales_per_rep", "Sales per rep", "money", "higher", "Revenue", 1, "110522", 0.015, None, False,
     "Revenue ÷ reps active in the period", ("orders.ordered_on", "reps.started_on")),
    ("pipeline.opportunities", "Sales opportunities", "count", "higher", "Pipeline", 1, "312", 0.012, "330", True,
     "Number of opportunities created in the period", ("opportunities.created_on",)),
    ("pipeline.open_pipeline", "Open pipeline value", "money", "higher", "Pipeline", 2, "4362000", 0.02, "3850000", True,
     "Sum of the amount of opportunities open at the end of the period", ("opportunities.amount_base",)),
    ("pipeline.stage_history", "Stage conversion", "ratio", "higher", "Pipeline", 1, None, 0, None, False,
     "Opportunities that moved on ÷ opportunities that entered the stage", ("stage_history.entered_on",)),
    ("conversion.close_ratio", "Sales close ratio", "ratio", "higher", "Conversion", 3, "0.274", 0.002, "0.28", False,
     "won ÷ (won + lost) opportunities closed in the period", ("opportunities.closed_on", "opportunities.status")),
    ("conversion.cycle_length", "Sales cycle length", "days", "lower", "Conversion", 3, "58.4", -0.006, "42", False,
     "Mean number of local days from created to closed, over won opportunities closed in the period",
     ("opportunities.closed_on", "opportunities.created_on")),
    ("deals.average_deal_size", "Average new deal size", "money", "higher", "Conversion", 1, "27919.79", 0.01, "27000",
     False, "Sum of amount ÷ number of won opportunities whose amount is known", ("opportunities.amount_base",)),
)  # fmt: skip
REPS = ("Maya Okafor", "Daniel Reyes", "Priya Nair", "Tom Whitfield", "Sofia Lindqvist", "Marcus Bell", "Hannah Weiss",
        "Luis Ortega", "Grace Kim", "Owen Doyle")  # fmt: skip
REGIONS = ("North", "South", "East", "West", "Export")


def october(length: int = 12, system: str = "gregorian") -> Timeline:
    months = calendar(system)
    return Timeline.ending(months.period("month", date(2026, 10, 5)), months, length)


def totals(timeline: Timeline) -> list[Cell]:
    cells: list[Cell] = []
    newest = timeline.current.start
    for key, _, unit, _, _, _, value, growth, *_ in FACTS:
        for period in timeline.needed:
            age = round((newest - period.start).days / 30.4)
            if value is None:
                reason = "There is no data before the first sync."
                cells.append(Cell(metric=key, part="value", period=period, value=None, rows=0, reason=reason))
                continue
            wave = 1 + 0.045 * sin(age * 1.7 + len(key)) * bool(age)
            raw = Decimal(value) * Decimal(str(round((1 - growth) ** age * wave, 6)))
            exact = round(raw) if unit == "count" else raw.quantize(Decimal("0.0001"))
            left_out = (
                {"the amount is not known": 2, "a rate for its currency is missing": 1}
                if "." in value
                else {}
            )
            cells.append(
                Cell(metric=key, part="value", period=period, value=exact, rows=46, left_out=left_out)
            )
    current = timeline.current
    cells.append(Cell(metric="conversion.cycle_length", part="median", period=current, value=Decimal(44)))
    return cells


def split(timeline: Timeline, dimension: str, members: tuple[str, ...], keys: tuple[str, ...]) -> list[Cell]:
    """Each total divided among the members by falling weights; ratios a little above and below it."""
    cells = []
    by_total = {(cell.metric, cell.period): cell for cell in totals(timeline) if cell.part == "value"}
    weights = [len(members) * 2 - index for index in range(len(members))]
    for key in keys:
        unit = next(fact[2] for fact in FACTS if fact[0] == key)
        for period in timeline.periods[-2:]:
            total = Decimal(by_total[key, period].value or 0)
            for index, (member, weight) in enumerate(zip(members, weights, strict=True)):
                part = total * weight / sum(weights) if unit != "ratio" else total + Decimal(4 - index) / 100
                tilt = Decimal(1) if period == timeline.current else Decimal("0.92") + Decimal(index) / 50
                value = (part * tilt).quantize(Decimal("0.0001"))
                cells.append(
                    Cell(
                        metric=key,
                        part="value",
                        period=period,
                        dimension=dimension,
                        member=member,
                        value=value,
                    )
                )
    return cells


def metric_facts() -> list[MetricFacts]:
    return [
        MetricFacts(
            key=key,
            name=name,
            unit=unit,
            better=better,
            formula=formula,
            inputs=inputs,
            pack=PACK,
            additive=additive,
        )
        for key, name, unit, better, _, _, _, _, _, additive, formula, inputs in FACTS
    ]


def kpis() -> list[Kpi]:
    return [
        Kpi(metric=fact[0], section=fact[4], weight=Decimal(fact[5]), position=index)
        for index, fact in enumerate(FACTS)
    ]


def targets(timeline: Timeline) -> list[Target]:
    found = []
    for fact in FACTS:
        if fact[8] is None:
            continue
        for age, period in enumerate(reversed(timeline.periods)):
            pace = Decimal("0.965") ** age if fact[2] == "money" else Decimal(1)
            found.append(
                Target(
                    metric=fact[0],
                    period_start=period.start,
                    value=(Decimal(fact[8]) * pace).quantize(Decimal("0.001")),
                )
            )
    goals = (200000, 180000, 140000, 136000, 128000, 130000, 118000, 115000, 98000, 80000)
    for rep, goal in zip(REPS, goals, strict=True):
        found.append(
            Target(
                metric="revenue.bookings",
                period_start=timeline.current.start,
                value=Decimal(goal),
                dimension="rep",
                member=rep,
            )
        )
    return found


def sources() -> list[Source]:
    return [
        Source(dataset=name, loaded_at=AS_OF, rows=rows, origin="Salesforce")
        for name, rows in (("opportunities", 8800), ("orders", 15210), ("order_lines", 40122), ("reps", 10))
    ]


def layout(**ranking: object) -> Composition:
    """The usual composition, with these options of the ranking by representative."""
    return with_choice("ranking", by="rep", **ranking)


def with_choice(kind: str, *, by: str, **options: object) -> Composition:
    """The usual composition with other options of one section."""
    return Composition(
        sections=tuple(
            replace(choice, **options) if (choice.kind, choice.by) == (kind, by) else choice  # type: ignore[arg-type]
            for choice in DEFAULT_SECTIONS
        )
    )


def document(locale: str = "en", **changes: object) -> Document:
    """The whole sample, or with some of `compose`'s arguments replaced."""
    jalali = locale == "fa"
    timeline = october(system="jalali" if jalali else "gregorian")
    currency = {"fa": "IRR", "vi": "VND", "zh-Hant": "TWD"}.get(locale, "USD")
    given: dict[str, object] = {
        "heading": Heading(
            company="Alder & Finch Trading Co.",
            title="Sales scorecard",
            prepared_by="Northlight Advisory",
            label="Confidential",
        ),
        "timeline": timeline,
        "kpis": kpis(),
        "cells": [
            *totals(timeline),
            *split(
                timeline,
                "rep",
                REPS,
                ("revenue.bookings", "conversion.close_ratio", "deals.average_deal_size"),
            ),
            *split(timeline, "region", REGIONS, ("revenue.bookings",)),
        ],
        "metrics": metric_facts(),
        "formatter": Formatter.of(locale, currency, timeline.current.calendar, "UTC"),
        "as_of": AS_OF,
        "targets": targets(timeline),
        "sources": sources(),
        "composition": layout(beside=("conversion.close_ratio", "deals.average_deal_size")),
        "notes": (
            "Salesforce and Tallymark agree on 312 opportunities created in October 2026 and on their amount.",
            "3 won opportunities have no amount; they count for the close ratio and not for bookings.",
        ),
    }
    return compose(**{**given, **changes})  # type: ignore[arg-type]


def titled(base: Document, **changes: object) -> Document:
    """The document with its cover changed."""
    return replace(base, cover=replace(base.cover, **changes))  # type: ignore[arg-type]
