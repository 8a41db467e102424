"""Every metric that can be bridged, over random companies: the terms sum to its change, between the engine's figures."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import pytest

from tallymark.bridge.ends import agree
from tallymark.bridge.errors import NoBridge
from tallymark.bridge.forms import Sum, form_of
from tallymark.engine import compute
from tallymark.plugins.registry import registry
from tallymark_sdk.attribution import AS_IS, AS_WAS
from tallymark_sdk.calendars import calendar
from tallymark_sdk.dimensions import follows_owner
from tallymark_sdk.model import DATASETS

from ..engine.test_oracle import random_company  # noqa: TID252  the folders of tests are no packages

# Several, since a random company has no value of some metric in some quarter.
QUARTERS = calendar().range(calendar().period("quarter", date(2024, 5, 1)), 3)
TOO_THIN = {"people.rep_ramp_time"}  # six reps: hardly two quarters follow each other in which one ramped up
BY_MEMBER = {
    "revenue.revenue",
    "revenue.gross_profit",
    "revenue.bookings",
    "cash.collected",
    "pipeline.open_pipeline",
    "subscription.new_mrr",
    "conversion.close_ratio",
}
RATES = {None: "1", "EUR": "1", "USD": "0.9013", "VND": "0.0000391"}


def bridgeable():
    found = []
    for metric in registry():
        try:
            form_of(metric.key, "", registry())
        except NoBridge:
            continue
        found.append(metric.key)
    return found


def in_currencies(company, seed):
    """The company's amounts in several currencies, each at a rate of its day, some below zero and some zero."""
    dice = random.Random(seed)
    for name, rows in company.items():
        money = [column for column in DATASETS[name].stored_columns if column.in_base]
        for row in rows if money else ():
            row["currency"] = dice.choice(list(RATES))
            rate = Decimal(RATES[row["currency"]])
            if row["currency"] in {"USD", "VND"}:
                rate *= Decimal(dice.randrange(90, 111)) / 100
            for column in money:
                if row.get(column.name) is not None and row.get(column.in_base) is not None:
                    row[column.name] *= dice.choice([1, 1, 1, 1, -1, 0])
                    base = row[column.name] * rate
                    row[column.in_base] = base.quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
    return company


def as_it_was(company, seed):
    """An earlier version: some rows weren't there, others had another day, owner or amount, or weren't deleted."""
    dice = random.Random(seed)
    found: dict[str, list[dict]] = {}
    for name, rows in company.items():
        found[name] = []
        for row in rows:
            kind, earlier = dice.random(), dict(row)
            if kind < 0.06:
                continue
            if kind < 0.12:
                earlier.pop("deleted_at", None)
            for column in DATASETS[name].stored_columns:
                value = earlier.get(column.name)
                if kind < 0.2 and column.local_date and value is not None:
                    moved = value + timedelta(days=dice.randrange(-60, 60))
                    earlier |= {column.name: moved, column.local_date: moved.date()}
                elif 0.2 < kind < 0.25 and column.name == "rep_id":
                    earlier["rep_id"] = f"reps-{dice.randrange(6)}"
                elif 0.25 < kind < 0.3 and column.in_base and value is not None:
                    if earlier.get(column.in_base) is not None:
                        earlier |= {column.name: value * 2, column.in_base: earlier[column.in_base] * 2}
                elif 0.3 < kind < 0.32:
                    earlier["deleted_at"] = datetime(2024, 3, 1, tzinfo=UTC)
            found[name].append(earlier)
    return found


@pytest.fixture(scope="module")
def versions(version):
    now = in_currencies(random_company(7), 7)
    return version(now), version(as_it_was(now, 8))


def asked(metric):
    """The total; of some also a breakdown that owners make, and one that they don't."""
    yield "", AS_IS
    if metric.key not in BY_MEMBER:
        return
    owned = [each for each in metric.by if follows_owner(each)]
    other = [each for each in metric.by if not follows_owner(each)]
    for dimension in owned[:1]:
        yield dimension, AS_IS
        yield dimension, AS_WAS
    for dimension in other[-1:]:
        yield dimension, AS_IS


def busiest(cells, dimension):
    """The cell with the most rows, and so most to tell apart; None where no cell has a value."""
    shown = [
        cell
        for cell in cells
        if cell.part == "value" and cell.dimension == dimension and cell.value is not None
    ]
    return max(shown, key=lambda cell: cell.rows, default=None)


def check(bridge, form):
    """Everything that must hold of any bridge."""
    terms = {term.key: term.value for term in bridge.terms}
    assert sum(terms.values()) == bridge.change
    written = bridge.written()
    assert written.start + sum(written.terms) == written.end
    told = sum(value for key, value in terms.items() if key not in {"restatement", "organisation"})
    if isinstance(form, Sum):
        assert sum(each.value for each in bridge.restated) == terms["restatement"]
        assert sum(move.total for move in bridge.moves) == told
    elif "rate_and_mix" not in terms:
        assert sum(move.rate + move.mix + move.without_base for move in bridge.rate_moves) == told


@pytest.mark.slow
@pytest.mark.parametrize("key", bridgeable())
def test_the_terms_of_every_metric_sum_to_its_change(bridged, versions, key):
    now, then = versions
    metric = registry()[key]
    made = 0
    for dimension, attribution in asked(metric):
        for later in QUARTERS:
            by = [dimension] if dimension else []
            cells = compute(
                registry(), [key], [later], by, data=now, calendar=calendar(), attribution=attribution
            )
            cell = busiest(cells, dimension)
            if cell is None:
                continue
            try:
                bridge = bridged(
                    key, now, then, by=dimension, member=cell.member, attribution=attribution, later=later
                )
            except NoBridge as error:
                if "There is no value" not in str(error):
                    raise
                continue
            made += 1
            assert agree(cell.value, bridge.end)
            check(bridge, form_of(key, dimension, registry()))
            break
    assert made or key in TOO_THIN, "nothing was bridged: the sample is too thin"
