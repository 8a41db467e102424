"""Plans that bring no money, or none yet: free ones and trials."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tallymark.demo.customers import Account, stand_in
from tallymark.demo.people import Rep
from tallymark.demo.products import Product
from tallymark.demo.recurring import Subscription, begin, live
from tallymark.demo.world import World, working_day

_FREE, _TRIALS = 45, 60
_FREE_PLAN = "Care Free"
_DAYS = 30  # of a trial
_CONVERTED = 0.45  # of the trials that have ended
_LEFT = 0.2  # of the free plans were given up


def make_unpaid(
    world: World,
    reps: Sequence[Rep],
    accounts: Iterable[Account],
    products: Iterable[Product],
    paid: Iterable[Subscription],
) -> list[Subscription]:
    """Free plans and trials of customers without a paid plan, and what some of the trials became."""
    dice, taken = world.dice("trials"), {subscription.account.id for subscription in paid}
    plans = [product for product in products if product.recurring]
    able = [each for each in accounts if each.since and each.id not in taken and _first_day(world, each)]
    chosen = dice.sample(able, min(_FREE + _TRIALS, len(able)))
    share = len(chosen) * _FREE // (_FREE + _TRIALS)
    made = []
    for number, account in enumerate(chosen, 1):
        first = _first_day(world, account) or world.yesterday
        # The last trials began lately, so that some still run.
        recent = number > share and number % 4 == 0
        earliest = max(first, world.today - timedelta(days=_DAYS - 2)) if recent else first
        day = working_day(earliest + timedelta(days=dice.randint(0, (world.yesterday - earliest).days)))
        rep, key = stand_in(dice, list(reps), account.rep, day), f"fre-{number:04}"
        if number <= share:
            made.append(_free(world, dice, key, account, rep, plans[0], day))
        else:
            made += _trial(world, dice, key, account, rep, dice.choice(plans), day)
    return made


def _first_day(world: World, account: Account) -> date | None:
    """The first day on which a customer may begin something, if there is one."""
    if account.since is None:
        return None
    day = max(account.since, world.start) + timedelta(days=5)
    return day if day < world.yesterday else None


def _subscription(
    world: World, dice: Random, key: str, account: Account, rep: Rep, product: Product, day: date
) -> Subscription:
    return Subscription(
        id=key,
        account=account,
        rep=rep,
        product=product,
        plan=product.name,
        quantity=dice.randint(2, 25),
        mrr=Decimal(0),
        started=world.moment(dice, day),
        started_on=day,
    )


def _free(
    world: World, dice: Random, key: str, account: Account, rep: Rep, product: Product, day: date
) -> Subscription:
    free = _subscription(world, dice, key, account, rep, product, day)
    free.plan = _FREE_PLAN
    end = working_day(day + timedelta(days=dice.randint(40, 500)))
    if dice.random() < _LEFT and end < world.today:
        free.status, free.reason = "cancelled", "Rarely used"
        free.ended_on, free.ended = end, world.moment(dice, end)
    return free


def _trial(
    world: World, dice: Random, key: str, account: Account, rep: Rep, product: Product, day: date
) -> list[Subscription]:
    trial = _subscription(world, dice, key, account, rep, product, day)
    end = day + timedelta(days=_DAYS)
    if end >= world.today:
        trial.status = "trial"
        return [trial]
    trial.status, trial.ended_on, trial.ended = "expired", end, trial.started + timedelta(days=_DAYS)
    if dice.random() > _CONVERTED:
        return [trial]
    bought = _subscription(world, dice, f"{key}-p", account, rep, product, end)
    bought.quantity, bought.started = trial.quantity, trial.ended
    bought.mrr = world.money(product.price * trial.quantity / 12, account.currency)
    begin(world, dice, bought, "new")
    live(world, dice, bought)
    return [trial, bought]
