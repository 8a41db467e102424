"""Waterfalls: where each step begins and ends."""

import re

from tallymark.scorecards.charts import Step, Waterfall, draw_waterfall

CHART = Waterfall(
    steps=(
        Step(before=0, after=100, caption="September: 100"),
        Step(before=100, after=60, tone="bad", caption="Price: −40"),
        Step(before=60, after=200, tone="good"),
        Step(before=0, after=200),
    )
)


def boxes(drawings):
    return [
        tuple(float(each) for each in re.search(r'<rect x="([\d.]+)%" width="([\d.]+)%"', svg).groups())
        for svg in drawings
    ]


def test_a_step_begins_where_the_one_before_it_ended():
    assert boxes(draw_waterfall(CHART)) == [(0, 50), (30, 20), (30, 70), (0, 100)]


def test_it_is_mirrored_where_reading_is():
    assert boxes(draw_waterfall(CHART, direction="rtl")) == [(50, 50), (50, 20), (0, 70), (0, 100)]


def test_values_below_zero_make_room_for_it():
    chart = Waterfall(
        steps=(Step(before=0, after=-50), Step(before=-50, after=150), Step(before=0, after=150))
    )
    assert boxes(draw_waterfall(chart)) == [(0, 25), (0, 100), (25, 75)]


def test_a_step_of_nothing_can_still_be_seen_and_all_of_nothing_is_drawn():
    chart = Waterfall(steps=(Step(before=0, after=0), Step(before=0, after=0)))
    assert all(width > 0 and left + width <= 100 for left, width in boxes(draw_waterfall(chart)))


def test_there_is_no_text_in_a_drawing_and_a_caption_for_those_who_can_not_see_it():
    drawings = draw_waterfall(CHART)
    assert not any("<text" in svg for svg in drawings)
    assert "<title>Price: −40</title>" in drawings[1]
    assert 'class="f-bad"' in drawings[1]
