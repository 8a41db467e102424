"""Leads, converted and not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from tallymark.demo.customers import Account, stand_in
from tallymark.demo.deals import Deal
from tallymark.demo.names import person
from tallymark.demo.odds import Odds
from tallymark.demo.people import Rep
from tallymark.demo.world import World

_LOST = ("No budget", "Not a fit", "No answer", "Only looking", "Duplicate")
_ORIGINS = {
    "Website": "marketing",
    "Trade show": "marketing",
    "Referral": "referral",
    "Outbound": "rep",
    "Partner": "other",
}
_GOOD = Odds({"yes": 72, "no": 10, "unknown": 18})
_WEAK = Odds({"yes": 25, "no": 35, "unknown": 40})
_YOUNG = Odds({"new": 30, "working": 50, "qualified": 20})
_OLD = Odds({"unqualified": 88, "working": 6, "qualified": 6})
_FRAMEWORKS = ("budget", "authority", "need", "timing", "goal", "plan", "challenge", "time")
_BARREN = 1700  # leads that never became an opportunity


@dataclass(frozen=True, kw_only=True)
class Lead:
    """A lead that was written, for what refers to it; `deal` is the opportunity it became."""

    id: str
    account: Account
    rep: Rep
    created: datetime
    deal: str | None


def write_leads(world: World, reps: list[Rep], accounts: list[Account], deals: list[Deal]) -> list[Lead]:
    """Fill leads, first those that were converted."""
    dice, made = world.dice("leads"), list[Lead]()
    for deal in deals:
        if deal.kind in ("new", "other") and deal.created_on >= world.start and dice.random() < 0.75:
            made.append(_converted(world, dice, f"lead-{len(made) + 1:05}", deal))
    days = world.days()
    for day in sorted(dice.choices(days, [world.demand(day) for day in days], k=_BARREN)):
        account = dice.choice(accounts)
        rep = stand_in(dice, reps, account.rep, day)
        made.append(_barren(world, dice, f"lead-{len(made) + 1:05}", account, rep, day))
    return made


def _converted(world: World, dice: Random, key: str, deal: Deal) -> Lead:
    created = deal.created - timedelta(days=dice.randint(1, 21), hours=dice.randint(0, 8))
    answered = min(created + timedelta(hours=dice.lognormvariate(1.6, 1.1)), deal.created)
    good = {name: _GOOD.draw(dice) for name in _FRAMEWORKS}
    return _lead(
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


def _barren(world: World, dice: Random, key: str, account: Account, rep: Rep, day: date) -> Lead:
    age = (world.today - day).days
    kind = (_YOUNG if age < 21 else _OLD).draw(dice)
    created = world.moment(dice, day)
    now = world.moment(dice, world.yesterday)
    answered = min(created + timedelta(hours=dice.lognormvariate(2.2, 1.3)), now)
    weak = {name: _WEAK.draw(dice) for name in _FRAMEWORKS}
    return _lead(
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
) -> Lead:
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
    return Lead(id=key, account=account, rep=rep, created=created, deal=course["opportunity_id"])
