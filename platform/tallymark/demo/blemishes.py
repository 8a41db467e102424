"""The few mistakes that every real CRM has, so that the scorecard can show what it does about them."""

from datetime import timedelta
from decimal import Decimal

from tallymark.demo.deals import Deal
from tallymark.demo.world import World, month_after

CURRENCY_WITHOUT_RATE = "NOK"


def blemish(world: World, deals: list[Deal]) -> None:
    """Spoil some deals: no amount, closed before creation, nobody's, lost for nothing, no exchange rate."""
    dice = world.dice("blemishes")
    month = month_after(world.today, -1)
    closed = [deal for deal in deals if deal.closed]
    recent = [deal for deal in closed if month <= deal.ends_on < month_after(month)]
    won = [deal for deal in recent if deal.status == "won"]
    earlier = [deal for deal in closed if deal.status == "won" and deal.ends_on < month]
    for deal in won[:1] + dice.sample(earlier, min(3, len(earlier))):
        deal.amount = None
    for deal in won[1:2] + dice.sample(earlier, min(2, len(earlier))):
        _close_before_creation(deal)
    for deal in won[2:3]:
        deal.currency = CURRENCY_WITHOUT_RATE
    for deal in won[3:4] + dice.sample(closed, min(14, len(closed))):
        deal.rep = None
    for deal in dice.sample([deal for deal in closed if deal.status == "lost"], min(60, len(closed) // 10)):
        deal.amount = Decimal(0)


def _close_before_creation(deal: Deal) -> None:
    """As when somebody enters a deal after it was won, with the real date of the win."""
    assert deal.closed is not None  # noqa: S101 — only closed deals are passed
    late = deal.closed + timedelta(days=3)
    deal.created, deal.created_on = late, late.date()
    deal.stages = [("qualification", late), ("won", late)]
