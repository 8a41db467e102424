"""Leads, converted and not."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from tallymark.demo.customers import Account, stand_in
from tallymark.demo.deals import Deal
from tallymark.demo.names import person
from tallymark.demo.people import Rep
from tallymark.demo.world import World

_LOST = ("No budget", "Not a fit", "No answer", "Only looking", "Duplicate")
_ORIGINS = {"Website": "marketing", "Trade show": "marketing", "Referral": "referral", "Outbound": "rep", "Partner": "other"}
_FRAMEWORKS = ("budget", "authority", "need", "timing", "goal", "plan", "challenge", "time")
_BARREN = 1700  # leads that never became an opportunity


def write_leads(world: World, reps: list[Rep], accounts: list[Account], deals: list[Deal]) -> dict[str, str]:
    """Fill leads; returns opportunity → lead for those that were converted."""
    dice, number, of_deal = world.dice("leads"), 0, {}
    for deal in deals:
        if deal.kind in ("new", "other") and deal.created_on >= world.start and dice.random() < 0.75:
            number += 1
            of_deal[deal.id] = f"lead-{number:05}"
            _converted(world, dice, f"lead-{number:05}", deal)
    days = world.days()
    for day in sorted(dice.choices(days, [world.demand(day) for day in days], k=_BARREN)):
        number += 1
        account = dice.choice(accounts)
        _barren(world, dice, f"lead-{number:05}", account, stand_in(dice, reps, account.rep, day), day)
    return of_deal


def _converted(world: World, dice: Random, key: str, deal: Deal) -> None:
    created = deal.created - timedelta(days=dice.randint(1, 21), hours=dice.randint(0, 8))
    answered = min(created + timedelta(hours=dice.lognormvariate(1.6, 1.1)), deal.created)
    good = {name: dice.choices(("yes", "no", "unknown"), (72, 10, 18))[0] for name in _FRAMEWORKS}
    _lead(
        world,
        dice,
        key,
        deal.account,
        deal.first_rep,
        created,
        good,
        status="Converted",
        status_kind="converted",
        score=float(dice.randint(55, 99)),
        amount=deal.amount,
        currency=deal.currency,
        first_response_at=answered,
        qualified_at=answered + (deal.created - answered) / 2,
        converted_at=deal.created,
        opportunity_id=deal.id,
        lost_reason=None,
    )


def _barren(world: World, dice: Random, key: str, account: Account, rep: Rep, day: date) -> None:
    age = (world.today - day).days
    kinds = {"new": 30, "working": 50, "qualified": 20} if age < 21 else {"unqualified": 88, "working": 6, "qualified": 6}
    kind = dice.choices(list(kinds), list(kinds.values()))[0]
    created = world.moment(dice, day)
    now = world.moment(dice, world.yesterday)
    answered = min(created + timedelta(hours=dice.lognormvariate(2.2, 1.3)), now)
    weak = {name: dice.choices(("yes", "no", "unknown"), (25, 35, 40))[0] for name in _FRAMEWORKS}
    _lead(
        world,
        dice,
        key,
        account,
        rep,
        created,
        weak,
        status=kind.capitalize(),
        status_kind=kind,
        score=float(dice.randint(5, 70)),
        amount=None,
        currency=account.currency,
        first_response_at=None if kind == "new" or answered < created else answered,
        qualified_at=min(answered + timedelta(days=2), now) if kind == "qualified" else None,
        converted_at=None,
        opportunity_id=None,
        lost_reason=dice.choice(_LOST) if kind == "unqualified" else None,
    )


def _lead(
    world: World,
    dice: Random,
    key: str,
    account: Account,
    rep: Rep,
    created: datetime,
    answers: Mapping[str, str],
    **course: Any,
) -> None:
    world.add(
        "leads",
        id=key,
        name=person(dice),
        company=account.name,
        account_id=account.id,
        rep_id=rep.id,
        source=account.source,
        channel=account.channel,
        region_id=account.region,
        origin=_ORIGINS[account.source],
        icp_fit=dice.choice(("A", "A", "B", "B", "C")),
        created_at=created,
        **answers,
        **course,
    )
