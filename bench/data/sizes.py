"""How large the tenants are."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many rows a tenant has; datasets that aren't named here follow from these."""

    deals: int
    activities: int
    orders: int
    leads: int
    accounts: int
    contacts: int
    subscriptions: int
    usage: int
    surveys: int
    trainings: int
    reps: int
    teams: int
    regions: int
    products: int
    groups: int

    def variables(self) -> dict[str, int]:
        """Name → number, as the SQL of the datasets reads them."""
        return asdict(self)


def sized(deals: int, *, activities: int | None = None, orders: int | None = None) -> Size:
    """A tenant in the usual proportions: with a million deals three million activities and half a million orders.

    Stage rows (2.4 a deal) and order lines (3 an order) follow. A company of less than 50,000 deals has fewer people
    and products as well.
    """
    is_small = deals < 50_000
    return Size(
        deals=deals,
        activities=activities or deals * 3,
        orders=orders or max(deals // 2, 20),
        leads=max(deals * 2 // 5, 20),
        accounts=max(deals // 10, 50),
        contacts=max(deals * 3 // 20, 60),
        subscriptions=max(deals // 20, 300),
        usage=max(deals // 5, 200),
        surveys=max(deals // 20, 800),
        trainings=720 if is_small else 3600,
        reps=20 if is_small else 200,
        teams=4 if is_small else 20,
        regions=5 if is_small else 12,
        products=30 if is_small else 120,
        groups=6 if is_small else 10,
    )


SIZES = {
    "2k": sized(2_000),
    "5k": sized(5_000, activities=30_000, orders=3_000),
    "100k": sized(100_000),
    "1m": sized(1_000_000),
    "10m": sized(10_000_000),
}
"""The sizes by name. `2k` is what the tests use."""
