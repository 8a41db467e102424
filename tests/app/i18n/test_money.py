"""Amounts as people write them in four languages, and as a tenant chose."""

from decimal import Decimal

import pytest
from babel import Locale

from tallymark.i18n import Formatter
from tallymark.i18n.conventions import DISPLAYS
from tallymark.i18n.isolation import bare
from tallymark.i18n.money import Money
from tallymark_tenants.models.tenancy import MONEY_DISPLAYS

SP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("locale", "currency", "display", "value", "exact", "compact"),
    [
        ("en", "VND", "", "-1234567.5", "−₫1,234,568", "−₫1.23M"),
        ("vi", "VND", "", "1234567", f"1.234.567{SP}₫", f"1,23{SP}triệu{SP}₫"),
        ("vi", "VND", "", "-2500000000", f"−2.500.000.000{SP}₫", f"−2,50{SP}tỷ{SP}₫"),
        ("vi", "VND", "", "12300000000000", f"12.300.000.000.000{SP}₫", f"12.300{SP}tỷ{SP}₫"),
        ("vi", "VND", "", "9512", f"9.512{SP}₫", f"9,51{SP}nghìn{SP}₫"),
        ("fa", "IRR", "", "1234567", f"۱٬۲۳۴٬۵۶۷{SP}ریال", f"۱٫۲۳{SP}میلیون{SP}ریال"),
        ("fa", "IRR", "", "-4870000000", f"−۴٬۸۷۰٬۰۰۰٬۰۰۰{SP}ریال", f"−۴٫۸۷{SP}میلیارد{SP}ریال"),
        (
            "fa",
            "IRR",
            "",
            "12300000000000",
            f"۱۲٬۳۰۰٬۰۰۰٬۰۰۰٬۰۰۰{SP}ریال",
            f"۱۲٫۳{SP}هزار{SP}میلیارد{SP}ریال",
        ),
        ("fa", "IRR", "toman", "1234567", f"۱۲۳٬۴۵۷{SP}تومان", f"۱۲۳{SP}هزار{SP}تومان"),
        ("fa", "IRR", "toman", "-50000000", f"−۵٬۰۰۰٬۰۰۰{SP}تومان", f"−۵٫۰۰{SP}میلیون{SP}تومان"),
        ("en", "IRR", "", "1234567", f"IRR{SP}1,234,567", f"IRR{SP}1.23M"),
        ("en", "IRR", "toman", "1234567", f"123,457{SP}toman", f"123K{SP}toman"),
        ("en", "TWD", "", "1234567", "NT$1,234,567", "NT$1.23M"),
        ("zh-Hant", "TWD", "", "1234567", "NT$1,234,567", "NT$123萬"),
        ("zh-Hant", "TWD", "", "-123456789", "−NT$123,456,789", "−NT$1.23億"),
        ("zh-Hant", "TWD", "", "9512", "NT$9,512", "NT$9,512"),
        ("zh-Hant", "TWD", "yuan", "1234567", "1,234,567元", "123萬元"),
        ("zh-Hant", "TWD", "yuan", "-27000", "−27,000元", "−2.70萬元"),
        ("en", "TWD", "yuan", "1234567", "NT$1,234,567", "NT$1.23M"),
        ("zh-Hant", "USD", "yuan", "1234567", "US$1,234,567.00", "US$123萬"),
        ("fa", "USD", "toman", "12.5", f"۱۲٫۵۰{SP}$", f"۱۲٫۵۰{SP}$"),
    ],
    ids=str,
)
def test_amounts_are_written_as_people_do(locale, currency, display, value, exact, compact):
    write = Formatter.of(locale, currency, money_display=display)
    assert bare(write.money(Decimal(value))) == exact
    assert bare(write.money(Decimal(value), compact=True)) == compact


@pytest.mark.parametrize(
    ("value", "compact"),
    [("9950000", "$9.95M"), ("9512", "$9.51K"), ("9996", "$10.0K"), ("99960", "$100K"), ("1000", "$1.00K")],
)
def test_three_digits_are_kept_next_to_a_power_of_ten(value, compact):
    assert Formatter.of("en", "USD").money(Decimal(value), compact=True) == compact


@pytest.mark.parametrize(
    ("locale", "currency", "text"),
    [
        ("vi", "VND", f"2,5{SP}triệu{SP}₫"),
        ("fa", "IRR", f"۲٫۵{SP}میلیون{SP}ریال"),
        ("zh-Hant", "TWD", "NT$250萬"),
    ],
)
def test_an_axis_has_no_needless_zeros_in_any_language(locale, currency, text):
    assert bare(Formatter.of(locale, currency).axis(Decimal(2_500_000), "money")) == text


def test_every_way_that_a_tenant_may_choose_is_known():
    assert {name: way.currency for name, way in DISPLAYS.items()} == {
        name: currency for name, currency in MONEY_DISPLAYS.items() if name
    }


def test_rounding_is_done_once_in_the_unit_that_is_shown():
    toman = Money(Locale.parse("en"), "IRR", "toman")
    assert toman.exact(Decimal(1234565)) == f"123,456{SP}toman"
    assert toman.compact(Decimal(9995)) == f"1.00K{SP}toman"


def test_a_number_of_four_digits_before_its_word_is_grouped():
    write = Formatter.of("zh-Hant", "TWD")
    assert write.money(14_600_000, compact=True) == "NT$1,460萬"
    assert write.money(105_000_000, compact=True) == "NT$1.05億"
