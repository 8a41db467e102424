"""Care plans that run on: subscriptions, how they changed, and how they are used."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tallymark.demo.orders import Order
from tallymark.demo.products import Product
from tallymark.demo.world import World, month_after

_REASONS = ("Moved office", "Too expensive", "Rarely used", "Changed supplier")


@dataclass(kw_only=True)
class Subscription:
    """A plan of an account and product, with its monthly value as it stands."""

    id: str
    order: Order
    product: Product
    quantity: int
    mrr: Decimal
    started_on: date
    ended_on: date | None = None
    reason: str | None = None


def write_subscriptions(world: World, orders: list[Order]) -> None:
    """Fill subscriptions, subscription_changes and product_usage from the plans that were ordered."""
    dice = world.dice("subscriptions")
    running: dict[tuple[str, str], Subscription] = {}
    for order in orders:
        for line in order.basket.lines:
            key = (order.account.id, line.product.id)
            if not line.product.recurring or order.status in ("cancelled", "returned") or key in running:
                continue
            mrr = (line.amount / 12).quantize(line.unit_price)
            running[key] = Subscription(
                id=f"sub-{len(running) + 1:04}",
                order=order,
                product=line.product,
                quantity=line.quantity,
                mrr=mrr,
                started_on=order.ordered_on,
            )
            _change(world, dice, running[key], "new", Decimal(0), mrr, order.ordered_on)
    for subscription in running.values():
        _live(world, dice, subscription)
        _write(world, dice, subscription)


def _live(world: World, dice: Random, subscription: Subscription) -> None:
    """Let a quarter pass at a time: most stay, some grow, some shrink, some leave."""
    day = subscription.started_on + timedelta(days=dice.randint(80, 110))
    while day < world.today:
        luck, before = dice.random(), subscription.mrr
        if luck < 0.045:
            subscription.ended_on, subscription.reason = day, dice.choice(_REASONS)
            _change(world, dice, subscription, "churn", before, Decimal(0), day)
            return
        if luck < 0.16:
            subscription.mrr = (before * Decimal(str(round(dice.uniform(1.05, 1.4), 2)))).quantize(before)
            _change(world, dice, subscription, "expansion", before, subscription.mrr, day)
        elif luck < 0.20:
            subscription.mrr = (before * Decimal(str(round(dice.uniform(0.6, 0.95), 2)))).quantize(before)
            _change(world, dice, subscription, "contraction", before, subscription.mrr, day)
        day += timedelta(days=dice.randint(80, 110))


def _change(
    world: World,
    dice: Random,
    subscription: Subscription,
    kind: str,
    before: Decimal,
    after: Decimal,
    day: date,
) -> None:
    at = world.moment(dice, day)
    world.add(
        "subscription_changes",
        id=f"{subscription.id}-{day:%Y%m%d}",
        subscription_id=subscription.id,
        account_id=subscription.order.account.id,
        changed_at=at,
        kind=kind,
        mrr_before=before,
        mrr_after=after,
        currency=subscription.order.account.currency,
        created_at=at,
    )


def _write(world: World, dice: Random, subscription: Subscription) -> None:
    order, ended = subscription.order, subscription.ended_on
    at = world.moment(dice, ended) if ended else None
    world.add(
        "subscriptions",
        id=subscription.id,
        account_id=order.account.id,
        product_id=subscription.product.id,
        plan=subscription.product.name,
        order_id=order.id,
        rep_id=order.rep.id,
        status="cancelled" if ended else "active",
        started_at=order.ordered,
        ended_at=at,
        cancelled_at=at,
        cancel_reason=subscription.reason,
        mrr=subscription.mrr,
        quantity=subscription.quantity,
        billing_period="year",
        renewal_on=None if ended else _next_anniversary(world, subscription.started_on),
        currency=order.account.currency,
        created_at=order.ordered,
    )
    for month in world.months():
        if subscription.started_on <= month < (ended or world.today) and dice.random() < 0.9:
            users = max(1, round(subscription.quantity * dice.uniform(0.3, 0.9)))
            world.add(
                "product_usage",
                id=f"{subscription.id}-{month:%Y%m}",
                account_id=order.account.id,
                product_id=subscription.product.id,
                used_on=month,
                active_users=users,
                events=users * dice.randint(2, 9),
            )


def _next_anniversary(world: World, started: date) -> date:
    day = started
    while day < world.today:
        day += timedelta(days=365)
    return day if day > month_after(started) else month_after(started, 12)
