"""What follows an order: invoice, payment, delivery, and what customers say about it."""

from datetime import date, timedelta
from random import Random

from tallymark.demo.odds import Odds
from tallymark.demo.orders import Order
from tallymark.demo.world import World

_LATE = Odds({-2: 22, -1: 26, 0: 38, 1: 7, 4: 5, 9: 2})  # days against what was promised
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
    dice = world.dice("fulfilment")
    for order in orders:
        if order.status != "cancelled":
            _invoice(world, dice, order)
            _delivery(world, dice, order)


def _invoice(world: World, dice: Random, order: Order) -> None:
    issued = order.ordered_on + timedelta(days=dice.randint(2, 6))
    if issued >= world.today:
        return
    due = issued + timedelta(days=30)
    paid = due + timedelta(days=round(dice.gauss(-4, 9)))
    settled = paid < world.today
    status = "paid" if settled else "overdue" if due < world.today else "open"
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
        amount=order.basket.amount,
        status=status,
        created_at=at,
        **common,
    )
    if settled:
        received = world.moment(dice, max(paid, issued))
        world.add(
            "payments",
            id=f"pay-{number}",
            invoice_id=f"inv-{number}",
            paid_at=received,
            amount=order.basket.amount,
            method=dice.choice(_METHODS),
            created_at=received,
            **common,
        )


def _delivery(world: World, dice: Random, order: Order) -> None:
    due = order.ordered_on + timedelta(days=dice.choice((7, 10, 14)))
    arrived = due + timedelta(days=_LATE.draw(dice))
    done = arrived < world.today
    world.add(
        "deliveries",
        id=order.id.replace("ord", "dlv"),
        order_id=order.id,
        due_on=due,
        delivered_at=world.moment(dice, arrived) if done else None,
        quantity=sum(line.quantity for line in order.basket.lines),
        status="delivered" if done else "planned",
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
    best, least = {"csat": (5, 1), "nps": (10, 0), "ces": (7, 1)}[kind]
    score = dice.randint(best - 1, best) if pleased else dice.randint(least, best - 2)
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
