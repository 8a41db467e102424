"""What is on an offer or an order: a few products with quantities, prices and a discount."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from tallymark.demo.odds import Odds
from tallymark.demo.products import Product
from tallymark.demo.world import UNITS, World

_INFLATION = 0.03  # a year, on prices
_LINES = Odds({1: 34, 2: 38, 3: 20, 4: 8})
_COST_INFLATION = 0.038  # a year, on costs: the margin thins slowly


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line; `discount` is a fraction, `cost` None where it is not known."""

    product: Product
    quantity: int
    unit_price: Decimal
    discount: float
    amount: Decimal
    cost: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Basket:
    """Lines in one currency, the largest first; `dollars` is about what they are worth."""

    lines: tuple[Line, ...]
    dollars: float

    @property
    def amount(self) -> Decimal:
        """The lines' sum."""
        return sum((line.amount for line in self.lines), Decimal(0))


def shelf(products: Iterable[Product]) -> Odds[Product]:
    """The products by how often each is bought."""
    return Odds({product: product.weight for product in products})


def fill_basket(
    world: World,
    dice: Random,
    products: Odds[Product],
    *,
    size: float,
    discount: float,
    day: date,
    currency: str,
) -> Basket:
    """One to four products; `size` scales quantities, `discount` is the rep's habit."""
    years = (day - world.start).days / 365.25
    chosen = dict.fromkeys(products.draw(dice) for _ in range(_LINES.draw(dice)))
    off = round(max(0.0, dice.gauss(discount, 0.05)) / 0.025) * 0.025 if dice.random() < 0.6 else 0.0
    lines = sorted(
        (_line(world, dice, product, size, min(off, 0.3), years, currency) for product in chosen),
        key=lambda line: (-line.amount, line.product.id),
    )
    units = UNITS.get(currency, 1.0)
    return Basket(lines=tuple(lines), dollars=float(sum(line.amount for line in lines)) / units)


def _line(
    world: World, dice: Random, product: Product, size: float, discount: float, years: float, currency: str
) -> Line:
    typical = 45.0 if product.recurring else 16.0 if product.price < 300 else 9.5
    quantity = max(1, round(typical * size * dice.lognormvariate(0.04, 0.48)))
    price = world.money(product.price * (1 + _INFLATION) ** years, currency)
    cost = product.cost * (1 + _COST_INFLATION) ** years * dice.uniform(0.95, 1.05)
    return Line(
        product=product,
        quantity=quantity,
        unit_price=price,
        discount=discount,
        amount=(price * quantity * (1 - Decimal(str(round(discount, 3))))).quantize(price),
        cost=None if dice.random() < 0.05 else world.money(cost * quantity, currency),
    )
