"""Every kind of section has a slide, in every language, without a word in its markup that a browser would refuse."""

from dataclasses import replace
from typing import Any

import pytest

from tallymark.i18n import Formatter
from tallymark.scorecards.document import (
    BarRow,
    Bars,
    BridgeSection,
    BridgeStep,
    CohortCell,
    CohortRow,
    Cohorts,
    Document,
    Figure,
    Funnel,
    FunnelStep,
    Mood,
    Score,
    ScorePart,
    Status,
)
from tallymark.wall.plan import Celebrate, People, Plan, Screen, ScreenKind
from tallymark.wall.render import Said, render_wall
from tallymark.wall.slides import kinds_of, slides
from tallymark_sdk.texts import TAGS


def figure(text: str) -> Figure:
    return Figure(exact="1", text=text, full=text, unit="count")


def every_kind(document: Document) -> Document:
    """The sample with a section of each kind that it lacks."""
    words: dict[str, Any] = {"metric": "deals.won", "subtitle": "October"}
    grown: dict[str, Any] = {"before": "100", "after": "130", "mood": Mood.GOOD}
    added = (
        Score(
            title="Overall score",
            subtitle="",
            value=figure("74"),
            band=Status.RISK,
            parts=tuple(
                ScorePart(
                    metric="deals.won",
                    name=f"KPI {n}",
                    weight=figure("2"),
                    attainment=figure("98%"),
                    points=figure("8.1"),
                    most=figure("10"),
                    status=Status.ON,
                )
                for n in range(8)
            ),
            gates=("Capped at 60 because receivables are overdue.",),
        ),
        Funnel(
            title="Funnel",
            steps=tuple(
                FunnelStep(
                    name=f"Stage {n}", count=figure(str(400 - 60 * n)), bar=1 - n / 6, onward=figure("71%")
                )
                for n in range(5)
            ),
            note="31 are still under way.",
            **words,
        ),
        Bars(
            title="Why deals were lost",
            member="Reason",
            measure="Share",
            rows=(BarRow(name="Price", value=figure("40%"), bar=1.0),),
            **words,
        ),
        BridgeSection(
            title="What moved it",
            steps=(
                BridgeStep(name="September", figure=figure("100"), before="0", after="100", mood=Mood.NEUTRAL, is_end=True),
                BridgeStep(name="Volume", figure=figure("+30"), **grown),
                BridgeStep(name="October", figure=figure("130"), before="0", after="130", mood=Mood.NEUTRAL, is_end=True),
            ),
            **words,
        ),
        Cohorts(
            title="Customers kept",
            member="Since",
            ages=tuple(f"{n}" for n in range(12)),
            rows=tuple(
                CohortRow(
                    name=f"Month {n}",
                    size=figure("120"),
                    cells=tuple(
                        CohortCell(value=figure(f"{100 - 4 * age}%"), shade=1 - age / 12, immature=age + n > 10)
                        for age in range(12 - n)
                    ),
                )
                for n in range(9)
            ),
            note="Pale cells can still change.",
            **words,
        ),
    )  # fmt: skip
    have = {section.kind for section in document.sections}
    return replace(
        document,
        sections=(*document.sections, *(section for section in added if section.kind not in have)),
    )


def plan(locale: str) -> Plan:
    return Plan(
        name="Office",
        locale=locale,
        screens=tuple(Screen(kind=kind) for kind in ScreenKind),
        people=People.NAMES,
        celebrate=Celebrate.OFF,
        stale_hours=26,
    )


@pytest.mark.parametrize("locale", list(TAGS.values()))
def test_every_kind_of_section_has_a_slide_in_every_language(sample, locale):
    document = every_kind(sample.document(locale))
    assert kinds_of(document) == set(ScreenKind)
    html = render_wall(document, plan(locale), Said(), formatter=Formatter.of(locale, "USD"))
    for kind in ScreenKind:
        assert f'class="slide slide-{kind}"' in html, kind
    assert " style=" not in html
    assert "None" not in html
    assert f'lang="{locale}"' in html
    assert ('dir="rtl"' in html) == (locale == "fa")


def test_screens_come_in_the_order_of_the_plan(document):
    chosen = replace(
        plan("en"),
        screens=(
            Screen(kind=ScreenKind.RANKING, seconds=7),
            Screen(kind=ScreenKind.COHORTS),
            Screen(kind=ScreenKind.TILES, seconds=9),
        ),
    )
    shown = [(slide.kind, slide.seconds) for slide in slides(document, chosen)]
    assert shown[0] == (ScreenKind.RANKING, 7)
    assert shown[-1] == (ScreenKind.TILES, 9)


def test_a_section_that_only_says_why_it_is_empty_is_no_slide(document):
    empty = Funnel(metric="deals.won", title="Funnel", subtitle="", steps=(), reason="No stages are known.")
    only = replace(document, sections=(empty,))
    assert ScreenKind.FUNNEL not in kinds_of(only)
