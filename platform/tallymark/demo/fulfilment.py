"""What follows an order: invoice, payment, delivery, and what customers say about it."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tallymark.demo.odds import Odds
from tallymark.demo.orders import Order
from tallymark.demo.world import World, month_after

_LATE = Odds({-2: 22, -1: 26, 0: 38, 1: 7, 4: 5, 9: 2})  # days against what was promised
_IN_PARTS, _LOST = 0.35, 0.004
_SHARES = (Decimal("0.3"), Decimal("0.5"))
_METHODS = ("Bank transfer", "Bank transfer", "Card", "Direct debit")
_PRAISE = (
    "Everything arrived in one go.",
    "The fitters were excellent.",
    "Easy to order again.",
    None,
    None,
    None,
)
_BLAME = ("Two boxes were damaged.", "Delivery moved twice.", "Nobody called back.", None)


def write_fulfilment(world: World, orders: list[Order]) -> None:
    """Fill invoices, payments and deliveries."""
    dice, luck = world.dice("fulfilment"), world.dice("hitches")
    for order in orders:
        if order.status != "cancelled":
            _invoice(world, dice, luck, order)
            _deliveries(world, dice, luck, order)


def _invoice(world: World, dice: Random, luck: Random, order: Order) -> None:
    issued = order.ordered_on + timedelta(days=dice.randint(2, 6))
    if issued >= world.today:
        return
    due, amount = issued + timedelta(days=30), order.basket.amount
    paid = max(due + timedelta(days=round(dice.gauss(-4, 9))), issued)
    received = [(day, part) for day, part in _instalments(luck, paid, amount) if day < world.today]
    settled = sum((part for _, part in received), Decimal(0)) == amount
    status = "paid" if settled else "overdue" if due < world.today else "partly paid" if received else "open"
    number, common = (
        order.id.removeprefix("ord-"),
        {"account_id": order.account.id, "currency": order.account.currency},
    )
    at = world.moment(dice, issued)
    world.add(
        "invoices",
        id=f"inv-{number}",
        order_id=order.id,
        issued_at=at,
        due_on=due,
        amount=amount,
        status=status,
        created_at=at,
        **common,
    )
    for place, (day, part) in enumerate(received):
        moment = max(world.moment(dice, day), at)
        world.add(
            "payments",
            id=f"pay-{number}-{place + 1}" if place else f"pay-{number}",
            invoice_id=f"inv-{number}",
            paid_at=moment,
            amount=part,
            method=dice.choice(_METHODS),
            created_at=moment,
            **common,
        )


def _instalments(luck: Random, day: date, amount: Decimal) -> list[tuple[date, Decimal]]:
    """When and in which parts an invoice is paid: mostly at once, some in two, a few never or not wholly."""
    chance = luck.random()
    if chance < 0.004:
        return []
    if chance > 0.10:
        return [(day, amount)]
    first = (amount * luck.choice(_SHARES)).quantize(amount)
    if chance < 0.012:
        return [(day, first)]
    return [(day, first), (day + timedelta(days=luck.randint(14, 60)), amount - first)]


def _deliveries(world: World, dice: Random, luck: Random, order: Order) -> None:
    """One delivery of the whole order, or where it comes in parts one of each line."""
    due = order.ordered_on + timedelta(days=dice.choice((7, 10, 14)))
    late = _LATE.draw(dice)
    lines = order.basket.lines
    parts: list[tuple[str | None, int]] = [(None, sum(line.quantity for line in lines))]
    if len(lines) > 1 and luck.random() < _IN_PARTS:
        parts = [(f"{order.id}-{place}", line.quantity) for place, line in enumerate(lines, 1)]
    for place, (line, quantity) in enumerate(parts):
        arrived = due + timedelta(days=late + (luck.choice((0, 0, 2, 6)) if place else 0))
        done = arrived < world.today and luck.random() > _LOST
        key = order.id.replace("ord", "dlv")
        world.add(
            "deliveries",
            id=f"{key}-{place + 1}" if line else key,
            order_id=order.id,
            order_line_id=line,
            due_on=due,
            delivered_at=world.moment(dice, arrived) if done else None,
            quantity=quantity,
            status="delivered" if done else "planned" if due >= world.today else "late",
            created_at=order.ordered,
        )


def write_surveys(world: World, orders: list[Order]) -> None:
    """Fill surveys: satisfaction and effort after some orders, recommendation once a quarter from some."""
    dice, number = world.dice("surveys"), 0
    for order in orders:
        answered = order.ordered_on + timedelta(days=dice.randint(12, 30))
        if order.status == "cancelled" or answered >= world.today or dice.random() > 0.3:
            continue
        number += 1
        kind = dice.choices(("csat", "nps", "ces"), (50, 35, 15))[0]
        _survey(world, dice, f"svy-{number:04}", order, kind, answered)


def _survey(world: World, dice: Random, key: str, order: Order, kind: str, day: date) -> None:
    pleased = dice.random() < (0.70 if order.account.region == "asia-pacific" else 0.84)
    # Satisfaction was asked on a scale of five in the first year, and on one of ten since.
    scale = (5, 1) if day < month_after(world.start, 12) else (10, 1)
    best, least = {"csat": scale, "nps": (10, 0), "ces": (7, 1)}[kind]
    top = best - 2 if best == 10 else best - 1  # the lowest answer of those who are pleased
    score = dice.randint(top, best) if pleased else dice.randint(least, top - 1)
    world.add(
        "surveys",
        id=key,
        kind=kind,
        score=float(score),
        scale_min=float(least),
        scale_max=float(best),
        answered_at=world.moment(dice, day),
        account_id=order.account.id,
        contact_id=dice.choice(order.account.contacts),
        opportunity_id=order.deal,
        order_id=order.id,
        rep_id=order.rep.id,
        product_group=order.basket.lines[0].product.group,
        comment=dice.choice(_PRAISE if pleased else _BLAME),
        created_at=world.moment(dice, day),
    )
