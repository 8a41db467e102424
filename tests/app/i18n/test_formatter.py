"""Numbers, dates and periods as people write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tallymark.i18n import Catalogue, Formatter, catalogue, isolate, parse_locale
from tallymark.i18n.amounts import significant
from tallymark.i18n.isolation import bare
from tallymark_sdk.calendars import calendar

NBSP = "\N{NO-BREAK SPACE}"
EN = Formatter.of("en", "USD")
VI = Formatter.of("vi", "VND")
FA = Formatter.of("fa", "IRR", "jalali")
ZH = Formatter.of("zh-Hant", "TWD")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1284310.50", "$1.28M"),
        ("999950", "$1.00M"),
        ("999499", "$999K"),
        ("27000", "$27.0K"),
        ("-27912", "−$27.9K"),
        ("812.4", "$812"),
        ("999.6", "$1.00K"),
        ("27.4", "$27.40"),
        ("0", "$0"),
        ("32600000000", "$32.6B"),
    ],
    ids=str,
)
def test_compact_money_has_three_digits(value, text):
    assert EN.money(Decimal(value), compact=True) == text


def test_exact_money_has_the_currencys_decimals():
    assert EN.money(Decimal("1284310.505")) == "$1,284,310.50"
    assert EN.money(Decimal(-5)) == "−$5.00"
    assert VI.money(Decimal("1284310.5")) == f"1.284.310{NBSP}₫"
    assert ZH.money(Decimal(1284310)) == "NT$1,284,310"


def test_large_numbers_take_the_languages_own_words():
    assert VI.money(Decimal(32_600_000_000), compact=True) == f"32,6{NBSP}tỷ{NBSP}₫"
    assert VI.money(Decimal(707_000_000), compact=True) == f"707{NBSP}triệu{NBSP}₫"
    assert ZH.money(Decimal(1_284_310), compact=True) == "NT$128萬"
    assert bare(FA.money(Decimal(4_870_000_000), compact=True)) == f"۴٫۸۷{NBSP}میلیارد{NBSP}ریال"


def test_persian_numbers_have_persian_digits_and_signs():
    assert bare(FA.number(Decimal("1234.5"), 1)) == "۱٬۲۳۴٫۵"
    assert bare(FA.percent(Decimal("0.274"))) == "۲۷٫۴٪"
    assert bare(FA.signed(Decimal("-0.04"))) == "−۴٫۰٪"


def test_numbers_are_isolated_where_lines_run_from_right_to_left():
    assert FA.count(5) == "\u2068۵\u2069"
    assert EN.count(5) == "5"


@pytest.mark.parametrize(
    ("value", "unit", "compact", "full"),
    [
        ("0.27449", "ratio", "27.4%", "27.45%"),
        ("47", "days", "47 days", "47 days"),
        ("1", "days", "1 day", "1 day"),
        ("58.44", "days", "58.4 days", "58.4 days"),
        ("5.8", "hours", "5.8 h", "5.8 h"),
        ("12345", "count", "12.3K", "12,345"),
        ("312", "count", "312", "312"),
        ("3.4", "rate", "3.40", "3.40"),
        ("82", "score", "82.0", "82.0"),
    ],
    ids=str,
)
def test_each_unit_is_written_its_way(value, unit, compact, full):
    assert EN.value(Decimal(value), unit) == compact
    assert EN.value(Decimal(value), unit, compact=False) == full


def test_changes_carry_their_sign_and_nothing_has_none():
    assert EN.signed(Decimal("0.075")) == "+7.5%"
    assert EN.signed(Decimal("-0.04")) == "−4.0%"
    assert EN.signed(Decimal("0.006"), points=True) == "+0.6 pp"
    assert EN.signed(Decimal("-0.0004")) == "0.0%"


def test_an_axis_says_no_needless_zeros():
    assert EN.axis(Decimal(1_000_000), "money") == "$1M"
    assert EN.axis(Decimal("0.3"), "ratio") == "30%"
    assert EN.axis(Decimal(40), "days") == "40"


@pytest.mark.parametrize(
    ("system", "fiscal", "grain", "long", "short"),
    [
        ("gregorian", 1, "day", "October 5, 2026", "Oct 5"),
        ("gregorian", 1, "week", "Week 41, 2026", "W41"),
        ("gregorian", 1, "month", "October 2026", "Oct"),
        ("gregorian", 1, "quarter", "Q4 2026", "Q4"),
        ("gregorian", 1, "year", "2026", "2026"),
        ("gregorian", 4, "quarter", "Q3 FY2027", "Q3"),
        ("gregorian", 4, "year", "FY2027", "FY2027"),
        ("jalali", 1, "day", "13 Mehr 1405", "13 Mehr 1405"),
        ("jalali", 1, "month", "Mehr 1405", "Mehr"),
        ("jalali", 1, "quarter", "Q3 1405", "Q3"),
        # The ninth month of the retail year that began on 1 February 2026.
        ("4-5-4", 2, "month", "P9 FY2026", "P9"),
        ("4-5-4", 2, "week", "Week 36, FY2026", "W36"),
        ("4-5-4", 2, "day", "October 5, 2026", "Oct 5"),
        ("iso-week", 1, "month", "P10 2026", "P10"),
    ],
    ids=str,
)
def test_periods_have_names(system, fiscal, grain, long, short):
    period = calendar(system, fiscal).period(grain, date(2026, 10, 5))
    write = Formatter.of("en", "USD", system)
    assert write.period(period) == long
    assert write.period(period, short=True) == short


@pytest.mark.parametrize(
    ("locale", "quarter", "fiscal", "week"),
    [
        ("vi", "Quý 4 năm 2026", "Quý 3 năm tài chính 2027", "Tuần 41 năm 2026"),
        ("fa", "فصل ۴، ۲۰۲۶", "فصل ۳، سال مالی ۲۰۲۷", "هفتهٔ ۴۱، ۲۰۲۶"),
        ("zh-Hant", "2026 年第 4 季", "2027 會計年度第 3 季", "2026 年第 41 週"),
    ],
)
def test_each_language_orders_year_and_quarter_its_own_way(locale, quarter, fiscal, week):
    write, day = Formatter.of(locale, "USD"), date(2026, 10, 5)
    assert bare(write.period(calendar("gregorian").period("quarter", day))) == quarter
    assert bare(write.period(calendar("gregorian", 4).period("quarter", day))) == fiscal
    assert bare(write.period(calendar("gregorian").period("week", day))) == week


def test_a_span_ends_on_its_last_day():
    months = calendar("gregorian")
    assert EN.span(months.period("month", date(2026, 10, 5))) == "October 1, 2026 – October 31, 2026"
    assert EN.span(months.period("day", date(2026, 10, 5))) == "October 5, 2026"
    jalali = calendar("jalali").period("month", date(2026, 10, 5))
    assert Formatter.of("en", "USD", "jalali").span(jalali) == "1 Mehr 1405 – 30 Mehr 1405"


def test_a_moment_is_local():
    tehran = Formatter.of("en", "IRR", "jalali", "Asia/Tehran")
    assert tehran.moment(datetime(2026, 11, 3, 21, 0, tzinfo=UTC)) == "13 Aban 1405, 00:30"


def test_names_cannot_leak_their_direction():
    assert EN.name("شرکت آفتاب") == "\u2068شرکت آفتاب\u2069"
    assert EN.name("Acme") == "Acme"
    assert EN.name("Acme\u202e\u2069 evil") == "Acme evil"
    assert FA.name("Acme") == "\u2068Acme\u2069"
    assert isolate("אב", "ltr") == "\u2068אב\u2069"


def test_a_name_in_a_sentence_keeps_abbreviations():
    assert EN.in_sentence("Sales bookings") == "sales bookings"
    assert EN.in_sentence("MRR") == "MRR"
    assert ZH.in_sentence("Sales") == "Sales"


def test_significant_digits_round_half_to_even():
    assert significant(Decimal(1285000)) == Decimal(1280000)
    assert significant(Decimal("0.00123456")) == Decimal("0.00123")
    assert significant(Decimal(0)) == 0


def test_locales_are_read_in_either_spelling_and_unknown_ones_refused():
    assert parse_locale("zh-Hant") == parse_locale("zh_Hant")
    assert Catalogue("fa").direction == "rtl"
    assert catalogue("zh-Hant").tag == "zh-Hant"
    with pytest.raises(ValueError, match="is not a locale; write a language code"):
        parse_locale("klingon!")


def test_a_language_without_a_catalogue_speaks_english():
    assert catalogue("vi").gettext("Target %(value)s", value=3) == "Target 3"
    assert catalogue("vi").ngettext("%(n)s day", "%(n)s days", 2, n=2) == "2 days"
