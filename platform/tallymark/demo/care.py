"""Looking after those who have bought: care that is planned ahead, and mostly done by its day."""

from collections.abc import Sequence
from datetime import timedelta

from tallymark.demo.activities import add_activity
from tallymark.demo.customers import Account, stand_in
from tallymark.demo.odds import Odds
from tallymark.demo.people import Rep
from tallymark.demo.world import World, working_day

_AHEAD = 30  # days beyond today that are planned already
_KINDS = Odds({("call", "Phone"): 60, ("visit", "In person"): 25, ("meeting", "Video"): 15})
#: What becomes of a plan: days from its due day to the deed, or None where it is not done.
_COURSE = Odds({0: 48, -1: 14, -2: 8, -4: 6, 1: 4, 3: 4, 7: 3, None: 8})
_NOT_DONE = Odds({"planned": 5, "cancelled": 2, "no_show": 1})


def write_care(world: World, reps: Sequence[Rep], accounts: Sequence[Account]) -> None:
    """Fill activities with the care of customers, planned three or four times a year, some of it still to come."""
    dice, last = world.dice("care"), world.today + timedelta(days=_AHEAD)
    for account in accounts:
        if account.since is None:
            continue
        day = max(account.since, world.start) + timedelta(days=dice.randint(25, 100))
        while day < last and (account.last is None or (day - account.last).days < 400):
            due = working_day(day)
            moment = world.moment(dice, due)
            kind, channel = _KINDS.draw(dice)
            late = _COURSE.draw(dice)
            done = None if late is None else moment + timedelta(days=late)
            if done is not None and done >= world.midnight:
                done = None
            booked = world.moment(dice, min(due - timedelta(days=dice.randint(14, 35)), world.yesterday))
            status = "done" if done else "planned" if due >= world.yesterday else _NOT_DONE.draw(dice)
            add_activity(
                world,
                kind,
                "Customer care",
                stand_in(dice, list(reps), account.rep, min(due, world.yesterday)),
                account,
                dice.choice(account.contacts),
                booked,
                channel=channel,
                direction="out",
                status=status,
                booked_at=booked,
                due_at=moment,
                occurred_at=done,
                duration_s=60 * dice.randint(6, 45) if done else None,
                is_connected=True if done and kind == "call" else None,
            )
            day += timedelta(days=dice.randint(80, 125))
