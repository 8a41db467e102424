"""Every built-in metric holds the checks that a stranger's is held to when it is loaded."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tallymark.plugins.loader import OUR_OWN
from tallymark.plugins.registry import registry
from tallymark_sdk import Metric, check

BUILT_IN = [metric for metric in registry() if registry().pack_of(metric.key).distribution in OUR_OWN]
CATALOGUE = Path(__file__).parents[3] / "shared" / "kpi_catalogue.toml"


def test_there_are_twelve_families_and_none_is_refused() -> None:
    assert len({metric.family for metric in BUILT_IN}) == 12
    assert [each for each in registry().broken if each.distribution in OUR_OWN] == []


@pytest.mark.parametrize("metric", BUILT_IN, ids=lambda metric: metric.key)
def test_a_built_in_metric_is_right(metric: Metric) -> None:
    check(metric)
    assert metric.source, "every definition names the document it stands on"


def catalogue() -> list[dict[str, Any]]:
    if not CATALOGUE.exists():
        pytest.skip(
            f"THE CATALOGUE OF KPIS IS NOT HERE ({CATALOGUE.name}); NAMES AND BREAKDOWNS ARE NOT COMPARED"
        )
    return tomllib.loads(CATALOGUE.read_text())["kpi"]


def test_the_catalogue_is_whole_and_said_in_its_words() -> None:
    known = registry()
    for kpi in catalogue():
        metric = known[kpi["key"]]
        offered = {
            dimension.replace(" ", "_") if " x " not in dimension else dimension for dimension in kpi["by"]
        }
        assert offered <= set(metric.by), metric.key
        assert (metric.name, metric.unit, metric.better) == (kpi["name"], kpi["unit"], kpi["better"])


def test_the_catalogue_has_names_in_four_languages() -> None:
    known = registry()
    for kpi in catalogue():
        domain = known.pack_of(kpi["key"]).domain
        told = {
            language: domain.text(known[kpi["key"]].name, language) for language in ("vi", "fa", "zh_Hant")
        }
        assert told == {"vi": kpi["vi"], "fa": kpi["fa"], "zh_Hant": kpi["zh"]}, kpi["key"]
