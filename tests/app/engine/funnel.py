"""A random company from its leads to its deals, with everything missing at times."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

Rows = dict[str, list[dict[str, Any]]]


def random_funnel(seed: int) -> Rows:
    """Leads, deals, what was done about them and the stages they went through, with everything missing at times."""
    dice = random.Random(seed)

    def moment(span: int = 150) -> datetime:
        return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=dice.randrange(span * 24))

    def maybe(value: Any, chance: float = 0.8) -> Any:
        return value if dice.random() < chance else None

    def row(name: str, **columns: Any) -> dict[str, Any]:
        given: dict[str, Any] = {
            "id": name,
            "created_at": maybe(moment(), 0.95),
            "deleted_at": maybe(moment(), 0.05),
            **columns,
        }
        days = {column: value.date() for column, value in given.items() if isinstance(value, datetime)}
        return {**given, **{column.removesuffix("_at") + "_on": day for column, day in days.items()
                            if column != "deleted_at"}}  # fmt: skip

    def some(*values: str) -> str | None:
        picked: str | None = maybe(dice.choice(values))
        return picked

    def deal(number: int) -> dict[str, Any]:
        status = dice.choice(["won", "won", "lost", "open", "cancelled"])
        amount = maybe(Decimal(dice.randrange(1_000_000)) / 100)
        return row(
            f"d{number}", status=status, closed_at=maybe(moment(200), 0.95) if status != "open" else None,
            amount=amount, amount_base=maybe(amount, 0.95), account_id=some("a1", "a2", "a3"),
            rep_id=some("r1", "r2", "ghost"), team_id=maybe("t9", 0.1), stage_id=some("s1", "s2", "s3", "s4", "x"),
            lead_id=maybe(f"l{dice.randrange(80)}", 0.5), origin=some("rep", "marketing"), source=some("web", "fair"),
            channel=some("mail", "phone"), product_id=maybe(dice.choice(["p1", "p2"]), 0.3),
            loss_reason=some("price", "time"), first_touch_at=maybe(moment(), 0.3),
            contract_start_on=maybe(date(2024, 5, 1)), contract_end_on=maybe(moment(400).date()),
        )  # fmt: skip

    def lead(number: int) -> dict[str, Any]:
        answers = dict.fromkeys(
            ["budget", "authority", "need", "timing", "goal", "plan", "challenge", "time"]
        )
        return row(
            f"l{number}", rep_id=some("r1", "r2"), account_id=some("a1", "a2"), source=some("web", "fair"),
            channel=some("mail", "phone"), campaign_id=some("c1"), icp_fit=some("A", "B"),
            status_kind=some("new", "working", "unqualified", "converted"), converted_at=maybe(moment(200), 0.2),
            opportunity_id=maybe(f"d{dice.randrange(130)}", 0.3), referrer_account_id=maybe("a1", 0.4),
            lost_reason=maybe("no money", 0.1), **{each: some("yes", "yes", "no", "unknown") for each in answers},
        )  # fmt: skip

    def activity(number: int) -> dict[str, Any]:
        return row(
            f"v{number}", kind=dice.choice(["call", "email", "meeting", "demo"]), direction=some("in", "out"),
            status=some("planned", "done", "done", "cancelled", "no_show"), is_connected=maybe(dice.random() < 0.5),
            booked_at=maybe(moment(), 0.5), due_at=maybe(moment(200), 0.7), occurred_at=maybe(moment(200)),
            rep_id=some("r1", "r2"), channel=some("mail", "phone"), lead_id=maybe(f"l{dice.randrange(80)}", 0.5),
            opportunity_id=maybe(f"d{dice.randrange(120)}", 0.6), account_id=maybe(dice.choice(["a1", "a2"]), 0.2),
        )  # fmt: skip

    def stay(number: int) -> dict[str, Any]:
        # Few moments, so that some stages are entered together.
        entered = maybe(moment().replace(hour=0), 0.95)
        return row(
            f"h{number}", opportunity_id=maybe(f"d{dice.randrange(40)}", 0.95), pipeline_id=some("p", "q"),
            stage_id=some("s1", "s2", "s3", "s4", "x"), entered_at=entered, left_at=maybe(moment(200), 0.7),
        )  # fmt: skip

    return {
        "opportunities": [deal(number) for number in range(120)],
        "opportunity_lines": [
            {"id": f"x{n}", "opportunity_id": f"d{dice.randrange(120)}", "product_id": some("p1", "p2"), "amount": Decimal(n)}
            for n in range(80)
        ],
        "leads": [lead(number) for number in range(80)],
        "activities": [activity(number) for number in range(300)],
        "stage_history": [stay(number) for number in range(200)],
        "stages": [
            {"id": "s1", "pipeline_id": "p", "position": 1, "kind": "open"},
            {"id": "s2", "pipeline_id": "p", "position": 2, "kind": "open", "is_quote": True},
            {"id": "s3", "position": 3, "kind": "open", "is_quote": True},
            {"id": "s4", "pipeline_id": "p", "position": 4, "kind": "won"},
        ],
        "orders": [row(f"o{n}", account_id=some("a1", "a3"), ordered_at=moment(), status=some("paid", "cancelled"))
                   for n in range(10)],
        "reps": [{"id": "r1", "team_id": "t1", "hired_on": date(2023, 1, 1)}, {"id": "r2", "team_id": "t2"}],
        "accounts": [{"id": "a1", "region_id": "north"}, {"id": "a2"}],
        "products": [{"id": "p1", "product_group": "g1"}, {"id": "p2"}],
    }  # fmt: skip
