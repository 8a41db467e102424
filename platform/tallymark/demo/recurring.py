"""Care plans that run on: subscriptions, how they changed, and how they are used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from tallymark.demo.activities import add_activity
from tallymark.demo.customers import Account, stand_in
from tallymark.demo.orders import Order
from tallymark.demo.people import Rep
from tallymark.demo.products import Product
from tallymark.demo.world import World, month_after, working_day

_REASONS = ("Moved office", "Too expensive", "Rarely used", "Changed supplier")
_BACK = 0.3  # of those who leave come back
_ONBOARDED = 0.93


@dataclass(kw_only=True)
class Subscription:
    """A plan of an account and product, with its monthly value as it stands; `order_id` is None without an order."""

    id: str
    account: Account
    rep: Rep
    product: Product
    plan: str
    quantity: int
    mrr: Decimal
    started: datetime
    started_on: date
    order_id: str | None = None
    ended_on: date | None = None
    ended: datetime | None = None
    reason: str | None = None
    status: str = "active"


def make_subscriptions(world: World, orders: Sequence[Order], reps: Sequence[Rep]) -> list[Subscription]:
    """The plans that were ordered, each lived up to now; fills subscription_changes."""
    dice, again = world.dice("subscriptions"), world.dice("returns")
    running: dict[tuple[str, str], Subscription] = {}
    for order in orders:
        for line in order.basket.lines:
            key = (order.account.id, line.product.id)
            if not line.product.recurring or order.status in ("cancelled", "returned") or key in running:
                continue
            running[key] = Subscription(
                id=f"sub-{len(running) + 1:04}",
                account=order.account,
                rep=order.rep,
                product=line.product,
                plan=line.product.name,
                quantity=line.quantity,
                mrr=(line.amount / 12).quantize(line.unit_price),
                started=order.ordered,
                started_on=order.ordered_on,
                order_id=order.id,
            )
            begin(world, dice, running[key], "new")
    made = list(running.values())
    for subscription in running.values():
        live(world, dice, subscription)
        if subscription.ended_on and again.random() < _BACK:
            made += _returned(world, again, subscription, reps)
    return made


def _returned(world: World, dice: Random, left: Subscription, reps: Sequence[Rep]) -> list[Subscription]:
    """The same plan taken up again after some months without."""
    day = working_day((left.ended_on or world.today) + timedelta(days=dice.randint(60, 200)))
    if day >= world.today:
        return []
    back = Subscription(
        id=f"{left.id}-b",
        account=left.account,
        rep=stand_in(dice, list(reps), left.account.rep, day),
        product=left.product,
        plan=left.plan,
        quantity=left.quantity,
        mrr=left.mrr,
        started=world.moment(dice, day),
        started_on=day,
    )
    begin(world, dice, back, "reactivation")
    live(world, dice, back)
    return [back]


def begin(world: World, dice: Random, subscription: Subscription, kind: str) -> None:
    """Note that it begins to bring money."""
    _change(world, dice, subscription, kind, Decimal(0), subscription.mrr, subscription.started_on)


def live(world: World, dice: Random, subscription: Subscription) -> None:
    """Let a quarter pass at a time: most stay, some grow, some shrink, some leave."""
    day = subscription.started_on + timedelta(days=dice.randint(80, 110))
    while day < world.today:
        luck, before = dice.random(), subscription.mrr
        if luck < 0.045:
            subscription.ended_on, subscription.reason = day, dice.choice(_REASONS)
            subscription.status = "cancelled"
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
    # It begins at the very moment that the subscription does.
    at = subscription.started if day == subscription.started_on else world.moment(dice, day)
    world.add(
        "subscription_changes",
        id=f"{subscription.id}-{day:%Y%m%d}",
        subscription_id=subscription.id,
        account_id=subscription.account.id,
        changed_at=at,
        kind=kind,
        mrr_before=before,
        mrr_after=after,
        currency=subscription.account.currency,
        created_at=at,
    )
    if kind == "churn":
        subscription.ended = at


def write_subscriptions(world: World, subscriptions: Sequence[Subscription]) -> None:
    """Fill subscriptions and product_usage, and activities with the calls that introduce each plan."""
    dice = world.dice("usage")
    for subscription in subscriptions:
        _write(world, dice, subscription)
        _introduce(world, dice, subscription)


def _write(world: World, dice: Random, subscription: Subscription) -> None:
    account, ended = subscription.account, subscription.ended_on
    world.add(
        "subscriptions",
        id=subscription.id,
        account_id=account.id,
        product_id=subscription.product.id,
        plan=subscription.plan,
        order_id=subscription.order_id,
        rep_id=subscription.rep.id,
        status=subscription.status,
        started_at=subscription.started,
        ended_at=subscription.ended,
        cancelled_at=subscription.ended if subscription.status == "cancelled" else None,
        cancel_reason=subscription.reason,
        mrr=subscription.mrr,
        quantity=subscription.quantity,
        billing_period="year" if subscription.mrr else None,
        renewal_on=None
        if ended or not subscription.mrr
        else _next_anniversary(world, subscription.started_on),
        currency=account.currency,
        created_at=subscription.started,
    )
    for month in world.months():
        if subscription.started_on <= month < (ended or world.today) and dice.random() < 0.9:
            users = max(1, round(subscription.quantity * dice.uniform(0.3, 0.9)))
            world.add(
                "product_usage",
                id=f"{subscription.id}-{month:%Y%m}",
                account_id=account.id,
                product_id=subscription.product.id,
                used_on=month,
                active_users=users,
                events=users * dice.randint(2, 9),
            )


def _introduce(world: World, dice: Random, subscription: Subscription) -> None:
    """A call in the first days of a plan or trial, planned when it began."""
    due = working_day(subscription.started_on + timedelta(days=dice.randint(3, 10)))
    at = max(world.moment(dice, due), subscription.started + timedelta(hours=1))
    held = at < world.midnight and dice.random() < _ONBOARDED
    trial = subscription.status in ("trial", "expired")
    add_activity(
        world,
        "trial" if trial else "onboarding",
        "Trial call" if trial else "Onboarding",
        subscription.rep,
        subscription.account,
        dice.choice(subscription.account.contacts),
        subscription.started,
        channel="Video",
        direction="out",
        status="done" if held else "planned" if at >= world.midnight else "no_show",
        booked_at=subscription.started,
        due_at=at,
        occurred_at=at if held else None,
        duration_s=60 * dice.randint(20, 55) if held else None,
    )


def _next_anniversary(world: World, started: date) -> date:
    day = started
    while day < world.today:
        day += timedelta(days=365)
    return day if day > month_after(started) else month_after(started, 12)
