"""Calls, mails, meetings and demos around the deals, and the calls on leads."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from tallymark.demo.customers import Account
from tallymark.demo.deals import Deal
from tallymark.demo.leads import Lead
from tallymark.demo.odds import Odds
from tallymark.demo.people import Rep
from tallymark.demo.world import World

#: kind: (share, subject, typical minutes, planned ahead)
_KINDS: dict[str, tuple[int, str, int, bool]] = {
    "call": (34, "Call", 7, False),
    "email": (33, "E-mail", 0, False),
    "meeting": (12, "Meeting", 50, True),
    "demo": (6, "Showroom demo", 70, True),
    "visit": (4, "Site visit", 110, True),
    "task": (6, "Prepare the offer", 25, True),
    "note": (3, "Note", 0, False),
    "message": (2, "Chat", 4, False),
}
_DRAWN = Odds({kind: part[0] for kind, part in _KINDS.items()})
_STEPS = Odds({1: 10, 2: 18, 3: 24, 4: 22, 5: 14, 6: 8, 8: 4})  # of one deal
_HELD = Odds({"done": 93, "cancelled": 4, "no_show": 3})
_ON_LEADS = 3200


def write_activities(world: World, deals: list[Deal], leads: list[Lead]) -> None:
    """Fill activities."""
    dice, number = world.dice("activities"), 0
    for deal in deals:
        last = deal.closed or world.moment(dice, world.yesterday, 17, 17.9)
        span = (last - deal.created).total_seconds()
        steps = _STEPS.draw(dice)
        for _ in range(steps if span > 0 else 1):
            number += 1
            about = {"opportunity_id": deal.id, "lead_id": None}
            at = _office_hours(world, dice, deal.created, span)
            _activity(world, dice, number, deal.rep, deal.account, at, about)
    for lead in dice.choices(leads, k=_ON_LEADS):
        number += 1
        moment = min(
            lead.created + timedelta(hours=dice.lognormvariate(3, 1)), world.moment(dice, world.yesterday)
        )
        _activity(
            world, dice, number, lead.rep, lead.account, moment, {"opportunity_id": None, "lead_id": lead.id}
        )


def _office_hours(world: World, dice: Random, begin: datetime, seconds: float) -> datetime:
    """Some time in the span, moved into a working day's hours without leaving the span's days."""
    local = (begin + timedelta(seconds=max(seconds, 0) * dice.random())).astimezone(world.zone)
    day = local.date()
    if day.weekday() >= 5 and (day - begin.date()).days > 2:
        day -= timedelta(days=day.weekday() - 4)
    return world.moment(dice, day)


def _activity(
    world: World,
    dice: Random,
    number: int,
    rep: Rep | None,
    account: Account,
    at: datetime,
    about: Mapping[str, str | None],
) -> None:
    kind = _DRAWN.draw(dice)
    _, subject, minutes, ahead = _KINDS[kind]
    status = _HELD.draw(dice) if ahead else "done"
    connected = dice.random() < 0.58 if kind == "call" else None
    held = status == "done"
    replied = kind == "email" and dice.random() < 0.36
    booked = at - timedelta(days=dice.randint(1, 12)) if ahead else at
    world.add(
        "activities",
        id=f"act-{number:05}",
        kind=kind,
        subject=subject,
        channel={"call": "Phone", "email": "Email", "message": "Chat"}.get(kind, "In person"),
        direction="in" if dice.random() < 0.22 else "out",
        status=status,
        booked_at=booked if ahead else None,
        due_at=at if ahead else None,
        occurred_at=at if held else None,
        duration_s=round(60 * minutes * dice.uniform(0.3, 1.8))
        if held and minutes and connected is not False
        else None,
        outcome=None if connected is None else "Reached" if connected else "No answer",
        is_connected=connected,
        replied_at=at + timedelta(hours=dice.lognormvariate(1.5, 1)) if replied else None,
        created_at=booked,
        rep_id=rep.id if rep else None,
        account_id=account.id,
        contact_id=dice.choice(account.contacts),
        **about,
    )
