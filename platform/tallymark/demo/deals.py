"""The course of every opportunity: who, what, when and how it ended."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from tallymark.demo.baskets import Basket, fill_basket, shelf
from tallymark.demo.customers import Account, stand_in
from tallymark.demo.odds import Odds
from tallymark.demo.people import Rep
from tallymark.demo.products import Product
from tallymark.demo.world import SEASON, WARM_UP, World, working_day

COUNT = 5000
OPEN = ("qualification", "discovery", "proposal", "negotiation", "agreement")
_REASONS = Odds(
    {
        "Price": 31,
        "Chose a competitor": 24,
        "No decision": 22,
        "Budget cut": 11,
        "Delivery time": 8,
        "Missing feature": 4,
    }
)
_KINDS = Odds({"upsell": 34, "cross_sell": 30, "renewal": 14, "new": 17, "other": 5})  # of customers
_STEPS = Odds({1: 22, 2: 28, 3: 30, 4: 15, 5: 5})  # stages seen by a deal that is not won
COMPETITORS = ("Northfield Office", "Bureau Direct", "Kontor Plus")
_WIN_RATE = 0.25
_BY_SOURCE = {"Website": 0.92, "Referral": 1.32, "Trade show": 0.88, "Outbound": 0.74, "Partner": 1.10}
_BY_KIND = {"new": 0.88, "upsell": 1.12, "cross_sell": 1.05, "renewal": 1.75, "other": 0.9}


@dataclass(kw_only=True)
class Deal:
    """An opportunity. `stages` are the steps it went through, each with the moment it was entered."""

    id: str
    account: Account
    rep: Rep | None
    first_rep: Rep
    kind: str
    created: datetime
    created_on: date
    ends_on: date
    outcome: str
    currency: str
    basket: Basket
    amount: Decimal | None
    stages: list[tuple[str, datetime]] = field(default_factory=list)
    closed: datetime | None = None
    reason: str | None = None
    competitor: str | None = None

    @property
    def status(self) -> str:
        """open, won, lost or cancelled."""
        return self.outcome if self.closed else "open"

    @property
    def stage(self) -> str:
        """Where it stands, or how it ended."""
        return self.stages[-1][0]


def make_deals(world: World, reps: list[Rep], products: list[Product], accounts: list[Account]) -> list[Deal]:
    """The deals opened from a little before the start to yesterday, without those closed before the start."""
    dice = world.dice("deals")
    days = world.days(world.start - timedelta(days=WARM_UP))
    weights = [world.demand(day) for day in days]
    inside = sum(weights[WARM_UP:])
    count = round(COUNT * sum(weights) / inside)
    picker, range_, made = _Picker(accounts), shelf(products), list[Deal]()
    for day in sorted(dice.choices(days, weights, k=count)):
        account = picker.pick(dice, day)
        deal = _deal(world, dice, reps, range_, account, day, f"opp-{len(made) + 1:05}")
        if deal.ends_on >= world.start:
            made.append(deal)
        if deal.ends_on < world.today and deal.outcome == "won":
            account.bought(deal.ends_on)
    return made


class _Picker:
    """Chooses who has a new need: an account that just came first, then by how much each buys."""

    def __init__(self, accounts: list[Account]) -> None:
        self._coming = list(accounts)
        self._known: list[Account] = []
        self._totals: list[float] = []

    def pick(self, dice: Random, day: date) -> Account:
        """The account of a deal opened that day."""
        came = self._coming and self._coming[0].created_on <= day
        while self._coming and self._coming[0].created_on <= day:
            account = self._coming.pop(0)
            self._known.append(account)
            self._totals.append((self._totals[-1] if self._totals else 0.0) + account.weight)
        if came:
            return self._known[-1]
        return dice.choices(self._known, cum_weights=self._totals)[0]


def _deal(
    world: World,
    dice: Random,
    reps: list[Rep],
    products: Odds[Product],
    account: Account,
    day: date,
    key: str,
) -> Deal:
    kind = "new" if account.since is None else _KINDS.draw(dice)
    first = stand_in(dice, reps, account.rep, day)
    basket = fill_basket(
        world, dice, products, size=account.size, discount=first.discount, day=day, currency=account.currency
    )
    outcome = _outcome(world, dice, first, account, kind, day)
    ends_on = _end(dice, day, outcome, basket.dollars)
    rep = stand_in(dice, reps, first, min(ends_on, world.yesterday))
    deal = Deal(
        id=key,
        account=account,
        rep=rep,
        first_rep=first,
        kind=kind,
        created=world.moment(dice, day),
        created_on=day,
        ends_on=ends_on,
        outcome=outcome,
        currency=account.currency,
        basket=basket,
        amount=basket.amount,
    )
    _walk(world, dice, deal)
    return deal


def _outcome(world: World, dice: Random, rep: Rep, account: Account, kind: str, day: date) -> str:
    chance = _WIN_RATE * rep.strength(day) * _BY_SOURCE[account.source] * _BY_KIND[kind]
    age = (world.today - day).days
    if account.region == "asia-pacific" and age < 200:
        chance *= 0.84  # the story of the last half year: a new rival there, while Europe gains
    elif account.region == "europe" and age < 300:
        chance *= 1.15
    chance *= 0.94 + 0.06 * SEASON[day.month - 1]
    luck = dice.random()
    return "won" if luck < chance else "cancelled" if luck > 0.972 else "lost"


def _end(dice: Random, day: date, outcome: str, dollars: float) -> date:
    typical = {"won": 31.0, "lost": 40.0, "cancelled": 22.0}[outcome]
    spread = 1.35 if outcome == "lost" and dice.random() < 0.12 else 0.58
    length = typical * max(dollars / 9000, 0.1) ** 0.16 * dice.lognormvariate(0, spread)
    end = day + timedelta(days=round(min(max(length, 3), 300)))
    into_quarter = (end - date(end.year, (end.month - 1) // 3 * 3 + 1, 1)).days
    if outcome == "won" and into_quarter < 9 and dice.random() < 0.25:
        end -= timedelta(days=into_quarter + dice.randint(1, 4))  # pulled in to make the quarter
    return max(working_day(end), day + timedelta(days=1))


def _walk(world: World, dice: Random, deal: Deal) -> None:
    """Lay the stages between opening and end, as far as they have been reached by yesterday."""
    steps = len(OPEN) if deal.outcome == "won" else _STEPS.draw(dice)
    length = (deal.ends_on - deal.created_on).days
    cuts = sorted(dice.random() ** 0.85 for _ in range(steps - 1))
    deal.stages.append((OPEN[0], deal.created))
    for stage, cut in zip(OPEN[1:], cuts, strict=False):
        day = deal.created_on + timedelta(days=int(length * cut))
        if day < world.today:
            deal.stages.append(
                (stage, max(world.moment(dice, day), deal.stages[-1][1] + timedelta(minutes=7)))
            )
    if deal.ends_on >= world.today:
        return
    deal.closed = max(world.moment(dice, deal.ends_on), deal.stages[-1][1] + timedelta(minutes=9))
    deal.stages.append((deal.outcome, deal.closed))
    if deal.outcome == "lost":
        deal.reason = _REASONS.draw(dice)
        if deal.reason in ("Price", "Chose a competitor"):
            deal.competitor = dice.choice(COMPETITORS)
