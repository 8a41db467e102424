"""The band of a value, worked by hand."""

from fractions import Fraction
from math import log

import pytest

from tallymark.alerts.band import Band, Past, TooShort, band_of


def past(value, *before):
    values = [None if each is None else Fraction(each) for each in (value, *before)]
    return Past(value=values[0], before=tuple(values[1:]))


def banded(now, known, needed, out_of) -> Band:
    """The band; there is enough history."""
    found = band_of(now, known, needed, out_of)
    assert isinstance(found, Band)
    return found


def test_the_season_carried_on_by_the_trend():
    """Each of six values is 10 % over its own of a year before, give or take: quotients 1.0, 1.1, 1.1, 1.1, 1.2, 1.3.

    The drift is their median, 1.1; 200 a year ago make 220. Values by forecasts are these by 1.1; the factors between the
    two are 1, 1, 1, 12/11, 1.1 and 13/11: median 23/22. To the power of 1.96 × 1.4826 that is 1.13789: from
    220 / 1.13789 = 193.34 to 220 × 1.13789 = 250.33.
    """
    known = [past(value, 100) for value in (100, 110, 110, 110, 120, 130)]
    band = banded(past(150, 200), known, 6, 20)
    assert band.expected == 220
    assert (round(float(band.low), 2), round(float(band.high), 2)) == (193.34, 250.33)
    wider = banded(past(150, 200), known, 6, 100)
    assert wider.expected == 220
    assert round(log(wider.high / 220) / log(band.high / 220), 6) == round(2.576 / 1.960, 6)


def test_one_odd_year_does_not_lead_the_forecast():
    """Two years ago was 200, three 190; last year's 20 was an accident. The median of the three forecasts holds."""
    known = [past(100, 100, 100, 100) for _ in range(6)]
    band = banded(past(195, 20, 200, 190), known, 6, 20)
    assert band.expected == 190
    # Values never differed, so one percent is taken as usual: 190 × 1.96 %.
    assert band.high - 190 == 190 * Fraction("0.0196")


def test_one_wild_period_does_not_widen_the_band():
    calm = [past(value, 100) for value in (99, 101, 99, 101, 100, 100)]
    wild = [*calm[:-1], past(900, 100)]
    assert banded(past(100, 100), wild, 6, 20).high < 110


def test_values_that_are_not_all_above_nothing_are_held_apart_by_differences():
    known = [past(value, 0) for value in (-4, 4, -4, 4, -4, 4)]
    band = banded(past(3, 1), known, 6, 20)
    assert band.expected == 1  # 1, and a trend of 0
    assert band.high - 1 == Fraction("1.960") * 4 * Fraction("1.4826")


@pytest.mark.parametrize("have", [0, 3, 5])
def test_too_few_periods_are_told(have):
    known = [past(1, 1)] * have + [past(1, None), past(None, 1)]
    assert band_of(past(1, 1), known, 6, 20) == TooShort(have=have, need=6)


def test_a_value_without_its_like_a_year_before_has_no_band():
    assert isinstance(band_of(past(1, None, 1), [past(1, 1)] * 6, 6, 20), TooShort)


def test_older_periods_than_are_needed_change_nothing():
    known = [past(value, 100) for value in (100, 110, 110, 110, 120, 130)]
    assert band_of(past(1, 200), [past(900, 1)] * 9 + known, 6, 20) == band_of(past(1, 200), known, 6, 20)


def test_a_wide_band_of_values_above_nothing_stays_above_nothing():
    """Halves and doubles are equally far: a median factor of 2 is 2 to the power of 2.906, 7.49, either way."""
    known = [past(value, 100) for value in (50, 100, 200, 50, 200, 100, 50, 200)]
    band = banded(past(1, 100), known, 8, 20)
    assert band.expected == 100
    assert (round(float(band.low), 2), round(float(band.high), 1)) == (13.34, 749.5)
