"""The families from lead to deal, counted once more in plain Python, row by row, as their definitions read.

The engine and its oracle share the views, so this is what would tell a view that is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

import pytest

from tallymark.engine import TenantData, compute
from tallymark.plugins.registry import registry
from tallymark_sdk.calendars import calendar

from .funnel import Rows, random_funnel

Row = Mapping[str, Any]
LakeOf = Callable[[Mapping[str, Any]], TenantData]

DONE = (None, "done")


@dataclass(frozen=True)
class Company:
    """A company's rows as one looks at them for a period: `first` up to, but not, `beyond`."""

    rows: Rows
    first: date
    beyond: date

    def alive(self, name: str) -> list[Row]:
        return [row for row in self.rows[name] if not row.get("deleted_at")]

    def within(self, day: date | None) -> bool:
        return day is not None and self.first <= day < self.beyond

    @cached_property
    def deals(self) -> list[Row]:
        return self.alive("opportunities")

    @cached_property
    def activities(self) -> list[Row]:
        return self.alive("activities")

    @cached_property
    def stages(self) -> Mapping[str | None, Row]:
        return {row["id"]: row for row in self.rows["stages"]}

    @cached_property
    def deleted_deals(self) -> set[str]:
        return {row["id"] for row in self.rows["opportunities"] if row.get("deleted_at")}

    @cached_property
    def leads(self) -> list[Row]:
        return [lead for lead in self.alive("leads") if self.within(lead.get("created_on"))]

    @cached_property
    def open_deals(self) -> list[Row]:
        return [
            deal
            for deal in self.deals
            if deal.get("created_on")
            and deal["created_on"] < self.beyond
            and (deal["closed_on"] >= self.beyond if deal.get("closed_on") else deal["status"] == "open")
        ]

    @cached_property
    def stays(self) -> list[Row]:
        return [
            stay
            for stay in self.alive("stage_history")
            if stay.get("opportunity_id") not in self.deleted_deals
        ]

    def kind_of(self, stage: str | None) -> str | None:
        kind: str | None = self.stages.get(stage, {}).get("kind")
        return kind

    def deals_of(self, lead: Row) -> list[Row]:
        return [
            deal for deal in self.deals if deal.get("lead_id") == lead["id"] or deal["id"] == lead.get("opportunity_id")
        ]  # fmt: skip


def ratio(over: Iterable[bool]) -> Fraction | None:
    found = list(over)
    return Fraction(sum(found), len(found)) if found else None


def mean(values: Iterable[int]) -> Fraction | None:
    found = list(values)
    return Fraction(sum(found), len(found)) if found else None


def opportunity_to_lead_ratio(company: Company) -> Fraction | None:
    def became(lead: Row) -> bool:
        names_one = bool(lead.get("opportunity_id")) and lead["opportunity_id"] not in company.deleted_deals
        said_so = lead.get("converted_on") is not None or lead.get("status_kind") == "converted"
        return names_one or said_so or bool(company.deals_of(lead))

    return ratio(became(lead) for lead in company.leads)


def lead_to_sale(company: Company) -> Fraction | None:
    return ratio(any(deal["status"] == "won" for deal in company.deals_of(lead)) for lead in company.leads)


def lead_contact_rate(company: Company) -> Fraction | None:
    def contacted(lead: Row) -> bool:
        return any(
            activity.get("lead_id") == lead["id"]
            and activity.get("direction") == "out"
            and activity.get("status") in DONE
            and activity.get("occurred_on") is not None
            and 0 <= (activity["occurred_on"] - lead["created_on"]).days <= 7
            for activity in company.activities
        )

    return ratio(contacted(lead) for lead in company.leads)


def referral_leads(company: Company) -> int:
    first: dict[str | None, date] = {}
    sales = [
        (deal.get("account_id"), deal.get("closed_on")) for deal in company.deals if deal["status"] == "won"
    ]
    orders = [order for order in company.alive("orders") if order.get("status") != "cancelled"]
    for account, day in [*sales, *[(order.get("account_id"), order.get("ordered_on")) for order in orders]]:
        if account and day:
            first[account] = min(day, first.get(account, day))
    return sum(
        first.get(lead.get("referrer_account_id"), date.max) < lead["created_on"] for lead in company.leads
    )


def stale_opportunities(company: Company) -> int:
    since = company.beyond - timedelta(days=30)
    touched = {
        activity.get("opportunity_id")
        for activity in company.activities
        if activity.get("status") not in ("planned", "cancelled")
        and activity.get("occurred_on")
        and since <= activity["occurred_on"] < company.beyond
    }
    return sum(deal["id"] not in touched for deal in company.open_deals)


def booked_meeting_pipeline(company: Company) -> Fraction:
    booked = set()
    for activity in company.activities:
        due = activity.get("due_on") or activity.get("occurred_on")
        agreed = activity.get("booked_on") or activity.get("created_on")
        is_one = activity["kind"] in ("meeting", "demo") and activity.get("status") != "cancelled"
        if is_one and due and due >= company.beyond and (agreed is None or agreed < company.beyond):
            booked.add(activity.get("opportunity_id"))
    return sum(
        (Fraction(deal["amount_base"] or 0) for deal in company.open_deals if deal["id"] in booked),
        Fraction(),
    )


def winback_opportunities(company: Company) -> int:
    theirs = defaultdict(list)
    for deal in company.deals:
        if deal.get("account_id") and deal.get("created_at"):
            theirs[deal["account_id"]].append(deal)
    back = 0
    for deals in theirs.values():
        deals.sort(key=lambda deal: (deal["created_at"], deal["id"]))
        for before, deal in pairwise(deals):
            was_lost = before["status"] == "lost" and before.get("closed_on") is not None
            back += (
                was_lost and company.within(deal["created_on"]) and before["closed_on"] <= deal["created_on"]
            )
    return back


def after_first_sale(company: Company) -> int:
    won = defaultdict(list)
    for deal in company.deals:
        if deal["status"] == "won" and deal.get("closed_at") and deal.get("account_id"):
            won[deal["account_id"]].append(deal)
    ordered = [sorted(deals, key=lambda deal: (deal["closed_at"], deal["id"])) for deals in won.values()]
    return sum(company.within(deal["closed_on"]) for deals in ordered for deal in deals[1:])


def conversion_time(company: Company) -> Fraction | None:
    done = [each for each in company.activities if each.get("status") in DONE and each.get("occurred_on")]

    def days() -> Iterator[int]:
        for deal in company.deals:
            if deal["status"] != "won" or not company.within(deal.get("closed_on")):
                continue
            leads = [lead for lead in company.alive("leads")
                     if lead["id"] == deal.get("lead_id") or lead.get("opportunity_id") == deal["id"]]  # fmt: skip
            keys = {("opportunity_id", deal["id"]), *(("lead_id", lead["id"]) for lead in leads)}
            if deal.get("account_id"):
                keys.add(("account_id", deal["account_id"]))
            touches = [
                each["occurred_on"] for each in done if any(each.get(name) == key for name, key in keys)
            ]
            touches = [day for day in touches if day <= deal["closed_on"]]
            came_in = [lead["created_on"] for lead in leads if lead.get("created_on")]
            first = min(touches, default=None) or deal.get("first_touch_on") or min(came_in, default=None)
            first = first or deal.get("created_on")
            if first and first <= deal["closed_on"]:
                yield (deal["closed_on"] - first).days

    return mean(days())


def conversation_to_demo(company: Company) -> Fraction | None:
    demos = conversations = 0
    for each in company.activities:
        agreed = each.get("booked_on") or each.get("created_on")
        demos += (
            each["kind"] == "demo"
            and each.get("status") not in ("cancelled", "no_show")
            and company.within(agreed)
        )
        talked = each["kind"] == "meeting" or (each["kind"] == "call" and bool(each.get("is_connected")))
        conversations += talked and each.get("status") in DONE and company.within(each.get("occurred_on"))
    return Fraction(demos, conversations) if conversations else None


def stage_time(company: Company) -> Fraction | None:
    return mean(
        (stay["left_on"] - stay["entered_on"]).days
        for stay in company.stays
        if company.within(stay.get("left_on"))
        and stay.get("entered_on")
        and stay["left_on"] >= stay["entered_on"]
    )


def stage_conversion(company: Company) -> Fraction | None:
    won = {deal["id"] for deal in company.deals if deal["status"] == "won"}

    def pipeline_of(stay: Row) -> str:
        return (
            company.stages.get(stay.get("stage_id"), {}).get("pipeline_id") or stay.get("pipeline_id") or ""
        )

    def is_further(stay: Row, later: Row) -> bool:
        if stay["stage_id"] not in company.stages or company.kind_of(later.get("stage_id")) not in (
            "open",
            "won",
        ):
            return False
        return (
            stay["opportunity_id"] == later.get("opportunity_id")
            and later.get("entered_at") is not None
            and later["entered_at"] >= stay["entered_at"]
            and company.stages[later["stage_id"]]["position"] > company.stages[stay["stage_id"]]["position"]
            and pipeline_of(later) == pipeline_of(stay)
        )

    visits: dict[tuple[str, str], bool] = {}
    for stay in company.stays:
        if not (
            company.within(stay.get("entered_on")) and stay.get("opportunity_id") and stay.get("stage_id")
        ):
            continue
        if company.kind_of(stay["stage_id"]) in ("won", "lost", "cancelled"):
            continue
        went = stay["opportunity_id"] in won or any(is_further(stay, later) for later in company.stays)
        key = (stay["opportunity_id"], stay["stage_id"])
        visits[key] = visits.get(key, False) or went
    return ratio(visits.values())


def quote_to_close(company: Company) -> Fraction | None:
    first: dict[str, Row] = {}
    quotes = [stay for stay in company.stays if company.stages.get(stay.get("stage_id"), {}).get("is_quote")]
    for stay in sorted(
        (each for each in quotes if each.get("entered_at")), key=lambda each: each["entered_at"]
    ):
        first.setdefault(stay.get("opportunity_id") or "", stay)
    reached = [
        deal
        for deal in company.deals
        if deal["id"] in first and company.within(first[deal["id"]]["entered_on"])
    ]
    return ratio(deal["status"] == "won" for deal in reached)


def lost_in_a_demo(company: Company) -> Fraction | None:
    """The share of the stage s2 in the opportunities lost."""

    def last_stage(deal: Row) -> str | None:
        open_stays = [
            stay for stay in company.stays
            if stay.get("opportunity_id") == deal["id"] and stay.get("entered_at")
            and company.kind_of(stay.get("stage_id")) == "open"
        ]  # fmt: skip
        if not open_stays:
            own: str | None = deal.get("stage_id")
            return own
        found = max(
            open_stays,
            key=lambda each: (each["entered_at"], company.stages[each["stage_id"]]["position"], each["id"]),
        )
        last: str = found["stage_id"]
        return last

    lost = [
        deal for deal in company.deals if deal["status"] == "lost" and company.within(deal.get("closed_on"))
    ]
    return ratio(last_stage(deal) == "s2" for deal in lost)


TOTALS: Mapping[str, Callable[[Company], Fraction | int | None]] = {
    "pipeline.opportunity_to_lead_ratio": opportunity_to_lead_ratio,
    "pipeline.lead_contact_rate": lead_contact_rate,
    "pipeline.referral_leads": referral_leads,
    "pipeline.stale_opportunities": stale_opportunities,
    "pipeline.booked_meeting_pipeline": booked_meeting_pipeline,
    "pipeline.winback_opportunities": winback_opportunities,
    "conversion.lead_to_sale": lead_to_sale,
    "conversion.conversion_time": conversion_time,
    "conversion.conversation_to_demo": conversation_to_demo,
    "conversion.stage_time": stage_time,
    "conversion.stage_conversion": stage_conversion,
    "conversion.quote_to_close": quote_to_close,
    "deals.after_first_sale": after_first_sale,
}


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_the_engine_counts_as_a_person_would(lake_of: LakeOf, seed: int) -> None:
    cut, rows = calendar("gregorian"), random_funnel(seed)
    periods = cut.range(cut.parse("2024-01"), 7)
    keys = [*TOTALS, "conversion.stage_loss"]
    cells = compute(registry(), keys, periods, ["stage"], data=lake_of(rows), calendar=cut)
    found = {(c.metric, c.period, c.dimension, c.member): c.value for c in cells if c.part == "value"}
    for period in periods:
        company = Company(rows, period.start, period.end)
        expected = {(key, period, "", ""): count(company) for key, count in TOTALS.items()}
        expected["conversion.stage_loss", period, "stage", "s2"] = lost_in_a_demo(company)
        for cell, value in expected.items():
            assert _same(found.get(cell), value), (cell, found.get(cell), value)


def _same(found: Any, expected: Fraction | int | None) -> bool:
    """Quotients are given to fifty digits; everything else is exact."""
    if found is None or expected is None:
        # A member without rows has no cell, and a share of 0.
        return found is None and not expected
    return abs(Fraction(found) - expected) < Fraction(1, 10**30)
