"""What is composed from the numbers, with the arithmetic worked by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tallymark.scorecards.compose import Thresholds
from tallymark.scorecards.compose.changes import change_of, direction_of, mood_of
from tallymark.scorecards.compose.composer import monogram
from tallymark.scorecards.compose.status import attainment, status
from tallymark.scorecards.document import Direction, Mood, Status

USUAL = Thresholds()


def section(document, kind):
    return next(each for each in document.sections if each.kind == kind)


def tile(document, metric):
    return next(
        each for group in section(document, "tiles").groups for each in group.tiles if each.metric == metric
    )


@pytest.mark.parametrize(
    ("value", "target", "better", "reached", "stands"),
    [
        ("110", "100", "higher", "1.1", Status.ON),
        ("100", "100", "higher", "1", Status.ON),
        ("90", "100", "higher", "0.9", Status.RISK),
        ("89.99", "100", "higher", "0.8999", Status.OFF),
        ("100", "100", "lower", "1", Status.ON),
        ("110", "100", "lower", "0.9", Status.RISK),
        ("111", "100", "lower", "0.89", Status.OFF),
        ("80", "100", "lower", "1.2", Status.ON),
        ("-4", "-5", "higher", "1.2", Status.ON),
        ("-6", "-5", "higher", "0.8", Status.OFF),
        ("0", "0", "lower", None, Status.ON),
        ("1", "0", "lower", None, Status.OFF),
        ("5", "100", "neutral", None, Status.NONE),
    ],
    ids=str,
)
def test_status_follows_attainment(value, target, better, reached, stands):
    assert attainment(Decimal(value), Decimal(target), better) == (
        None if reached is None else Decimal(reached)
    )
    assert status(Decimal(value), Decimal(target), better, USUAL) is stands


def test_thresholds_are_the_kpis_own():
    assert (
        status(Decimal(95), Decimal(100), "higher", Thresholds(on=Decimal("0.95"), risk=Decimal("0.5")))
        is Status.ON
    )
    assert (
        status(Decimal(51), Decimal(100), "higher", Thresholds(on=Decimal("0.95"), risk=Decimal("0.5")))
        is Status.RISK
    )


def test_a_ratio_changes_in_points_and_money_in_percent():
    assert change_of(Decimal("0.28"), Decimal("0.25"), "ratio") == Decimal("0.03")
    assert change_of(Decimal(110), Decimal(100), "money") == Decimal("0.1")
    assert change_of(Decimal(50), Decimal(-100), "money") == Decimal("1.5")
    assert change_of(Decimal(110), Decimal(0), "money") is None


def test_colour_and_arrow_are_two_things():
    assert mood_of(Direction.DOWN, "lower") is Mood.GOOD
    assert mood_of(Direction.UP, "lower") is Mood.BAD
    assert mood_of(Direction.UP, "neutral") is Mood.NEUTRAL
    assert direction_of(Decimal("0.0004")) is Direction.FLAT
    assert mood_of(Direction.FLAT, "higher") is Mood.NEUTRAL


def test_a_tile_says_value_target_status_and_changes(document):
    shown = tile(document, "revenue.bookings")
    assert (shown.value.text, shown.value.exact, shown.value.full) == (
        "$1.28M",
        "1284310.5000",
        "$1,284,310.50",
    )
    assert (shown.target.text, shown.status) == ("$1.22M", Status.ON)
    assert [change.against for change in shown.deltas] == ["vs last month", "vs last year"]
    assert shown.gauge.fill == pytest.approx(0.8 * 1284310.5 / 1220000, abs=1e-4)
    assert len(shown.line.points) == 12


def test_a_longer_cycle_is_a_miss_and_its_median_stands_beside_it(sample, document):
    shown = tile(document, "conversion.cycle_length")
    assert shown.status is Status.OFF
    assert shown.gauge.fill == pytest.approx(0.8 * 42 / 58.4, abs=1e-4)
    assert shown.deltas[0].direction is Direction.UP
    assert shown.deltas[0].mood is Mood.BAD
    assert shown.beside == "Median 44 days"


def test_a_cohort_that_can_still_change_is_said_not_to_be_final(sample):
    timeline = sample.october()
    cells = [
        replace(cell, pending=1200) if cell.metric == "conversion.close_ratio" else cell
        for cell in sample.totals(timeline)
    ]
    shown = tile(sample.document(cells=cells), "conversion.close_ratio")
    assert shown.beside == "Not final: 1,200 open"


def test_a_missing_value_says_why_and_nothing_is_made_of_it(document):
    shown = tile(document, "pipeline.stage_history")
    assert (shown.value, shown.status, shown.gauge, shown.deltas, shown.line) == (
        None,
        Status.NONE,
        None,
        (),
        None,
    )
    assert shown.reason == "There is no data before the first sync."


def test_the_headline_takes_the_most_telling_beat_and_miss(document):
    # Open pipeline: 2 × 13.3 %; bookings: 5 × 5.27 % = 26.4 % stays just below; the cycle: 3 × 39 % over.
    said = document.summary.headline
    assert said.metrics == ("pipeline.open_pipeline", "conversion.cycle_length")
    assert said.text == (
        "Open pipeline value beat target by 13.3%, but sales cycle length missed it: 58.4 days against 42 days."
    )


def test_weight_moves_the_headline(sample):
    heavier = [
        replace(kpi, weight=Decimal(9)) if kpi.metric == "revenue.bookings" else kpi for kpi in sample.kpis()
    ]
    assert sample.document(kpis=heavier).summary.headline.metrics[0] == "revenue.bookings"


def test_the_findings_count_what_is_there(document):
    texts = [finding.text for finding in document.summary.findings]
    assert len(texts) <= 4
    assert "5 of 9 KPIs with a target are on target." in texts
    assert "Furthest from target, so start here: sales cycle length." in texts
    assert {line.status.value: line.count.exact for line in document.summary.tally} == {
        "on": "5",
        "risk": "3",
        "off": "1",
        "none": "3",
    }


def test_without_targets_the_headline_is_the_weightiest_figure(sample):
    bare = sample.document(targets=())
    assert bare.summary.headline.text == "Sales bookings: $1.28M in October 2026."
    assert all(each.status is Status.NONE for group in section(bare, "tiles").groups for each in group.tiles)
    assert section(bare, "trend").title == "Sales bookings"


def test_with_nothing_at_all_there_is_still_a_scorecard(sample):
    empty = sample.document(cells=(), targets=(), sources=(), notes=(), metrics=())
    assert empty.summary.headline.text == "No figure could be computed for October 2026."
    assert [each.kind for each in empty.sections] == ["tiles", "appendix"]
    reasons = {each.reason for group in section(empty, "tiles").groups for each in group.tiles}
    assert reasons == {"The metric is not installed or not enabled."}


def test_the_ranking_is_ordered_and_held_against_targets(document):
    ranking = section(document, "ranking")
    values = [Decimal(row.value.exact) for row in ranking.rows]
    assert values == sorted(values, reverse=True)
    best = ranking.rows[0]
    assert (best.rank, best.name, best.status) == ("1", "Maya Okafor", Status.OFF)
    assert Decimal(best.attainment.exact) == Decimal(best.value.exact) / 200000
    assert [figure.unit for figure in best.beside] == ["ratio", "money"]


def test_where_lower_is_better_the_lowest_leads(sample):
    timeline = sample.october()
    cells = [
        *sample.totals(timeline),
        *sample.split(timeline, "rep", ("A", "B", "C"), ("conversion.cycle_length",)),
    ]
    composition = sample.layout(metric="conversion.cycle_length")
    assert [
        row.name for row in section(sample.document(cells=cells, composition=composition), "ranking").rows
    ] == [
        "C",
        "B",
        "A",
    ]


def test_shares_are_of_the_computed_total_and_only_where_they_add_up(sample, document):
    shown = section(document, "breakdown")
    assert shown.total.value.exact == "1284310.5000"
    assert sum(Decimal(row.share.exact) for row in shown.rows) == pytest.approx(
        Decimal(1), abs=Decimal("0.0001")
    )
    timeline = sample.october()
    cells = [
        *sample.totals(timeline),
        *sample.split(timeline, "region", sample.REGIONS, ("conversion.close_ratio",)),
    ]
    ratio = section(
        sample.document(
            cells=cells,
            composition=sample.with_choice("breakdown", by="region", metric="conversion.close_ratio"),
        ),
        "breakdown",
    )
    assert all(row.share is None for row in ratio.rows)
    assert ratio.note == "The members don't add up to the total: this KPI is not a sum."


def test_rows_without_a_member_come_last_and_are_not_ranked(sample):
    timeline = sample.october()
    members = ("unassigned", "r1")
    cells = [*sample.totals(timeline), *sample.split(timeline, "region", members, ("revenue.bookings",))]
    named = {"region": {"r1": "North"}}
    shown = section(sample.document(cells=cells, members=named), "breakdown")
    assert [row.name for row in shown.rows] == ["North", "Unassigned"]


def test_more_rows_than_kept_are_counted(sample):
    timeline = sample.october()
    many = tuple(f"Rep {index}" for index in range(30))
    cells = [*sample.totals(timeline), *sample.split(timeline, "rep", many, ("revenue.bookings",))]
    shown = section(sample.document(cells=cells, composition=sample.layout(rows=8)), "ranking")
    assert (len(shown.rows), shown.omitted) == (8, 22)


def test_the_trend_has_a_point_a_period_with_target_and_last_year(document):
    trend = section(document, "trend")
    assert [point.short for point in trend.points][-2:] == ["Sep", "Oct"]
    assert len(trend.points) == 12
    assert all(point.target and point.year_before for point in trend.points)
    low, high = Decimal(trend.ticks[0].exact), Decimal(trend.ticks[-1].exact)
    assert all(low <= Decimal(point.value.exact) <= high for point in trend.points)
    assert trend.ticks[-1].text == "$1.4M"


def test_the_passport_names_formula_rows_and_freshness(document):
    entry = next(
        each for each in section(document, "appendix").passports if each.metric == "revenue.bookings"
    )
    assert entry.formula.startswith("Sum of the amount of won opportunities")
    assert entry.rows.exact == "46"
    assert [(out.rows.exact, out.reason) for out in entry.left_out] == [
        ("1", "a rate for its currency is missing"),
        ("2", "the amount is not known"),
    ]
    assert entry.fresh == "November 3, 2026, 06:00 · Salesforce"
    assert entry.pack == "v1 · tallymark-metrics 0.1.0"


def test_an_unconnected_dataset_is_said_to_be_so(document):
    entry = next(
        each for each in section(document, "appendix").passports if each.metric == "pipeline.stage_history"
    )
    assert entry.fresh == "not connected"


@pytest.mark.parametrize(
    ("company", "letters"),
    [("Alder & Finch Trading Co.", "AF"), ("شرکت بازرگانی", "ش"), ("亞太貿易", "亞"), ("7", "•"), ("", "•")],
)
def test_monogram(company, letters):
    assert monogram(company) == letters


def test_composing_twice_gives_the_same_document(sample, document):
    assert sample.document() == document
