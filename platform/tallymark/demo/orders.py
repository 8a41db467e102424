"""Orders: those of won deals, and those that customers simply place again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from tallymark.demo.baskets import Basket, fill_basket, shelf
from tallymark.demo.customers import Account, stand_in
from tallymark.demo.deals import Deal
from tallymark.demo.odds import Odds
from tallymark.demo.people import Rep
from tallymark.demo.products import Product
from tallymark.demo.world import World

_COUNT = 3000
_TAX = Decimal("0.08")


@dataclass(kw_only=True)
class Order:
    """An order as it was placed, and what has become of it."""

    account: Account
    rep: Rep
    deal: str | None
    ordered: datetime
    ordered_on: date
    basket: Basket
    id: str = ""
    status: str = ""


def make_orders(
    world: World, reps: list[Rep], products: list[Product], accounts: list[Account], deals: list[Deal]
) -> list[Order]:
    """Fill orders and order_lines; returns the orders by day."""
    dice = world.dice("orders")
    placed = [order for deal in deals if (order := _of_deal(world, dice, deal)) is not None]
    placed += _again(world, dice, reps, products, accounts, _COUNT - len(placed))
    placed.sort(key=lambda order: order.ordered)
    for number, order in enumerate(placed, 1):
        order.id = f"ord-{number:05}"
        order.status = _status(world, dice, order)
        order.account.bought(order.ordered_on)
        _write(world, dice, order, number)
    return placed


def _of_deal(world: World, dice: Random, deal: Deal) -> Order | None:
    day = deal.ends_on + timedelta(days=dice.choice((0, 0, 1, 1, 2, 3, 5, 8)))
    if deal.status != "won" or day >= world.today or day < world.start:
        return None
    moment = world.moment(dice, day)
    rep = deal.rep or deal.first_rep
    return Order(
        account=deal.account, rep=rep, deal=deal.id, ordered=moment, ordered_on=day, basket=deal.basket
    )


def _again(
    world: World, dice: Random, reps: list[Rep], products: list[Product], accounts: list[Account], count: int
) -> list[Order]:
    customers = [account for account in accounts if account.since]
    buyers = Odds({account.id: account.weight for account in customers})
    known, range_, days = {account.id: account for account in customers}, shelf(products), world.days()
    made = []
    for day in sorted(dice.choices(days, [world.demand(day) for day in days], k=max(count, 0))):
        account = known[buyers.draw(dice)]
        if account.since is None or account.since > day:
            early = [one for one in customers if one.since and one.since <= day]
            account = dice.choice(early or customers)
        rep = stand_in(dice, reps, account.rep, day)
        made.append(
            Order(
                account=account,
                rep=rep,
                deal=None,
                ordered=world.moment(dice, day),
                ordered_on=day,
                basket=fill_basket(
                    world,
                    dice,
                    range_,
                    size=account.size * 0.42,
                    discount=rep.discount / 2,
                    day=day,
                    currency=account.currency,
                ),
            )
        )
    return made


def _status(world: World, dice: Random, order: Order) -> str:
    luck, age = dice.random(), (world.today - order.ordered_on).days
    if luck < 0.028:
        return "cancelled"
    if luck < 0.04 and age > 20:
        return "returned"
    limits = ((3, "confirmed"), (12, "fulfilled"), (40, "invoiced"))
    return next((status for limit, status in limits if age <= limit), "paid")


def _write(world: World, dice: Random, order: Order, number: int) -> None:
    basket, account = order.basket, order.account
    costs = [line.cost for line in basket.lines if line.cost is not None]
    list_price = sum((line.unit_price * line.quantity for line in basket.lines), Decimal(0))
    world.add(
        "orders",
        id=order.id,
        number=f"AF{order.ordered_on:%y}-{number:05}",
        account_id=account.id,
        opportunity_id=order.deal,
        rep_id=order.rep.id,
        team_id=order.rep.team,
        region_id=account.region,
        source=account.source,
        channel=account.channel,
        status=order.status,
        ordered_at=order.ordered,
        confirmed_at=min(
            order.ordered + timedelta(hours=dice.randint(1, 30)), world.moment(dice, world.yesterday)
        )
        if order.status != "cancelled"
        else None,
        amount=basket.amount,
        tax=(basket.amount * _TAX).quantize(Decimal("0.01")),
        discount=list_price - basket.amount,
        cost=sum(costs, Decimal(0)) if len(costs) == len(basket.lines) else None,
        currency=account.currency,
        created_at=order.ordered,
    )
    for place, line in enumerate(basket.lines, 1):
        world.add(
            "order_lines",
            id=f"{order.id}-{place}",
            order_id=order.id,
            product_id=line.product.id,
            quantity=line.quantity,
            unit_price=line.unit_price,
            discount_pct=round(100 * line.discount, 3),
            amount=line.amount,
            cost=line.cost,
            currency=account.currency,
            returned_quantity=line.quantity if order.status == "returned" and place == 1 else 0,
            created_at=order.ordered,
        )
