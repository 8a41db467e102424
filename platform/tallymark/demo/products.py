"""What the sample company sells: furniture and light for offices, and plans to care for them."""

from dataclasses import dataclass

from tallymark.demo.world import World

#: group: (popularity, gross margin, products with list price in dollars)
_RANGE = {
    "Desks": (
        0.27,
        0.41,
        {
            "Alder Desk 120": 390,
            "Alder Desk 160": 490,
            "Finch Sit-Stand": 780,
            "Bench for Four": 1490,
            "Meeting Table": 1180,
        },
    ),
    "Seating": (
        0.30,
        0.38,
        {"Task Chair": 260, "Task Chair Plus": 390, "Visitor Chair": 145, "Lounge Chair": 640, "Stool": 110},
    ),
    "Storage": (
        0.17,
        0.35,
        {"Pedestal": 180, "Locker Wall": 920, "Bookcase": 330, "Filing Cabinet": 410, "Credenza": 690},
    ),
    "Lighting": (
        0.15,
        0.47,
        {"Desk Lamp": 85, "Floor Lamp": 210, "Pendant": 175, "Linear Light": 340, "Light Sensor": 55},
    ),
    "Care plans": (
        0.11,
        0.66,
        {"Care Basic": 24, "Care Plus": 39, "Relocation Cover": 58, "Workspace Advisory": 140},
    ),
}
RECURRING = "Care plans"


@dataclass(frozen=True, kw_only=True)
class Product:
    """A product; `price` is the list price of one in dollars at the start (of one seat and year for a plan)."""

    id: str
    name: str
    group: str
    price: float
    cost: float
    weight: float

    @property
    def recurring(self) -> bool:
        """Whether it is sold as a plan."""
        return self.group == RECURRING


def make_products(world: World) -> list[Product]:
    """Fill products; returns them all."""
    made = []
    for letter, (group, (weight, margin, items)) in zip("DSTLC", _RANGE.items(), strict=True):
        for number, (name, price) in enumerate(items.items(), 1):
            product = Product(
                id=f"{letter}{number}0",
                name=name,
                group=group,
                price=float(price),
                cost=price * (1 - margin) * (0.94 + 0.04 * number),
                weight=weight / (number + 1),
            )
            made.append(product)
            _add(world, product)
    return made


def _add(world: World, product: Product) -> None:
    world.add(
        "products",
        id=product.id,
        sku=f"AF-{product.id}",
        name=product.name,
        product_group=product.group,
        list_price=world.money(product.price),
        cost=world.money(product.cost),
        is_recurring=product.recurring,
        is_active=product.name != "Stool",
        valid_from=world.start.replace(month=1, day=1),
    )
