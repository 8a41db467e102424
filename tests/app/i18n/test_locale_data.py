"""What a process writes in one language leaves no trace in the next."""

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from tallymark.i18n import Catalogue, Formatter
from tallymark_sdk.calendars import calendar
from tallymark_sdk.said import Said

OCTOBER = date(2026, 10, 1)
MONTHS = """
from datetime import date
from tallymark.i18n import Formatter
from tallymark_sdk.calendars import calendar
month = calendar("gregorian").period("month", date(2026, 10, 1))
for locale in {locales}:
    formatter = Formatter.of(locale, "USD")
    print(formatter.period(month, short=True), formatter.texts.locale.days["stand-alone"]["abbreviated"][0])
"""


@pytest.mark.parametrize(
    "locales",
    [("zh-Hant", "fa", "vi", "en"), ("en", "vi", "fa", "zh-Hant"), ("de", "fr", "fa")],
    ids="-".join,
)
def test_months_are_those_of_the_language_whatever_was_written_before(locales):
    """Babel alone writes 10月 into a Persian axis once a Chinese one was written."""
    words = {
        "zh-Hant": "10月 週一",
        "fa": "اکتبر دوشنبه",
        "vi": "Tháng 10 Th 2",
        "en": "Oct Mon",
        "de": "Okt",
        "fr": "oct.",
    }
    done = subprocess.run(
        [sys.executable, "-c", MONTHS.format(locales=locales)], capture_output=True, text=True, check=True
    )
    for locale, line in zip(locales, done.stdout.splitlines(), strict=True):
        shown = line.replace("\N{FIRST STRONG ISOLATE}", "").replace("\N{POP DIRECTIONAL ISOLATE}", "")
        assert shown.startswith(words[locale]), locale


@pytest.mark.parametrize(
    ("grain", "alone", "inside"),
    [("month", "Tháng 10 năm 2026", "tháng 10 năm 2026"), ("quarter", "Quý 4 năm 2026", "quý 4 năm 2026")],
    ids=["month", "quarter"],
)
def test_a_vietnamese_period_has_a_capital_where_it_stands_alone(grain, alone, inside):
    formatter = Formatter.of("vi", "VND")
    period = formatter.period(calendar("gregorian").period(grain, OCTOBER))
    assert period == alone
    told = formatter.texts.gettext("No figure could be computed for %(period)s.", period=period)
    assert told == f"Không tính được số liệu nào cho {inside}."
    assert formatter.texts.gettext("%(title)s: %(period)s", title="X", period=period) == f"X: {alone}"


def test_a_stored_sentence_is_said_in_the_readers_language():
    formatter = Formatter.of("fa", "IRR", "jalali")
    stored = str(Said("%(rows)s rows read", rows=12000))
    assert (
        formatter.said("12,000 rows read")
        == formatter.said(stored)
        == formatter.texts.gettext("%(rows)s rows read", rows=formatter.number(12000))
    )
    assert "12" not in formatter.said(stored)
    assert Formatter().said(stored) == "12000 rows read"


def test_what_nobody_knows_stays_as_it_is():
    assert Formatter.of("vi", "VND").said("Disk on fire at /dev/sda") == "Disk on fire at /dev/sda"


def test_an_error_carries_its_values():
    error = ValueError(Said("The name is longer than %(longest_name)s characters.", longest_name=200))
    assert str(error) == "The name is longer than 200 characters."
    assert Formatter.of("vi", "VND").said(error) == "Tên dài hơn 200 ký tự."


def test_moments_and_dates_inside_a_sentence_follow_the_readers_calendar():
    formatter = Formatter.of("fa", "IRR", "jalali")
    said = Said("Done on %(date)s", date=date(2026, 10, 1))
    assert "مهر" in formatter.said(said)
    assert "۰۶" in formatter.said(Said("Done on %(date)s", date=datetime(2026, 11, 3, 6, tzinfo=UTC)))


def test_texts_are_those_of_the_language_of_a_regional_locale():
    assert Catalogue("zh_TW").gettext("Targets") == Catalogue("zh-Hant").gettext("Targets") != "Targets"
    assert Catalogue("zh_CN").gettext("Targets") == "Targets"  # Simplified Chinese has no texts
