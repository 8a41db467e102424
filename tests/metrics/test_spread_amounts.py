"""An amount that is spread over its days: the parts of periods that tile them sum to it, to the last place."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tallymark_metrics import cost_measures
from tallymark_sdk import Metric
from tallymark_sdk.calendars import calendar
from tallymark_sdk.reference import ReferenceEvaluator

SPENT = Metric(
    key="cost.spent", name="Spent", description="Marketing costs.", unit="money", better="lower", inputs=(),
    formula=cost_measures.MARKETING,
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(
    amount=st.decimals("-99999999", "99999999", places=4),
    start=st.dates(date(2026, 1, 1), date(2026, 3, 31)),
    days=st.integers(1, 120),
)
def test_the_months_of_a_cost_sum_to_it(amount: Decimal, start: date, days: int) -> None:
    cut = calendar("gregorian")
    cost = {"id": "1", "function": "marketing", "amount": amount, "amount_base": amount, "period_start": start,
            "period_end": start + timedelta(days=days)}  # fmt: skip
    evaluator = ReferenceEvaluator({"costs": [cost]}, cut)
    assert (
        sum(Decimal(evaluator.value(SPENT, month) or 0) for month in cut.range(cut.parse("2026-01"), 8))
        == amount
    )
