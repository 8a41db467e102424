"""A registry with a KPI's parameter values."""

import pytest

from tallymark.plugins.registry import UnknownMetric, registry

KEY = "pipeline.stale_opportunities"


def test_values_hold_in_the_copy_alone() -> None:
    bound = registry().with_parameters({KEY: {"days": 45}})
    assert bound[KEY].values == {"days": 45}
    assert registry()[KEY].values == {}
    assert registry().with_parameters({KEY: {"days": 45}})[KEY] is bound[KEY], (
        "compiled queries are found again"
    )


def test_a_stored_value_that_its_metric_no_longer_takes_refuses_the_metric_and_says_why() -> None:
    bound = registry().with_parameters({KEY: {"weeks": 6}, "revenue.bookings": {}})
    with pytest.raises(UnknownMetric, match='has no parameter "weeks"'):
        bound[KEY]
    assert "revenue.bookings" in bound.metrics
