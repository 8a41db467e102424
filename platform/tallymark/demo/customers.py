"""Accounts and their contacts."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tallymark.demo.names import companies, person
from tallymark.demo.people import Rep
from tallymark.demo.world import World

COUNT = 420
_COUNTRIES = {
    "north-america": ("US", "US", "US", "CA"),
    "europe": ("GB", "DE", "NL", "FR", "SE"),
    "asia-pacific": ("SG", "AU", "JP", "NZ"),
}
_LANGUAGES = {"DE": "de", "NL": "nl", "FR": "fr", "SE": "sv", "JP": "ja"}
_EURO = ("DE", "NL", "FR")
#: segment: (share, size of an order against the average, employees from, to, band)
SEGMENTS = {
    "Small business": (0.46, 0.62, 8, 60, "1-60"),
    "Mid-market": (0.38, 1.05, 61, 600, "61-600"),
    "Enterprise": (0.16, 2.3, 601, 9000, "601+"),
}
SOURCES = {
    "Website": (("Organic search", "Paid search"), 0.27),
    "Referral": (("Word of mouth",), 0.19),
    "Trade show": (("Event",), 0.13),
    "Outbound": (("Phone", "Email"), 0.23),
    "Partner": (("Dealer", "Architect"), 0.18),
}
_TITLES = (
    ("Office manager", False),
    ("Head of facilities", True),
    ("Buyer", False),
    ("Finance director", True),
    ("Workplace lead", True),
)


@dataclass(kw_only=True)
class Account:
    """An account; `weight` is how much it buys, `since` its first win or order."""

    id: str
    name: str
    industry: str
    segment: str
    country: str
    region: str
    currency: str
    source: str
    channel: str
    rep: Rep
    created_on: date
    weight: float
    contacts: list[str]
    since: date | None = None
    last: date | None = None

    @property
    def size(self) -> float:
        """How large its orders are against the average."""
        return SEGMENTS[self.segment][1]

    def bought(self, day: date) -> None:
        """Note a win or an order."""
        self.since = day if self.since is None else min(self.since, day)
        self.last = day if self.last is None else max(self.last, day)


def make_customers(world: World, reps: list[Rep]) -> list[Account]:
    """The accounts in the order they came, without rows yet: those are written when it is known who bought."""
    dice, made, books = world.dice("accounts"), list[Account](), _Books(reps)
    span = (world.today - world.start).days
    for number, (name, industry) in enumerate(companies(dice, COUNT), 1):
        age = dice.randint(0, 700) + span if number <= COUNT * 0.42 else dice.randint(3, span)
        made.append(_account(world, dice, number, name, industry, books, world.today - timedelta(days=age)))
    return sorted(made, key=lambda account: (account.created_on, account.id))


def _account(
    world: World, dice: Random, number: int, name: str, industry: str, books: "_Books", day: date
) -> Account:
    segment = dice.choices(list(SEGMENTS), [part[0] for part in SEGMENTS.values()])[0]
    region = dice.choices(list(_COUNTRIES), [0.50, 0.29, 0.21])[0]
    country = dice.choice(_COUNTRIES[region])
    weight = dice.lognormvariate(0, 0.55)
    source = dice.choices(list(SOURCES), [share for _, share in SOURCES.values()])[0]
    return Account(
        id=f"acc-{number:04}",
        name=name,
        industry=industry,
        segment=segment,
        country=country,
        region=region,
        currency=world.foreign if country in _EURO and dice.random() < 0.35 else world.currency,
        source=source,
        channel=dice.choice(SOURCES[source][0]),
        rep=books.owner(region, segment, weight),
        created_on=day,
        weight=weight,
        contacts=[f"con-{number:04}-{n}" for n in range(1, dice.choice((1, 2, 2, 3)) + 1)],
    )


class _Books:
    """Shares accounts out: each goes to the rep of its region and segment whose book is the smallest."""

    def __init__(self, reps: list[Rep]) -> None:
        self._reps = {rep.id: rep for rep in reps}
        self._worth = dict.fromkeys(self._reps, 0.0)

    def owner(self, region: str, segment: str, weight: float) -> Rep:
        """The rep who gets the next account."""
        barred = {"Enterprise": "midmarket", "Small business": "enterprise"}.get(segment)
        able = [key for key, rep in self._reps.items() if rep.region == region and rep.team != barred]
        key = min(able, key=lambda one: self._worth[one])
        self._worth[key] += weight * SEGMENTS[segment][1]
        return self._reps[key]


def stand_in(dice: Random, reps: list[Rep], rep: Rep, day: date) -> Rep:
    """The rep, or where they do not work on that day a colleague who does."""
    if rep.works_on(day):
        return rep
    present = [other for other in reps if other.works_on(day)]
    team = [other for other in present if other.team == rep.team]
    return dice.choice(team or [other for other in present if other.region == rep.region] or present)


def write_customers(world: World, reps: list[Rep], accounts: list[Account]) -> None:
    """Fill accounts and contacts, once it is known who bought when."""
    dice = world.dice("contacts")
    for account in accounts:
        _, _, least, most, band = SEGMENTS[account.segment]
        employees = dice.randint(least, most)
        created = world.moment(dice, account.created_on)
        lapsed = account.last is not None and (world.today - account.last).days > 420
        world.add(
            "accounts",
            id=account.id,
            name=account.name,
            rep_id=stand_in(dice, reps, account.rep, world.yesterday).id,
            industry=account.industry,
            segment=account.segment,
            size_band=band,
            employees=employees,
            annual_revenue=world.largest(employees * dice.randint(90, 210) * 1000),
            country=account.country,
            region_id=account.region,
            source=account.source,
            channel=account.channel,
            customer_since=account.since,
            status="prospect" if account.since is None else "former" if lapsed else "customer",
            created_at=created,
        )
        for contact in account.contacts:
            title, decides = dice.choice(_TITLES)
            world.add(
                "contacts",
                id=contact,
                account_id=account.id,
                name=person(dice),
                title=title,
                country=account.country,
                language=_LANGUAGES.get(account.country, "en"),
                is_decision_maker=decides,
                created_at=created,
            )
