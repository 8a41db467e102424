"""Leads, converted and not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from tallymark.demo.customers import Account, stand_in
from tallymark.demo.deals import Deal
from tallymark.demo.names import person
from tallymark.demo.odds import Odds
from tallymark.demo.people import Rep
from tallymark.demo.spending import begun
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
_NOTES = {
    "budget": "This year's budget is approved.",
    "authority": "Signs alone up to a limit.",
    "need": "The lease ends; everything has to move.",
    "timing": "Wants it standing before the quarter ends.",
    "goal": "Room for twenty more people.",
    "plan": "Floor by floor, starting with the ground floor.",
    "challenge": "The old supplier delivers late.",
    "time": "Decides within two months.",
}
_BARREN = 1700  # leads that never became an opportunity


@dataclass(frozen=True, kw_only=True)
class Lead:
    """A lead that was written, for what refers to it; `deal` is the opportunity it became."""

    id: str
    account: Account
    rep: Rep
    created: datetime
    deal: str | None
    campaign: str | None


class _Origins:
    """Where leads came from: a campaign of their source, or for the referred ones a customer."""

    def __init__(
        self, world: World, accounts: Sequence[Account], campaigns: Mapping[str, Sequence[str]]
    ) -> None:
        self.dice = world.dice("origins of leads")
        self._customers = [account for account in accounts if account.since]
        self._campaigns = campaigns

    def campaign(self, account: Account, day: date) -> str | None:
        """The campaign that brought a lead on that day, for about half of those that one could have brought."""
        running = [one for one in self._campaigns.get(f"{account.source} {day:%Y}", ()) if begun(one, day)]
        return self.dice.choice(running) if running and self.dice.random() < 0.5 else None

    def referrer(self, account: Account, day: date) -> str | None:
        """Another account that was a customer on that day."""
        if account.source != "Referral" or self.dice.random() < 0.1:
            return None
        for other in self.dice.choices(self._customers, k=8):
            if other is not account and other.since and other.since < day:
                return other.id
        return None

    def notes(self, answers: Mapping[str, str]) -> dict[str, str | None]:
        """What was written down beside some of the answers."""
        asked = {name: answers[name] == "yes" and self.dice.random() < 0.3 for name in _FRAMEWORKS}
        return {f"{name}_note": _NOTES[name] if noted else None for name, noted in asked.items()}


def write_leads(
    world: World,
    reps: list[Rep],
    accounts: list[Account],
    deals: list[Deal],
    campaigns: Mapping[str, Sequence[str]],
) -> list[Lead]:
    """Fill leads, first those that were converted."""
    dice, made, origins = world.dice("leads"), list[Lead](), _Origins(world, accounts, campaigns)
    for deal in deals:
        if deal.kind in ("new", "other") and deal.created_on >= world.start and dice.random() < 0.75:
            made.append(_converted(world, dice, origins, f"lead-{len(made) + 1:05}", deal))
    days = world.days()
    for day in sorted(dice.choices(days, [world.demand(day) for day in days], k=_BARREN)):
        account = dice.choice(accounts)
        rep = stand_in(dice, reps, account.rep, day)
        key = f"lead-{len(made) + 1:05}"
        made.append(_barren(world, dice, origins, key, account, rep, day))
    return made


def _converted(world: World, dice: Random, origins: _Origins, key: str, deal: Deal) -> Lead:
    created = deal.created - timedelta(days=dice.randint(1, 21), hours=dice.randint(0, 8))
    answered = min(created + timedelta(hours=dice.lognormvariate(1.6, 1.1)), deal.created)
    good = {name: _GOOD.draw(dice) for name in _FRAMEWORKS}
    return _lead(
        world,
        dice,
        origins,
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


def _barren(
    world: World, dice: Random, origins: _Origins, key: str, account: Account, rep: Rep, day: date
) -> Lead:
    age = (world.today - day).days
    kind = (_YOUNG if age < 21 else _OLD).draw(dice)
    created = world.moment(dice, day)
    now = world.moment(dice, world.yesterday)
    answered = min(created + timedelta(hours=dice.lognormvariate(2.2, 1.3)), now)
    weak = {name: _WEAK.draw(dice) for name in _FRAMEWORKS}
    return _lead(
        world,
        dice,
        origins,
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
    origins: _Origins,
    key: str,
    account: Account,
    rep: Rep,
    created: datetime,
    answers: Mapping[str, str],
    **course: Any,
) -> Lead:
    campaign = origins.campaign(account, created.date())
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
        campaign_id=campaign,
        origin=_ORIGINS[account.source],
        referrer_account_id=origins.referrer(account, created.date()),
        icp_fit=dice.choice(("A", "A", "B", "B", "C")),
        created_at=created,
        **answers,
        **origins.notes(answers),
        **course,
    )
    return Lead(
        id=key, account=account, rep=rep, created=created, deal=course["opportunity_id"], campaign=campaign
    )
