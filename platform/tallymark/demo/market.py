"""The world outside: exchange rates, holidays, rivals' prices, sizes of markets, stock."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from tallymark.demo.deals import COMPETITORS
from tallymark.demo.orders import Order
from tallymark.demo.products import Product
from tallymark.demo.world import UNITS, WARM_UP, World, month_after

_MANY_UNITS, _NEARER_MARKET = 100_000, 0.05
_SIZES = {"north-america": 210e6, "europe": 160e6, "asia-pacific": 120e6}


def write_rates(world: World) -> None:
    """Fill fx_rates: a working day's rate of the foreign currency, wandering a few percent."""
    dice = world.dice("rates")
    middle = UNITS.get(world.currency, 1.0) / UNITS[world.foreign]
    drift = 0.0
    for day in world.days(world.start - timedelta(days=WARM_UP)):
        drift = drift * 0.995 + dice.gauss(0, 0.004)
        if day.weekday() < 5:
            world.add(
                "fx_rates",
                id=f"{world.foreign}-{day.isoformat()}",
                currency=world.foreign,
                on=day,
                rate=Decimal(f"{middle * (1 + drift):.6f}"),
            )


def write_holidays(world: World) -> None:
    """Fill calendar_days with the days on which the head office is closed."""
    for year in range(world.start.year, world.today.year + 2):
        for name, day in _holidays(year).items():
            world.add("calendar_days", id=day.isoformat(), on=day, is_workday=False, holiday=name)


def _holidays(year: int) -> dict[str, date]:
    may, november, september = date(year, 5, 31), date(year, 11, 1), date(year, 9, 1)
    thanksgiving = november + timedelta(days=(3 - november.weekday()) % 7 + 21)
    return {
        "New Year's Day": date(year, 1, 1),
        "Memorial Day": may - timedelta(days=may.weekday()),
        "Independence Day": date(year, 7, 4),
        "Labor Day": september + timedelta(days=-september.weekday() % 7),
        "Thanksgiving Day": thanksgiving,
        "Day after Thanksgiving": thanksgiving + timedelta(days=1),
        "Christmas Day": date(year, 12, 25),
    }


def write_rivals(world: World, products: list[Product]) -> None:
    """Fill competitor_prices, a look every quarter, and market_sizes, a figure every year."""
    dice = world.dice("rivals")
    for number, month in enumerate(world.months()[::3]):
        for rival in COMPETITORS:
            for product in products[number % 2 :: 3]:
                price = product.price * dice.uniform(0.86, 1.16) * 1.03 ** (number / 4)
                world.add(
                    "competitor_prices",
                    id=f"{month:%Y%m}-{rival.split()[0].lower()}-{product.id}",
                    competitor=rival,
                    product_id=product.id,
                    observed_on=month + timedelta(days=dice.randint(0, 20)) if month < world.today else month,
                    price=world.money(price),
                )
    # A stored amount has fourteen digits before its point, fewer than a world market has rials.
    share = 1.0 if UNITS.get(world.currency, 1.0) < _MANY_UNITS else _NEARER_MARKET
    for year in range(world.start.year, world.today.year + 1):
        for region, size in _SIZES.items():
            for group in dict.fromkeys(product.group for product in products):
                world.add(
                    "market_sizes",
                    id=f"{year}-{region}-{group.lower().replace(' ', '-')}",
                    region_id=region,
                    product_group=group,
                    period_start=date(year, 1, 1),
                    period_end=date(year + 1, 1, 1),
                    value=world.money(
                        round(share * size * dice.uniform(0.12, 0.3) * 1.04 ** (year - world.start.year), -5)
                    ),
                )


def write_stock(world: World, products: list[Product], orders: list[Order]) -> None:
    """Fill stock_movements: opening stock, then each month what was sold and received again."""
    dice = world.dice("stock")
    sold: Counter[tuple[date, str]] = Counter()
    for order in orders:
        if order.status != "cancelled":
            for line in order.basket.lines:
                sold[order.ordered_on.replace(day=1), line.product.id] += line.quantity
    for product in products:
        if product.recurring:
            continue
        stock = 400
        _move(world, product, world.start - timedelta(days=1), "opening", stock)
        for month in world.months():
            last = min(month_after(month) - timedelta(days=1), world.yesterday)
            if last < month:
                continue
            gone = sold[month, product.id]
            _move(world, product, last, "sold", -gone)
            stock -= gone
            received = max(0, 400 - stock + dice.randint(-40, 60))
            _move(world, product, last, "received", received)
            stock += received
            if month.month == 12:
                _move(world, product, last, "adjusted", -dice.randint(0, 6))


def _move(world: World, product: Product, day: date, kind: str, quantity: int) -> None:
    world.add(
        "stock_movements",
        id=f"{product.id}-{day:%Y%m%d}-{kind}",
        product_id=product.id,
        moved_on=day,
        kind=kind,
        quantity=quantity,
    )
