"""Calls, mails, meetings and demos around the deals, and the calls on leads."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from tallymark.demo.customers import Account
from tallymark.demo.deals import Deal
from tallymark.demo.leads import Lead
from tallymark.demo.odds import Odds
from tallymark.demo.people import Rep
from tallymark.demo.world import World, working_day

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


_FACTS = (
    "channel",
    "direction",
    "status",
    "booked_at",
    "due_at",
    "occurred_at",
    "duration_s",
    "outcome",
    "is_connected",
    "replied_at",
    "opportunity_id",
    "lead_id",
    "campaign_id",
)
_BOOKED = 0.35  # of the open deals have a meeting or demo to come


def add_activity(
    world: World,
    kind: str,
    subject: str,
    rep: Rep | None,
    account: Account,
    contact: str,
    created: datetime,
    **facts: Any,
) -> None:
    """Add one activity; `facts` are its other columns."""
    world.add(
        "activities",
        id=f"act-{world.rows.count('activities') + 1:05}",
        kind=kind,
        subject=subject,
        created_at=created,
        rep_id=rep.id if rep else None,
        account_id=account.id,
        contact_id=contact,
        **{name: facts.get(name) for name in _FACTS},
    )


def write_activities(world: World, deals: list[Deal], leads: list[Lead]) -> None:
    """Fill activities."""
    dice = world.dice("activities")
    for deal in deals:
        last = deal.closed or world.moment(dice, world.yesterday, 17, 17.9)
        span = (last - deal.created).total_seconds()
        steps = _STEPS.draw(dice)
        for _ in range(steps if span > 0 else 1):
            at = _office_hours(world, dice, deal.created, span)
            _activity(world, dice, deal.rep, deal.account, at, opportunity_id=deal.id)
    for lead in dice.choices(leads, k=_ON_LEADS):
        moment = min(
            lead.created + timedelta(hours=dice.lognormvariate(3, 1)), world.moment(dice, world.yesterday)
        )
        _activity(world, dice, lead.rep, lead.account, moment, lead_id=lead.id, campaign_id=lead.campaign)
    _write_appointments(world, deals)


def _write_appointments(world: World, deals: list[Deal]) -> None:
    """Meetings and demos that have been agreed and are still to come."""
    dice = world.dice("appointments")
    for deal in deals:
        if deal.status != "open" or dice.random() > _BOOKED:
            continue
        kind = dice.choice(("meeting", "meeting", "demo"))
        booked = max(
            deal.created,
            world.moment(dice, world.yesterday - timedelta(days=dice.choice((0, 0, 1, 2, 4, 8)))),
        )
        due = world.moment(dice, working_day(world.today + timedelta(days=dice.randint(3, 40))))
        add_activity(
            world,
            kind,
            _KINDS[kind][1],
            deal.rep,
            deal.account,
            dice.choice(deal.account.contacts),
            booked,
            channel="In person",
            direction="out",
            status="planned",
            booked_at=booked,
            due_at=due,
            opportunity_id=deal.id,
        )


def _office_hours(world: World, dice: Random, begin: datetime, seconds: float) -> datetime:
    """Some time in the span, moved into a working day's hours without leaving the span's days."""
    local = (begin + timedelta(seconds=max(seconds, 0) * dice.random())).astimezone(world.zone)
    day = local.date()
    if day.weekday() >= 5 and (day - begin.date()).days > 2:
        day -= timedelta(days=day.weekday() - 4)
    return world.moment(dice, day)


def _activity(
    world: World, dice: Random, rep: Rep | None, account: Account, at: datetime, **about: str | None
) -> None:
    kind = _DRAWN.draw(dice)
    _, subject, minutes, ahead = _KINDS[kind]
    status = _HELD.draw(dice) if ahead else "done"
    connected = dice.random() < 0.58 if kind == "call" else None
    held = status == "done"
    replied = kind == "email" and dice.random() < 0.36
    booked = at - timedelta(days=dice.randint(1, 12)) if ahead else at
    direction = "in" if dice.random() < 0.22 else "out"
    duration = (
        round(60 * minutes * dice.uniform(0.3, 1.8)) if held and minutes and connected is not False else None
    )
    answered = at + timedelta(hours=dice.lognormvariate(1.5, 1)) if replied else None
    add_activity(
        world,
        kind,
        subject,
        rep,
        account,
        dice.choice(account.contacts),
        booked,
        channel={"call": "Phone", "email": "Email", "message": "Chat"}.get(kind, "In person"),
        direction=direction,
        status=status,
        booked_at=booked if ahead else None,
        due_at=at if ahead else None,
        occurred_at=at if held else None,
        duration_s=duration,
        outcome=None if connected is None else "Reached" if connected else "No answer",
        is_connected=connected,
        replied_at=answered if answered and answered < world.midnight else None,
        **about,
    )
