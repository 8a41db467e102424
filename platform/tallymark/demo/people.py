"""Regions, teams and reps: who sells where, since when, and how well."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tallymark.demo.world import World, month_after

_REGIONS = (
    ("north-america", "North America", "US"),
    ("europe", "Europe", None),
    ("asia-pacific", "Asia Pacific", None),
)
_TEAMS = (
    ("enterprise", "Enterprise", "north-america"),
    ("midmarket", "Mid-market", "north-america"),
    ("europe", "Europe", "europe"),
    ("apac", "Asia Pacific", "asia-pacific"),
)
_ZONES = {
    "north-america": "America/New_York",
    "europe": "Europe/Amsterdam",
    "asia-pacific": "Asia/Singapore",
}
#: name, team, skill (1 = average), discount habit, months from the start to hiring and leaving.
_REPS = (
    ("Imani Okafor", "enterprise", 1.22, 0.05, -40, None),
    ("Daniel Whitlock", "enterprise", 1.04, 0.08, -26, None),
    ("Sofia Castell", "enterprise", 0.94, 0.06, -8, None),
    ("Marcus Fairley", "midmarket", 1.10, 0.07, -31, None),
    ("Priya Sandoval", "midmarket", 1.16, 0.04, -12, None),
    ("Owen Gallagher", "midmarket", 0.82, 0.11, -20, 19),
    ("Tara Lindqvist", "midmarket", 0.98, 0.06, 18, None),
    ("Lukas Kessler", "europe", 1.12, 0.05, -35, None),
    ("Chiara Delacroix", "europe", 1.18, 0.05, -5, None),
    ("Nils Ekberg", "europe", 0.92, 0.07, 11, None),
    ("Hana Nakata", "apac", 1.08, 0.06, -28, None),
    ("Wei Prescott", "apac", 0.86, 0.10, -15, 30),
    ("Ravi Barlow", "apac", 0.95, 0.08, 7, None),
    ("Mei Ashdown", "apac", 1.04, 0.07, 29, None),
)
_MANAGERS = ("Grace Hargrove", "Tomas Iversen")
_COURSES = (
    ("Negotiation", "Negotiating without discounts"),
    ("Discovery", "Asking better questions"),
    ("Product", "The new lighting range"),
    ("Forecasting", "Forecasting that holds"),
    ("Social selling", "Finding buyers online"),
)


@dataclass(frozen=True, kw_only=True)
class Rep:
    """A rep; `left_on` is the first day after the last one worked."""

    id: str
    name: str
    team: str
    region: str
    skill: float
    discount: float
    hired_on: date
    left_on: date | None

    def works_on(self, day: date) -> bool:
        """Whether employed on that day."""
        return self.hired_on <= day and (self.left_on is None or day < self.left_on)

    def strength(self, day: date) -> float:
        """Skill on that day: a new rep needs half a year to reach it."""
        months = (day - self.hired_on).days / 30.4
        return self.skill * min(1.0, 0.6 + 0.4 * months / 6)


def make_people(world: World) -> list[Rep]:
    """Fill regions, teams, reps and rep_assignments; returns everybody who ever sold."""
    for region, name, country in _REGIONS:
        world.add("regions", id=region, name=name, country=country)
    region_of = {team: region for team, _, region in _TEAMS}
    reps = [
        Rep(
            id=f"rep-{number:02}",
            name=name,
            team=team,
            region=region_of[team],
            skill=skill,
            discount=discount,
            hired_on=month_after(world.start, hired),
            left_on=None if left is None else month_after(world.start, left),
        )
        for number, (name, team, skill, discount, hired, left) in enumerate(_REPS, 1)
    ]
    for team, name, region in _TEAMS:
        manager = "mgr-1" if region == "north-america" else "mgr-2"
        world.add("teams", id=team, name=name, manager_id=manager, department="Sales")
    for rep in reps:
        _add_rep(world, rep)
    _add_assignments(world, reps)
    return reps


def _add_rep(world: World, rep: Rep) -> None:
    world.add(
        "reps",
        id=rep.id,
        name=rep.name,
        role="Account executive",
        department="Sales",
        manager_id=_manager(rep),
        team_id=rep.team,
        region_id=rep.region,
        hired_on=rep.hired_on,
        left_on=rep.left_on,
        is_active=rep.left_on is None or rep.left_on > world.today,
        weekly_hours=40.0,
        timezone=_ZONES[rep.region],
        created_at=world.moment(world.dice(rep.id), rep.hired_on),
    )


def _add_assignments(world: World, reps: list[Rep]) -> None:
    for rep in reps:
        # One moved from the mid-market team to the enterprise team after a year.
        moved = month_after(world.start, 12) if rep.name == "Sofia Castell" else None
        spans = [(rep.team, moved or rep.hired_on, rep.left_on)]
        if moved:
            spans.insert(0, ("midmarket", rep.hired_on, moved))
        for number, (team, begin, end) in enumerate(spans, 1):
            world.add(
                "rep_assignments",
                id=f"{rep.id}-{number}",
                rep_id=rep.id,
                team_id=team,
                region_id=rep.region,
                manager_id=_manager(rep),
                valid_from=begin,
                valid_to=end,
            )


def _manager(rep: Rep) -> str:
    return "mgr-1" if rep.region == "north-america" else "mgr-2"


def make_trainings(world: World, reps: list[Rep]) -> None:
    """Fill trainings: a course or two for each rep and year."""
    dice, number = world.dice("trainings"), 0
    for rep in reps:
        day = max(world.start, rep.hired_on) + timedelta(days=dice.randint(10, 90))
        while day < (rep.left_on or world.today) and day < world.today:
            number += 1
            _add_training(world, dice, f"trn-{number:03}", rep, day)
            day += timedelta(days=dice.randint(110, 220))


def _add_training(world: World, dice: Random, key: str, rep: Rep, day: date) -> None:
    skill, course = dice.choice(_COURSES)
    done = day + timedelta(days=dice.randint(7, 45))
    finished = done < world.today
    status = ("passed" if dice.random() < 0.88 else "failed") if finished else "started"
    world.add(
        "trainings",
        id=key,
        rep_id=rep.id,
        skill=skill,
        course=course,
        kind=dice.choice(("new", "strengthened")),
        status=status,
        assigned_at=world.moment(dice, day),
        completed_at=world.moment(dice, done) if finished else None,
        hours=float(dice.choice((4, 8, 12, 16))),
        score=float(dice.randint(72, 99) if status == "passed" else dice.randint(40, 65))
        if finished
        else None,
        cost=world.money(dice.choice((180, 320, 450, 600))),
        created_at=world.moment(dice, day),
    )
