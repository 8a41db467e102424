"""What the sample company set out to reach, drawn from what it did: a plan a little above the trend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import fmean
from typing import Self

from tallymark.demo.deals import Deal
from tallymark.demo.orders import Order
from tallymark.demo.people import Rep
from tallymark.demo.world import World

_AMBITION = 1.03
_STEP = 1000  # dollars: plans are round
Span = tuple[date, date]


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A metric's target from `start` to before `end`; `dimension` and `member` are empty for the company."""

    metric: str
    start: date
    end: date
    value: Decimal
    dimension: str = ""
    member: str = ""


@dataclass(frozen=True, kw_only=True)
class Course:
    """Money by day as planned: `level` dollars for each unit of demand at the start, times `pace` a year."""

    world: World
    level: float
    pace: float

    @classmethod
    def of(cls, world: World, sales: Sequence[tuple[date, float]]) -> Self:
        """The course a little above what was sold (day, dollars), as fast as its second half outgrew its first."""
        middle = world.start + (world.today - world.start) / 2
        late, early = (
            _per_demand(world, sales, span) for span in ((middle, world.today), (world.start, middle))
        )
        pace = (late / early) ** (2 * 365.25 / (world.today - world.start).days)
        even = cls(world=world, level=1.0, pace=pace)
        sold = sum(dollars for day, dollars in sales if day >= world.start)
        return cls(world=world, level=_AMBITION * sold / even.between(world.start, world.today), pace=pace)

    def between(self, start: date, end: date) -> float:
        """Dollars from start to before end."""
        days = (start + timedelta(days=n) for n in range((end - start).days))
        return self.level * sum(
            self.world.demand(day) * self.pace ** ((day - self.world.start).days / 365.25) for day in days
        )


def _per_demand(world: World, sales: Sequence[tuple[date, float]], span: Span) -> float:
    sold = sum(dollars for day, dollars in sales if span[0] <= day < span[1])
    return sold / sum(world.demand(day) for day in world.days() if span[0] <= day < span[1])


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the company plans for any period."""

    world: World
    reps: Sequence[Rep]
    bookings: "Course"
    revenue: "Course"
    opportunities: Course
    deal: float
    order: float
    pipeline: float
    shares: dict[str, float]

    def goals(self, spans: Iterable[Span]) -> list[Goal]:
        """The company's and its regions' and reps' targets for each period from start to before end."""
        found = []
        for start, end in spans:
            revenue = self.revenue.between(start, end)
            years = (start - self.world.start).days / 365.25
            prices = 1.03**years
            made = {
                "revenue.bookings": self._round(self.bookings.between(start, end)),
                "revenue.revenue": self._round(revenue),
                "revenue.sales_by_region": self._round(revenue),
                "revenue.sales_per_rep": self._round(revenue / max(self._staff(start, end), 1)),
                "revenue.average_order_value": self._round(self.order * prices, 50),
                "revenue.profit_margin": Decimal("0.36"),
                "pipeline.opportunities": Decimal(round(self.opportunities.between(start, end) / 5) * 5),
                "pipeline.open_pipeline": self._round(self.pipeline * (1.15**years), 10 * _STEP),
                "conversion.close_ratio": Decimal("0.27"),
                "conversion.cycle_length": Decimal(34),
                "deals.average_deal_size": self._round(self.deal * prices, 100),
            }
            found += [Goal(metric=key, start=start, end=end, value=value) for key, value in made.items()]
            found += self._parts(start, end)
        return found

    def _parts(self, start: date, end: date) -> Iterable[Goal]:
        for region, share in self.shares.items():
            value = self._round(self.revenue.between(start, end) * share)
            for metric in ("revenue.sales_by_region", "revenue.revenue"):
                yield Goal(
                    metric=metric, start=start, end=end, value=value, dimension="region", member=region
                )
        bookings, revenue = self.bookings.between(start, end), self.revenue.between(start, end)
        present = [rep for rep in self.reps if rep.works_on(start)]
        strength = sum(rep.strength(start) for rep in present)
        for rep in present:
            share = rep.strength(start) / strength
            for metric, planned in (("revenue.bookings", bookings), ("revenue.revenue", revenue)):
                value = self._round(planned * share)
                yield Goal(metric=metric, start=start, end=end, value=value, dimension="rep", member=rep.id)

    def _staff(self, start: date, end: date) -> int:
        return sum(rep.works_on(start) or rep.works_on(end - timedelta(days=1)) for rep in self.reps)

    def _round(self, dollars: float, step: float = _STEP) -> Decimal:
        return self.world.money(round(dollars / step) * step)


def make_plan(world: World, reps: Sequence[Rep], deals: Sequence[Deal], orders: Sequence[Order]) -> Plan:
    """The plan that fits what was sold."""
    won = [deal for deal in deals if deal.status == "won"]
    sold = [order for order in orders if order.status != "cancelled"]
    prices = 1.03 ** ((world.today - world.start).days / 365.25 / 2)
    revenue = sum(order.basket.dollars for order in sold)
    regions = sorted({order.account.region for order in sold})
    return Plan(
        world=world,
        reps=reps,
        bookings=Course.of(world, [(deal.ends_on, deal.basket.dollars) for deal in won]),
        revenue=Course.of(world, [(order.ordered_on, order.basket.dollars) for order in sold]),
        opportunities=Course.of(world, [(deal.created_on, 1.0) for deal in deals]),
        deal=_AMBITION * fmean(deal.basket.dollars for deal in won) / prices,
        order=_AMBITION * revenue / len(sold) / prices,
        pipeline=_open_at_start(world, deals),
        shares={
            region: sum(order.basket.dollars for order in sold if order.account.region == region) / revenue
            for region in regions
        },
    )


def _open_at_start(world: World, deals: Sequence[Deal]) -> float:
    """The pipeline that the trend starts from: the average of all days, brought back to the first."""
    days = (world.today - world.start).days
    held = sum(
        deal.basket.dollars * (min(deal.ends_on, world.today) - max(deal.created_on, world.start)).days
        for deal in deals
        if deal.ends_on > world.start
    )
    return _AMBITION * held / days / 1.15 ** (days / 365.25 / 2)


def write_targets(world: World, goals: Iterable[Goal]) -> None:
    """Fill the dataset `targets` with the goals that are money, as a CRM with quotas holds them."""
    quotas = [goal for goal in goals if goal.metric in ("revenue.bookings", "revenue.revenue")]
    for number, goal in enumerate(quotas, 1):
        world.add(
            "targets",
            id=f"tgt-{number:05}",
            metric=goal.metric,
            scope=goal.dimension or "company",
            scope_id=goal.member or None,
            period_start=goal.start,
            period_end=goal.end,
            value=goal.value,
        )
