"""Hand-written SQL over raw Parquet: one scan a table for all KPIs, periods and breakdowns."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from bench.answers import Answers, of_tables
from bench.contestants.duck import SQL, YEAR, connect
from bench.question import Question
from tallymark.engine.session import TenantData

SHARED = ("heads", "line_groups")
"""What several statements join; made anew at each asking."""

STATEMENTS = tuple(sorted(path.stem for path in (SQL / "fused").glob("*.sql") if path.stem not in SHARED))

KPIS = (
    *("revenue.bookings", "conversion.close_ratio", "deals.average_deal_size", "conversion.cycle_length"),
    *("deals.average_deal_length", "market.competitor_win_rate", "pipeline.opportunities"),
    *("pipeline.self_sourced_opportunities", "conversion.conversion_rate", "pipeline.open_pipeline"),
    *(
        "pipeline.open_opportunities_per_rep",
        "revenue.revenue",
        "revenue.units_sold",
        "revenue.average_order_value",
    ),
    *("revenue.profit_margin", "revenue.gross_profit", "revenue.sales_growth", "revenue.sales_growth_yoy"),
    *("revenue.sales_by_region", "revenue.orders", "revenue.sales_per_rep", "revenue.revenue_per_head"),
    *("activity.interactions", "activity.calls_per_rep", "activity.emails_per_rep", "activity.meetings"),
    *(
        "activity.demo_calls",
        "activity.onboarding_calls",
        "activity.email_reply_rate",
        "activity.meetings_booked",
    ),
    *("conversion.conversation_to_demo", "pipeline.new_leads", "pipeline.lead_qualification_rate"),
    *("pipeline.lead_contact_rate", "pipeline.opportunity_to_lead_ratio", "conversion.lead_to_sale"),
    *("conversion.stage_time", "cash.collected", "customers.new_customers", "customers.repurchase_rate"),
    *("customers.satisfaction", "customers.net_promoter_score"),
)
"""The KPIs that were written by hand: flows, stocks, cohorts, medians, distinct counts, ratios and growth."""

BREAKDOWNS = ("rep", "team", "region", "source", "product_group")


def statement(name: str) -> str:
    """The SQL of a name."""
    return (SQL / "fused" / f"{name}.sql").read_text(encoding="utf-8")


class HandWritten:
    """The statements of `bench/sql/fused`, run by DuckDB."""

    name = "hand-written fused SQL"

    def __init__(self, data: TenantData, question: Question, *, threads: int = 2) -> None:
        self.data, self.question, self.threads = data, question, threads

    def open(self) -> None:
        """Connect."""
        self.connection = connect(self.data, self.question, threads=self.threads)

    def ask(self) -> list[pa.Table]:
        """Every statement's table."""
        for name in SHARED:
            self.connection.execute(f"DROP TABLE IF EXISTS {name}")
            self.connection.execute(statement(name))
        return [self.connection.sql(statement(name)).to_arrow_table() for name in STATEMENTS]

    def read(self, asked: Sequence[pa.Table]) -> Answers:
        """The tables in the common form."""
        return of_tables(asked, YEAR)

    def close(self) -> None:
        """Disconnect."""
        self.connection.close()
