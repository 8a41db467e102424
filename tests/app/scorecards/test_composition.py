"""The sections that a consultant can order and switch, each from figures worked by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tallymark.engine.cell import Cell
from tallymark.scorecards.compose import Agreed, Further, PackChart, Stage
from tallymark.scorecards.composition import (
    DEFAULT_SECTIONS,
    Composition,
    CompositionError,
    Gate,
    SectionChoice,
)
from tallymark_sdk.said import Said


def only(*choices: SectionChoice, **more: object) -> Composition:
    return Composition(sections=choices, **more)  # type: ignore[arg-type]


def extra(sample, *keys: str):
    """The sample's metrics, and these as ratios."""
    first = sample.metric_facts()
    return [*first, *(replace(first[0], key=key, name=key, unit="ratio", additive=False) for key in keys)]


def stage_cell(timeline, stage: str, entered: int, onward: int, pending: int = 0) -> Cell:
    return Cell(
        metric="conversion.stage_conversion", part="value", period=timeline.current, dimension="stage",
        member=stage, value=Decimal(onward) / entered, numerator=onward, denominator=entered, rows=entered, pending=pending,
    )  # fmt: skip


def test_sections_stand_in_the_order_of_the_composition_and_only_those_switched_on(sample):
    choices = (
        SectionChoice(kind="appendix"),
        SectionChoice(kind="trend", shown=False),
        SectionChoice(kind="tiles"),
    )
    made = sample.document(composition=only(*choices, paper="letter", orientation="landscape"))
    assert [section.kind for section in made.sections] == ["appendix", "tiles"]
    assert (made.summary.headline, made.summary.findings, made.summary.tally) == (None, (), ())
    assert (made.paper, made.orientation) == ("letter", "landscape")


def test_a_funnel_counts_who_entered_went_on_and_was_lost_in_the_busiest_pipeline(sample):
    timeline = sample.october()
    cells = [
        *sample.totals(timeline),
        stage_cell(timeline, "b", 60, 30, pending=10),
        stage_cell(timeline, "a", 100, 60),
        stage_cell(timeline, "other", 7, 1),
    ]
    stages = (
        Stage(id="b", name="Offer", pipeline="p", position=2),
        Stage(id="a", name="Contact", pipeline="p", position=1),
        Stage(id="other", name="Renewal", pipeline="q", position=1),
    )
    made = sample.document(
        cells=cells,
        metrics=extra(sample, "conversion.stage_conversion"),
        composition=only(SectionChoice(kind="funnel")),
        further=Further(stages=stages),
    )
    [funnel] = made.sections
    assert [(step.name, step.count.exact, step.bar) for step in funnel.steps] == [
        ("Contact", "100", 1.0), ("Offer", "60", 0.6), ("Won", "30", 0.3),
    ]  # fmt: skip
    assert [step.lost.exact for step in funnel.steps[:2]] == ["40", "20"]  # ten of the offers are still open
    assert [step.onward.exact for step in funnel.steps[:2]] == ["0.6", "0.5"]
    assert "10" in funnel.note


def test_the_score_is_weighted_capped_at_each_target_and_gated(sample):
    timeline = sample.october()
    kpis = [kpi for kpi in sample.kpis() if kpi.metric in ("revenue.bookings", "conversion.close_ratio")]
    made = sample.document(kpis=kpis, composition=only(SectionChoice(kind="score")))
    [score] = made.sections
    # bookings 1,284,310.50 of 1,220,000 → all of 5/8; close ratio 0.274 of 0.28 → 0.97857 of 3/8
    assert score.value.exact == "99.2"
    assert [part.points.exact for part in score.parts] == ["62.5", "36.7"]
    assert sum(Decimal(part.most.exact) for part in score.parts) == 100
    gates = (Gate(metric="conversion.close_ratio", cap=Decimal(60)),)
    [open_gate] = sample.document(
        kpis=kpis, composition=only(SectionChoice(kind="score"), gates=gates)
    ).sections
    assert open_gate.value.exact == "99.2"  # at risk is not off
    poor = [
        replace(cell, value=Decimal("0.1"))
        if (cell.metric, cell.period) == ("conversion.close_ratio", timeline.current)
        else cell
        for cell in sample.totals(timeline)
    ]
    [gated] = sample.document(
        kpis=kpis, cells=poor, composition=only(SectionChoice(kind="score"), gates=gates)
    ).sections
    assert (gated.value.exact, len(gated.gates), gated.parts[1].gate) == ("60", 1, "Gate")


def test_without_targets_there_is_no_score_and_it_says_what_to_do(sample):
    [score] = sample.document(targets=[], composition=only(SectionChoice(kind="score"))).sections
    assert score.value is None
    assert "Set targets" in score.reason


def test_a_cohort_is_marked_until_its_youngest_member_is_old_enough(sample):
    timeline = sample.october()
    months = timeline.periods[-2:]
    by_age = {
        age: [
            Cell(metric="leads", part="value", period=month, value=Decimal(value), denominator=40, pending=0)
            for month, value in zip(months, values, strict=True)
        ]
        for age, values in {3: ("0.2", "0.1"), 30: ("0.4", "0.1")}.items()
    }
    made = sample.document(
        metrics=extra(sample, "leads"),
        composition=only(SectionChoice(kind="cohorts", rows=2)),
        further=Further(cohorts={"leads": by_age}),
    )
    [cohorts] = made.sections
    assert [(cell.value.exact, cell.immature) for cell in cohorts.rows[0].cells] == [
        ("0.2", False),
        ("0.4", False),
    ]
    # October ends on the 1st of November, the data on the 3rd: three days would have been over on the 4th
    assert [cell.immature for cell in cohorts.rows[1].cells] == [True, True]
    assert cohorts.rows[0].cells[1].shade == 1.0
    assert cohorts.rows[0].size.exact == "40"


def test_a_bridge_that_cannot_be_made_says_why(sample):
    made = sample.document(
        composition=only(SectionChoice(kind="bridge")),
        further=Further(bridges={"revenue.bookings": Said("There is no value in %(period)s.", period="May")}),
    )
    [bridge] = made.sections
    assert bridge.steps == ()
    assert bridge.reason == "There is no value in May."


def test_open_actions_come_first_and_late_ones_are_said_to_be(sample):
    agreed = (
        Agreed(text="Later", due_on=date(2026, 12, 1)),
        Agreed(text="Did it", due_on=date(2026, 10, 1), done_on=date(2026, 10, 2)),
        Agreed(text="Too late", owner="Ann", due_on=date(2026, 11, 2)),
        Agreed(text="Whenever"),
    )
    made = sample.document(composition=only(SectionChoice(kind="actions")), further=Further(actions=agreed))
    [actions] = made.sections
    assert [(row.text, row.state) for row in actions.rows] == [
        ("Too late", "overdue"), ("Later", "open"), ("Whenever", "open"), ("Did it", "done"),
    ]  # fmt: skip


def test_remarks_are_paragraphs_and_sections_with_nothing_to_say_are_left_out(sample):
    composition = only(
        SectionChoice(kind="remarks"), SectionChoice(kind="actions"), SectionChoice(kind="restatements")
    )
    made = sample.document(composition=composition, further=Further(remarks="One.\n\n\n Two. \n\n"))
    assert [section.kind for section in made.sections] == ["remarks"]
    assert made.sections[0].paragraphs == ("One.", "Two.")


@pytest.mark.parametrize(("kind", "drawn"), [("trend", "trend"), ("ranking", "ranking"), ("bars", "bars"),
                                             ("table", "breakdown"), ("funnel", "funnel")])  # fmt: skip
def test_a_packs_chart_is_drawn_as_a_section_of_its_kind_under_its_own_name(sample, kind, drawn):
    by = "" if kind in ("trend", "funnel") else "rep"
    metrics = ("revenue.bookings",) if by else ("revenue.bookings", "pipeline.opportunities")
    chart = PackChart(key="acme.one", name="Acme's chart", kind=kind, metrics=metrics, by=by)
    made = sample.document(
        composition=only(SectionChoice(kind="chart", chart="acme.one")),
        further=Further(charts={"acme.one": chart}),
    )
    assert [(section.kind, section.title) for section in made.sections] == [(drawn, "Acme's chart")]


def test_a_composition_is_the_same_after_it_was_stored():
    composed = Composition(
        sections=(replace(DEFAULT_SECTIONS[0], shown=False), *DEFAULT_SECTIONS[1:]),
        paper="letter",
        gates=(Gate(metric="cash.receivables", cap=Decimal("62.5")),),
    )
    assert Composition.read(composed.stored()) == composed
    assert Composition.read({}).sections == DEFAULT_SECTIONS


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ({"sections": [{"kind": "pie"}]}, "kind"),
        ({"sections": [{"kind": "tiles"}, {"kind": "tiles"}]}, "twice"),
        ({"sections": [{"kind": "tiles", "colour": 1}]}, "colour"),
        ({"sections": [{"kind": "ranking", "rows": -1}]}, "rows"),
        ({"sections": [{"kind": "ranking", "by": 3}]}, "text"),
        ({"paper": "a3"}, "a3"),
        ({"orientation": "up"}, "up"),
        ({"score": {"gates": [{"metric": "a.b"}]}}, "gate"),
        ({"score": {"gates": [{"metric": "a.b", "cap": 101}]}}, "100"),
        ({"fonts": []}, "fonts"),
    ],
)
def test_a_composition_that_cannot_be_used_is_refused_with_what_to_change(raw, why):
    with pytest.raises(CompositionError, match=why):
        Composition.read(raw)


def test_a_tile_says_by_which_thresholds_it_was_judged_and_only_where_it_was(sample):
    [tiles] = sample.document(composition=only(SectionChoice(kind="tiles"))).sections
    found = {tile.metric: tile for group in tiles.groups for tile in group.tiles}
    assert found["revenue.bookings"].why == "On target from 100.0% of what is due, at risk from 90.0%."
    assert (found["revenue.bookings"].band.on, found["revenue.bookings"].band.risk) == ("1", "0.9")
    assert found["revenue.sales_growth"].why is None  # it has no target
