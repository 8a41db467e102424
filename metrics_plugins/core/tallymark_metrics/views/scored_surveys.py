"""Survey answers on one scale: 1 to 10 for satisfaction, 0 to 10 for recommendation."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View

_POINTS = "decimal(18, 6)"


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    surveys = tables["surveys"]
    lowest, highest = surveys.scale_min, surveys.scale_max
    width = (highest - lowest).nullif(0)

    def on(least: int) -> ir.Value:
        """The answer on a scale from `least` to 10; as it is where its own scale isn't told."""
        same = (lowest == least) & (highest == 10)
        moved = (least + (surveys.score - lowest) * (10 - least) / width).round(6).cast(_POINTS)
        return ibis.ifelse(same.fill_null(True) | width.isnull(), surveys.score, moved)

    return surveys.mutate(of_ten=on(1).cast(_POINTS), of_eleven=on(0).cast(_POINTS))


_SCORE = ("surveys.score", "surveys.scale_min", "surveys.scale_max")

SCORED_SURVEYS = View(
    name="scored_surveys",
    rows="survey answers",
    grain="surveys",
    requires=(),
    columns={
        "kind": "surveys.kind",
        "answered_on": "surveys.answered_on",
        "of_ten": _SCORE,
        "of_eleven": _SCORE,
        "rep_id": "surveys.rep_id",
        "account_id": "surveys.account_id",
        "product_group": "surveys.product_group",
    },
    words={
        "of_ten": "score from 1 to 10",
        "of_eleven": "score from 0 to 10",
    },
    build=_build,
)
"""Survey answers with their score from 1 to 10 (`of_ten`) and from 0 to 10 (`of_eleven`)."""
