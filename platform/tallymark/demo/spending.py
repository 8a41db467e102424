"""Campaigns and costs."""

from datetime import date, timedelta
from random import Random

from tallymark.demo.people import Rep
from tallymark.demo.world import SEASON, World, month_after

_CAMPAIGNS = (
    ("Spring showroom", "Trade show", "Event", 3, 2, 24000),
    ("Back to the office", "Website", "Paid search", 8, 3, 18000),
    ("Year-end refit", "Website", "Paid search", 11, 1, 15000),
    ("Architects' circle", "Partner", "Architect", 5, 5, 9000),
    ("Cold start", "Outbound", "Email", 1, 2, 6000),
)
_SALARY, _COMMISSION = 5600, 0.03
_CARING = 0.55  # of a rep's time goes to those who have bought before
#: kind, purpose, function, dollars a month
_MONTHLY = (
    ("tool", "other", "sales", 3400),
    ("salary", "acquisition", "marketing", 14500),
    ("salary", "retention", "success", 11800),
    ("enablement", "enablement", "sales", 1600),
    ("training", "enablement", "sales", 700),
    ("tool", "retention", "success", 900),
    ("other", "other", "marketing", 450),
)
_EVENING = 3800  # dollars for the customers' evening in the second month of each quarter


def begun(campaign: str, day: date) -> bool:
    """Whether the campaign had begun by that day of its year."""
    return int(campaign.split("-")[2]) <= day.month


def write_campaigns(world: World) -> dict[str, list[str]]:
    """Fill campaigns and what they cost; returns "source year" → campaigns."""
    dice, found = world.dice("campaigns"), dict[str, list[str]]()
    for year in range(world.start.year, world.today.year + 1):
        for name, source, channel, month, months, dollars in _CAMPAIGNS:
            begin = date(year, month, 1)
            end = month_after(begin, months) - timedelta(days=1)
            if end < world.start or begin >= world.today:
                continue
            key = f"cmp-{year}-{month:02}-{source.split()[0].lower()}"
            found.setdefault(f"{source} {year}", []).append(key)
            budget = dollars * 1.06 ** (year - world.start.year)
            world.add(
                "campaigns",
                id=key,
                name=f"{name} {year}",
                channel=channel,
                source=source,
                started_on=begin,
                ended_on=end,
                budget=world.money(budget),
            )
            spent = {"source": source, "channel": channel, "campaign_id": key}
            kind = "event" if channel == "Event" else "advertising"
            share = min(1.0, (world.today - begin).days / max((end - begin).days, 1))
            _cost(
                world,
                kind,
                "acquisition",
                "marketing",
                budget * dice.uniform(0.85, 1.1) * share,
                begin,
                end,
                **spent,
            )
    return found


def write_costs(world: World, reps: list[Rep]) -> None:
    """Fill the running costs: salaries and commissions of reps, other people, tools, travel, advertising."""
    dice = world.dice("costs")
    for month in world.months():
        end = month_after(month) - timedelta(days=1)
        for kind, purpose, function, dollars in _MONTHLY:
            _cost(world, kind, purpose, function, dollars * dice.uniform(0.95, 1.08), month, end)
        for source, channel in (("Website", "Organic search"), ("Website", "Paid search")):
            spend = 2600 * SEASON[month.month - 1] * dice.uniform(0.8, 1.2)
            _cost(
                world,
                "advertising",
                "acquisition",
                "marketing",
                spend,
                month,
                end,
                source=source,
                channel=channel,
            )
        evening = month + timedelta(days=17)
        if month.month % 3 == 2 and evening < world.today:
            _cost(world, "event", "retention", "success", _EVENING * dice.uniform(0.9, 1.1), evening, None)
        for rep in reps:
            if rep.works_on(month) or rep.works_on(end):
                _rep_costs(world, dice, rep, month, end)


def _rep_costs(world: World, dice: Random, rep: Rep, month: date, end: date) -> None:
    who = {"rep_id": rep.id, "team_id": rep.team, "region_id": rep.region}
    salary = _SALARY * rep.skill**0.5
    for purpose, share in (("acquisition", 1 - _CARING), ("retention", _CARING)):
        _cost(world, "salary", purpose, "sales", salary * share, month, end, **who)
    sold = 52000 * rep.strength(end) * SEASON[month.month - 1]
    _cost(
        world,
        "commission",
        "acquisition",
        "sales",
        sold * _COMMISSION * dice.uniform(0.6, 1.4),
        min(end, world.yesterday),
        None,
        **who,
    )
    if dice.random() < 0.7:
        day = month + timedelta(days=dice.randint(2, 26))
        purpose = "retention" if dice.random() < 0.2 else "acquisition"
        _cost(
            world, "travel", purpose, "sales", dice.uniform(150, 1100), min(day, world.yesterday), None, **who
        )


def _cost(
    world: World,
    kind: str,
    purpose: str,
    function: str,
    dollars: float,
    begin: date,
    end: date | None,
    **where: str,
) -> None:
    """A cost spread over the days from begin to end, or without an end one of that day."""
    names = ("source", "channel", "campaign_id", "region_id", "team_id", "rep_id")
    number = world.rows.count("costs") + 1
    world.add(
        "costs",
        id=f"cst-{number:05}",
        kind=kind,
        purpose=purpose,
        function=function,
        amount=world.money(dollars),
        spent_on=None if end else begin,
        period_start=begin if end else None,
        period_end=end + timedelta(days=1) if end else None,
        **{name: where.get(name) for name in names},
    )
