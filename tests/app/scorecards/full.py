"""A document with every kind of section, in each language: believable, and made without the composer."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from decimal import Decimal
from itertools import accumulate
from pathlib import Path

from tallymark.scorecards.charts import axis_ticks
from tallymark.scorecards.document import (
    BarRow,
    Bars,
    Brand,
    Breakdown,
    BreakdownRow,
    BridgeSection,
    BridgeStep,
    CohortCell,
    CohortRow,
    Cohorts,
    Cover,
    Document,
    Figure,
    Finding,
    Funnel,
    FunnelStep,
    Gauge,
    Line,
    Mood,
    Notes,
    Ranking,
    RankRow,
    Remarks,
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

_spec = importlib.util.spec_from_file_location(
    "scorecard_fullmaker", Path(__file__).with_name("fullmaker.py")
)
fullmaker = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(fullmaker)
LOCALES = ("en", "vi", "fa", "zh-Hant")
_ON, _RISK, _OFF, _NONE = Status.ON, Status.RISK, Status.OFF, Status.NONE

# metric, unit, value, target, status, gauge, changes against the period and the year before, lower is better
_KPIS = (
    ("revenue.bookings", "money", "1284310.50", "1220000", _ON, 0.842, "0.075", "0.235", False),
    ("customers.new_customers", "count", "46", "42", _ON, 0.876, "0.122", "0.314", False),
    ("conversion.close_ratio", "ratio", "0.274", "0.28", _RISK, 0.783, "0.006", "0.033", False),
    ("deals.average_deal_size", "money", "27919.79", "27000", _ON, 0.827, "-0.04", "0.064", False),
    ("conversion.cycle_length", "days", "47", "42", _RISK, 0.715, "0.068", "-0.078", True),
    ("pipeline.coverage", "rate", "3.4", "3", _ON, 0.907, "0.097", "0.214", False),
    ("activity.response_time", "hours", "5.8", "2", _OFF, 0.276, "0.487", "0.871", True),
    ("subscription.net_revenue_retention", "ratio", "1.062", "1.05", _ON, 0.809, "0.004", "0.031", False),
    ("activity.activities_per_rep", "count", "312", "330", _RISK, 0.756, "0.047", "0.023", False),
)  # fmt: skip
_EMPTY = "pipeline.stage_conversion"


def _tile(make, row: tuple, place: int) -> Tile:
    metric, unit, value, target, status, fill, month, year, lower = row
    now, goal = make.figure(value, unit), make.figure(target, unit)
    words = make.words
    points = make.series(Decimal(now.exact), Decimal(year))
    against = words["against"]
    return Tile(
        metric=metric,
        name=words["kpis"][metric],
        value=now,
        target=goal,
        status=status,
        gauge=Gauge(fill=fill, tick=0.8, caption=words["gauge"].format(now.text, goal.text)),
        pace=words["pace"].format(make.format.percent(Decimal("1.04"), 0)) if metric == "revenue.bookings" else None,
        deltas=tuple(
            make.delta(change, against[each], lower=lower, points=unit == "ratio") for each, change in enumerate((month, year))
        ),
        line=Line(
            points=tuple(f"{each:f}" for each in points),
            target=goal.exact,
            caption=words["line"].format(make.format.value(points[0], unit), now.text),
        ),
        why=words["why"],
        weight=str(10 - place),
    )  # fmt: skip


def tiles(make, count: int = 10) -> Tiles:
    """The KPIs in three groups; of more than ten, the ten over and over under other keys."""
    made = [_tile(make, row, place) for place, row in enumerate(_KPIS)]
    reason = make.words["reason"]
    made.append(Tile(metric=_EMPTY, name=make.words["kpis"][_EMPTY], value=None, reason=reason, weight="1"))
    while len(made) < count:
        source = made[len(made) % 10]
        made.append(replace(source, metric=f"{source.metric}_{len(made)}", weight="0.5"))
    third = -(-len(made) // 3)
    groups = tuple(
        TileGroup(name=name, tiles=tuple(made[place * third : (place + 1) * third]))
        for place, name in enumerate(make.words["groups"])
    )
    return Tiles(title=make.words["titles"]["tiles"], subtitle=make.format.period(make.period), groups=groups)


def _score(make) -> Score:
    words, kpis = make.words, make.words["kpis"]
    rows = (
        ("revenue.bookings", "0.4", "1.053", "40", "40", _ON, None),
        ("conversion.close_ratio", "0.3", "0.979", "26.4", "30", _RISK, None),
        ("activity.response_time", "0.2", "0.34", "6.8", "20", _OFF, words["gate"]),
        (_EMPTY, "0.1", None, None, "10", _NONE, None),
    )
    parts = tuple(
        ScorePart(
            metric=metric,
            name=kpis[metric],
            weight=make.figure(weight, "ratio"),
            attainment=None if reached is None else make.figure(reached, "ratio"),
            points=None if points is None else make.figure(points, "score"),
            most=make.figure(most, "score"),
            status=status,
            gate=gate,
        )
        for metric, weight, reached, points, most, status, gate in rows
    )
    return Score(
        title=words["titles"]["score"], subtitle=make.format.period(make.period), value=make.figure("73.2", "score"), band=_RISK,
        parts=parts, gates=(words["gated"],), explanation=words["explanation"],
    )  # fmt: skip


def _trend(make) -> Trend:
    words = make.words
    rate = make.rate
    actual = make.series(Decimal("1284310.50"), Decimal("0.38"))
    targets = [Decimal(760_000 + 42_000 * place) for place in range(12)]
    past = [each * Decimal("0.81") for each in actual]
    figure = make.figure
    points = tuple(
        TrendPoint(
            label=make.format.period(period),
            short=make.format.period(period, short=True),
            value=figure(value, "money"),
            target=figure(target, "money"),
            year_before=figure(before.quantize(Decimal("0.01")), "money"),
            missed=value < target,
        )
        for period, value, target, before in zip(make.periods, actual, targets, past, strict=True)
    )
    ticks = tuple(
        Figure(exact=f"{tick:f}", text=make.format.axis(tick, "money"), full="", unit="money")
        for tick in axis_ticks([each * rate for each in (*actual, *targets, *past)])
    )
    name = words["kpis"]["revenue.bookings"]
    return Trend(
        metric="revenue.bookings", title=words["titles"]["trend"], subtitle=words["subtitles"]["trend"], points=points, ticks=ticks,
        caption=f"{name}: {points[0].value.text} – {points[-1].value.text}",
    )  # fmt: skip


def _funnel(make) -> Funnel:
    counts, days = (1240, 612, 341, 168, 46), ("4", "11", "14", "18", None)
    steps = []
    for place, (name, count, waited) in enumerate(zip(make.words["stages"], counts, days, strict=True)):
        before, after = counts[max(0, place - 1)], counts[place + 1] if place + 1 < len(counts) else None
        steps.append(
            FunnelStep(
                name=name,
                count=make.figure(count),
                bar=count / counts[0],
                lost_bar=(before - count) / counts[0],
                onward=None if after is None else make.figure(f"{after / count:.4f}", "ratio"),
                lost=None if after is None else make.figure(count - after),
                days=None if waited is None else make.figure(waited, "days"),
            )
        )
    words = make.words
    return Funnel(
        metric="pipeline.stage_conversion",
        title=words["titles"]["funnel"],
        subtitle=words["subtitles"]["funnel"],
        steps=tuple(steps),
        note=words["under_way"],
    )


def _losses(make) -> Bars:
    shares = ("0.34", "0.23", "0.18", "0.14", "0.11")
    words = make.words
    rows = tuple(
        BarRow(name=name, value=make.figure(share, "ratio"), bar=float(share) / 0.34,
               beside=make.figure(int(Decimal(share) * 900_000), "money"))
        for name, share in zip(words["reasons"], shares, strict=True)
    )  # fmt: skip
    return Bars(
        metric="pipeline.lost_value", title=words["titles"]["losses"], subtitle=words["subtitles"]["losses"],
        member=words["reason_head"], measure=words["share"], rows=rows, omitted=2,
    )  # fmt: skip


def _bridge(make) -> BridgeSection:
    changes = ("66800", "52600", "18000", "-15400", "-32100")
    levels = list(accumulate((Decimal("1194410.50"), *map(Decimal, changes))))
    words = make.words
    names = words["causes"]
    steps = [_end(make, make.periods[-2], levels[0])]
    for place, (name, change) in enumerate(zip(names, changes, strict=True)):
        steps.append(
            BridgeStep(
                name=name,
                figure=replace(make.figure(change, "money"), text=make.signed(change, "money")),
                before=f"{levels[place] * make.rate:f}",
                after=f"{levels[place + 1] * make.rate:f}",
                mood=Mood.BAD if change.startswith("-") else Mood.GOOD,
            )
        )
    steps.append(_end(make, make.period, levels[-1]))
    return BridgeSection(
        metric="revenue.bookings", title=words["titles"]["bridge"], subtitle=words["subtitles"]["bridge"], steps=tuple(steps),
        notes=(words["bridge_note"],),
    )  # fmt: skip


def _end(make, period: object, level: Decimal) -> BridgeStep:
    figure = make.figure(level, "money")
    name = make.format.period(period)
    return BridgeStep(
        name=name, figure=figure, before="0", after=figure.exact, mood=Mood.NEUTRAL, is_end=True
    )


def _ranking(make) -> Ranking:
    rows = []
    values = (187, 166, 159, 149, 132, 124, 110, 100, 84, 73)
    reached = ("0.87", "0.94", "1.07", "1.05", "0.98", "1.01", "0.94", "0.94", "0.93", "1.05")
    for place, (name, value, share) in enumerate(zip(make.words["reps"], values, reached, strict=True)):
        status = _ON if Decimal(share) >= 1 else _RISK if Decimal(share) >= Decimal("0.9") else _OFF
        rows.append(
            RankRow(
                rank=make.format.number(place + 1),
                name=make.format.name(name),
                value=make.figure(value * 1000, "money"),
                bar=value / 215,
                tick=value / 215 / float(share),
                attainment=make.figure(share, "ratio"),
                status=status,
                beside=(make.figure(f"{0.36 - place * 0.02:.3f}", "ratio"), make.figure(9 - place // 2)),
            )
        )
    words = make.words
    return Ranking(
        metric="revenue.bookings", title=words["titles"]["ranking"], subtitle=words["subtitles"]["ranking"], member=words["rep"],
        measure=words["kpis"]["revenue.bookings"], beside=(words["kpis"]["conversion.close_ratio"], words["deals"]), rows=tuple(rows),
        omitted=3,
    )  # fmt: skip


def _breakdown(make) -> Breakdown:
    shares, changes = ("0.31", "0.22", "0.2", "0.17", "0.1"), ("0.12", "0.05", "0.09", "0.21", "-0.06")
    words = make.words
    rows = tuple(
        BreakdownRow(
            name=make.format.name(name), value=make.figure(int(Decimal(share) * 1_284_310), "money"), share=make.figure(share, "ratio"),
            bar=float(share) / 0.31, delta=make.delta(change, words["against"][1], lower=False, points=False),
        )
        for name, share, change in zip(words["regions"], shares, changes, strict=True)
    )  # fmt: skip
    total = BreakdownRow(
        name="", value=make.figure("1284310.50", "money"), share=make.figure("1", "ratio"), bar=0.0,
        delta=make.delta("0.075", words["against"][1], lower=False, points=False),
    )  # fmt: skip
    return Breakdown(
        metric="revenue.bookings", title=words["titles"]["breakdown"], subtitle=make.format.period(make.period), member=words["region"],
        measure=words["kpis"]["revenue.bookings"], change=words["against"][1], rows=rows, total=total,
    )  # fmt: skip


def _cohorts(make) -> Cohorts:
    rows = []
    for place, period in enumerate(make.periods[-8:]):
        known = 8 - place
        cells = tuple(
            CohortCell(
                value=make.figure(f"{0.06 + 0.055 * age - 0.004 * place:.3f}", "ratio"),
                shade=(0.06 + 0.055 * age) / 0.45,
                immature=age == known - 1,
            )
            for age in range(known)
        )
        empty = (CohortCell(value=None),) * (8 - known)
        rows.append(
            CohortRow(
                name=make.format.period(period), size=make.figure(120 + place * 7), cells=(*cells, *empty)
            )
        )
    words = make.words
    ages = tuple(words["age"].format(make.format.number(age)) for age in range(8))
    return Cohorts(
        metric="conversion.cohort", title=words["titles"]["cohorts"], subtitle=words["subtitles"]["cohorts"], member=words["cohort"],
        ages=ages, rows=tuple(rows), note=words["cohort_note"],
    )  # fmt: skip


def document(locale: str = "en", *, kpis: int = 10, **changes: object) -> Document:
    """The document in a language, with so many KPIs, and some of its fields replaced."""
    make = fullmaker.Maker(locale)
    words = make.words
    shown = tiles(make, kpis)
    sections = (
        Remarks(title=words["titles"]["remarks"], paragraphs=words["remarks"]),
        shown, _score(make), _trend(make), _funnel(make), _losses(make), _bridge(make), _ranking(make), _breakdown(make), _cohorts(make),
        fullmaker.actions(make), fullmaker.restatements(make), Notes(title=words["titles"]["notes"], lines=words["notes"]), fullmaker.appendix(make, shown),
    )  # fmt: skip
    tally = tuple(
        Tally(status=status, count=make.figure(count))
        for status, count in ((_ON, 5), (_RISK, 3), (_OFF, 1), (_NONE, 1))
    )
    found = [Finding(text=text, metrics=metrics) for text, metrics in words["findings"]]
    cover = Cover(
        company=words["company"], monogram=words["monogram"], title=words["title"], period=make.format.period(make.period),
        span=make.format.span(make.period), as_of=make.format.moment(fullmaker.AS_OF), prepared_by=words["prepared_by"], label=words["label"],
        scope=None,
    )  # fmt: skip
    made = Document(
        locale=locale, currency=make.format.currency, calendar=make.format.calendar, money_display=make.format.money_display,
        created=fullmaker.AS_OF.isoformat(), period_start=make.period.start.isoformat(), period_end=make.period.end.isoformat(), cover=cover,
        summary=Summary(headline=found[0], findings=tuple(found[1:]), tally=tally), sections=sections,
        brand=Brand(primary=words["brand"][0], deep=words["brand"][1], agency_line=words["agency"]) if words["brand"] else None,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def section(found: Document, kind: str):
    """The document's section of a kind."""
    return next(each for each in found.sections if each.kind == kind)


def with_section(found: Document, kind: str, **changes: object) -> Document:
    """The document with one section changed."""
    sections = tuple(
        replace(each, **changes) if each.kind == kind else each  # type: ignore[arg-type]
        for each in found.sections
    )
    return replace(found, sections=sections)
