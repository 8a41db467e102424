"""What a drawing process draws before its first order: every typeface, and a small scorecard in each language."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

from tallymark.scorecards.document import (
    Action,
    Actions,
    Appendix,
    BarRow,
    Bars,
    Breakdown,
    BreakdownRow,
    BridgeSection,
    BridgeStep,
    CohortCell,
    CohortRow,
    Cohorts,
    Cover,
    Delta,
    Direction,
    Document,
    Figure,
    Finding,
    Funnel,
    FunnelStep,
    Gauge,
    LeftOut,
    Line,
    Mood,
    Notes,
    Passport,
    Ranking,
    RankRow,
    Remarks,
    Restatement,
    RestatementCause,
    Restatements,
    Score,
    ScorePart,
    Status,
    Summary,
    Tally,
    Tile,
    TileGroup,
    Tiles,
    Trend,
    TrendPoint,
)
from tallymark_sdk.texts import TAGS

_LINES = (
    ("Inter", (400, 500, 600, 700), "Xin chào, 1.28M ₫ − ± ÷ · … “”"),
    ("Vazirmatn", (400, 500, 600, 700), "سلام ۱۲۳٫۴٪ − ÷"),
    ("Noto Sans TC", (400, 700), "業績報表，。"),
)
FACES = "<!DOCTYPE html><html lang=en><title>Faces</title>" + "".join(
    f"<p style=\"font-family:'{family}';font-weight:{weight}\">{text}</p>"
    for family, weights, text in _LINES
    for weight in weights
)
"""A line in each typeface, so that its file is open before none can be opened any more."""

LOGOS = ("RGBA", "PNG"), ("P", "PNG"), ("RGB", "PNG"), ("RGB", "JPEG")
"""What pictures there are, by mode and format: reading one loads modules at its first time."""


def pictures() -> dict[str, tuple[str, bytes]]:
    """A picture of each kind, as the fetcher serves it."""
    found = {}
    for number, (mode, form) in enumerate(LOGOS):
        out = BytesIO()
        Image.new(mode, (16, 8), 0).save(out, form)
        found[f"logo-{number}"] = (f"image/{form.lower()}", out.getvalue())
    return found


LOCALES = tuple(TAGS.values())


def sample(locale: str) -> Document:
    """A scorecard with one of everything common; its words don't matter."""
    one = Figure(exact="1234.5", text="1,234.5", full="1,234.50", unit="money")
    delta = Delta(exact="0.1", text="+10%", against="A", direction=Direction.UP, mood=Mood.GOOD)
    finding = Finding(text="A", metrics=("a.b",))
    line = Line(points=("1", "2", None, "3"), target="2", caption="A")
    tile = Tile(
        metric="a.b", name="A", value=one, target=one, status=Status.ON, deltas=(delta,), line=line,
        gauge=Gauge(fill=0.5, tick=0.8, caption="A"),
    )  # fmt: skip
    points = tuple(
        TrendPoint(label=str(n), short=str(n), value=one, target=one, year_before=one) for n in range(3)
    )
    passport = Passport(
        metric="a.b", name="A", value=one, formula="A", inputs=("a.b",), rows=one,
        left_out=(LeftOut(reason="A", rows=one),), fresh="A", pack="A",
    )  # fmt: skip
    ranked = RankRow(rank="1", name="A", value=one, bar=0.5, attainment=one, status=Status.RISK)
    part = BreakdownRow(name="A", value=one, share=one, bar=0.5, delta=delta)
    named: dict[str, Any] = {"metric": "a.b", "title": "A", "subtitle": "A"}
    return Document(
        locale=locale, currency="USD", calendar="gregorian", created="2026-01-01T00:00:00+00:00",
        period_start="2026-01-01", period_end="2026-02-01",
        cover=Cover(company="A", monogram="A", title="A", period="A", span="A", as_of="A", prepared_by="A", label="A"),
        summary=Summary(
            headline=finding, findings=(finding,), tally=tuple(Tally(status=each, count=one) for each in Status)
        ),
        sections=(
            Tiles(title="A", subtitle="A", groups=(TileGroup(name="A", tiles=(tile,)),)),
            Trend(**named, points=points, ticks=(one, one), caption="A"),
            Ranking(**named, member="A", measure="A", beside=(), rows=(ranked,), omitted=1),
            Breakdown(**named, member="A", measure="A", change="A", rows=(part,), total=part),
            Score(title="A", subtitle="A", value=one, parts=(ScorePart(
                metric="a.b", name="A", weight=one, attainment=one, points=one, most=one),)),
            Funnel(**named, steps=(FunnelStep(name="A", count=one, bar=1.0, onward=one, lost=one, days=one),)),
            Bars(**named, member="A", measure="A", rows=(BarRow(name="A", value=one, bar=1.0, beside=one),)),
            BridgeSection(**named, steps=tuple(
                BridgeStep(name="A", figure=one, before="0", after="1", mood=Mood.GOOD, is_end=end)
                for end in (True, False, True))),
            Cohorts(**named, member="A", ages=("A",), rows=(
                CohortRow(name="A", size=one, cells=(CohortCell(value=one, shade=0.5, immature=True),)),)),
            Actions(title="A", subtitle="A", rows=(
                Action(text="A", owner="A", due="A", state="open", state_text="A"),)),
            Remarks(title="A", paragraphs=("A",)),
            Restatements(title="A", subtitle="A", rows=(Restatement(
                metric="a.b", name="A", period="A", was=one, now=one, sentence="A",
                causes=(RestatementCause(text="A", rows=one, change=one),)),)),
            Notes(title="A", lines=("A",)),
            Appendix(title="A", subtitle="A", passports=(passport,)),
        ),
    )  # fmt: skip
