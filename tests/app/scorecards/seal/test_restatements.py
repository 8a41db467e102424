"""What changed in figures that were sent is named in the next edition, with its rows."""

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import update

from tallymark.scorecards.scope import Scope
from tallymark_tenants.models import Kpi, Target

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def by_name(rows):
    return {row["name"]: row for row in rows}


def causes(row):
    return {cause["text"]: cause["change"] and Decimal(cause["change"]["exact"]) for cause in row["causes"]}


def planted(company, deal):
    """One deal deleted, one re-dated, one re-owned, one changed."""
    company.land(
        "opportunities",
        [
            deal("2", "200", deleted_at=NOW),
            deal("5", "300", on="2026-10-02"),
            deal("6", "40", rep="binh"),
            deal("1", "110.10"),
        ],
    )


def test_planted_changes_are_named_with_their_rows_and_sum_to_the_difference(company, deal):
    sent = company.edition(SEPTEMBER)
    planted(company, deal)
    october = company.edition(OCTOBER)
    rows = by_name(company.restated(october))
    bookings = rows["Sales bookings"]
    assert bookings["sentence"].startswith("Sales bookings for September 2026 was €690 when sent on ")
    assert bookings["sentence"].endswith("and is €200 now.")
    assert (bookings["was"]["exact"], bookings["now"]["exact"]) == ("690.1", "200.1")
    assert causes(bookings) == {
        "opportunities: 1 row deleted – Deal 2": Decimal(-200),
        "opportunities: 1 row with another date – Deal 5": Decimal(-300),
        "opportunities: 1 row with another amount – Deal 1": Decimal(10),
    }
    assert sum(causes(bookings).values()) == Decimal("200.1") - Decimal("690.1")
    ratio = rows["Sales close ratio"]
    assert "83" in ratio["sentence"]
    assert "75" in ratio["sentence"]
    assert any("(numerator)" in text for text in causes(ratio))
    moved = rows["Sales bookings of Binh Tran"]
    assert causes(moved) == {"opportunities: 1 row with another owner now – Deal 6": Decimal(40)}
    assert rows["Sales bookings of An Nguyen"]["now"]["exact"] == "110.1"
    assert causes(rows["Sales bookings of An Nguyen"])[
        "opportunities: 1 row with another owner now – Deal 6"
    ] == Decimal(-40)
    # Both editions still verify, the first from snapshots that are no longer current.
    assert company.verified(sent).verdict == "verified"
    assert company.verified(october).verdict == "verified"


def test_what_was_told_once_is_not_told_again(company, deal):
    company.edition(SEPTEMBER)
    planted(company, deal)
    assert company.restated(company.edition(OCTOBER))
    assert company.restated(company.edition(NOVEMBER)) == []
    company.land("opportunities", [deal("2", "200")])
    (*_, row) = [
        row for row in company.restated(company.edition(NOVEMBER)) if row["metric"] == "revenue.bookings"
    ]
    september = [
        row
        for row in company.restated(company.edition(NOVEMBER))
        if row["period"] == "September 2026" and row["metric"] == "revenue.bookings"
    ]
    assert [
        (row["was"]["exact"], row["now"]["exact"]) for row in september if row["name"] == "Sales bookings"
    ] == [("200.1", "400.1")]
    assert row["causes"]


def test_nothing_is_told_where_nothing_changed_or_nothing_was_sent(company):
    assert company.restated(company.edition(SEPTEMBER)) == []
    assert company.restated(company.edition(OCTOBER)) == []


def test_a_members_edition_tells_of_its_own_rows(company, deal):
    an = Scope(dimension="rep", member="an")
    company.edition(SEPTEMBER, scope=an)
    company.land("opportunities", [deal("6", "40", rep="binh")])
    assert company.restated(company.edition(OCTOBER)) == []
    rows = by_name(company.restated(company.edition(OCTOBER, scope=an)))
    assert causes(rows["Sales bookings of An Nguyen"]) == {
        "opportunities: 1 row with another owner now – Deal 6": Decimal(-40)
    }


def test_another_exchange_rate_is_told_from_another_amount(company, deal):
    rate = {"id": "1", "currency": "USD", "on": date(2026, 9, 1), "rate": Decimal("0.9")}
    company.land("fx_rates", [rate])
    company.land("opportunities", [deal("7", "100", currency="USD")])
    company.edition(SEPTEMBER)
    company.land("fx_rates", [{**rate, "rate": Decimal("0.8")}])
    rows = by_name(company.restated(company.edition(OCTOBER)))
    assert causes(rows["Sales bookings"]) == {
        "opportunities: 1 row at another exchange rate – Deal 7": Decimal(-10)
    }
    assert "Sales close ratio" not in rows


def test_the_section_is_said_in_the_readers_language_and_calendar(company, deal):
    company.edition(SEPTEMBER)
    planted(company, deal)
    rows = company.restated(company.edition(OCTOBER, locale="fa"))
    assert rows
    assert not set("0123456789") & set(rows[0]["was"]["text"])


def test_many_rows_are_counted_and_five_are_named(company, deal):
    company.edition(SEPTEMBER)
    company.land("opportunities", [deal(f"n{number}", str(number)) for number in range(1, 9)])
    (text,) = causes(by_name(company.restated(company.edition(OCTOBER)))["Sales bookings"])
    assert text == (
        "opportunities: 8 rows added later – Deal n8, Deal n7, Deal n6, Deal n5, Deal n4, and 3 more"
    )


def test_a_target_that_a_formula_reads_is_a_cause(company):
    company.land(
        "orders",
        [
            {
                "id": "o1",
                "ordered_at": datetime(2026, 9, 5, tzinfo=UTC),
                "amount": Decimal(345),
                "currency": "EUR",
                "status": "completed",
            }
        ],
    )
    company.land(
        "order_lines",
        [
            {
                "id": "l1",
                "order_id": "o1",
                "ordered_at": datetime(2026, 9, 5, tzinfo=UTC),
                "quantity": Decimal(1),
                "amount": Decimal(345),
                "currency": "EUR",
            }
        ],
    )
    with company.database.tenant(company.profile.id) as session:
        session.add(
            Target(metric_key="revenue.revenue", period_start=SEPTEMBER, period_end=OCTOBER, value=690)
        )
        session.add(
            Kpi(
                kpi_set_id=company.kpi_set_id,
                metric_key="revenue.target_attainment",
                position=9,
                section="Revenue",
            )
        )
    company.edition(SEPTEMBER)
    with company.database.tenant(company.profile.id) as session:
        session.execute(update(Target).values(value=1380))
    (row,) = company.restated(company.edition(OCTOBER))
    assert (row["was"]["exact"], row["now"]["exact"]) == ("0.5", "0.25")
    assert [(cause["text"], cause["change"]["exact"]) for cause in row["causes"]] == [
        ("Changed target", "-0.25")
    ]
