"""What customers say."""

from __future__ import annotations

from tallymark_metrics.views import SCORED_SURVEYS
from tallymark_sdk import Derived, Flow, Metric, Part, Ratio, _

_SCALE = ("surveys.answered_on", "surveys.kind", "surveys.scale_max", "surveys.scale_min", "surveys.score")


def _satisfaction(value: object) -> Flow:
    return Flow(
        SCORED_SURVEYS,
        on="answered_on",
        value=value,
        where=_.kind == "csat",
        leave_out={
            "no score": _.of_ten.isnull(),
            "score outside the scale": (_.of_ten < 1) | (_.of_ten > 10),
        },
    )


_ANSWERS = _satisfaction(_.count())


def _share(name: str, condition: object) -> Part:
    return Part(name=name, unit="ratio", formula=Ratio(_satisfaction(_.count(where=condition)), _ANSWERS))


SATISFACTION = Metric(
    key="customers.satisfaction",
    name="Customer satisfaction",
    description="Mean score of the satisfaction answers of the period on a scale from 1 to 10; answers on another scale "
    "are moved onto it. The number of answers and the shares of high, middling and low ones stand beside it.",
    unit="score",
    better="higher",
    inputs=_SCALE,
    formula=Ratio(_satisfaction(_.of_ten.sum()), _ANSWERS),
    parts={
        "answers": Part(name="Answers", unit="count", formula=_ANSWERS),
        "high": _share("Share of 9 and 10", _.of_ten >= 9),
        "middling": _share("Share of 7 and 8", (_.of_ten >= 7) & (_.of_ten < 9)),
        "low": _share("Share of 1 to 6", _.of_ten < 7),
    },
    by=("rep", "team", "region", "product_group"),
    source="KPI template (vi), 6: a short survey, scored 1 to 10",
)


def _recommendation(value: object) -> Flow:
    return Flow(
        SCORED_SURVEYS,
        on="answered_on",
        value=value,
        where=_.kind == "nps",
        leave_out={
            "no score": _.of_eleven.isnull(),
            "score outside the scale": (_.of_eleven < 0) | (_.of_eleven > 10),
        },
    )


_NPS_ANSWERS = _recommendation(_.count())

NET_PROMOTER_SCORE = Metric(
    key="customers.net_promoter_score",
    name="Net promoter score",
    description="A hundred times the share of 9 and 10 less the share of 0 to 6, of the recommendation answers of the "
    "period on a scale from 0 to 10.",
    unit="score",
    better="higher",
    inputs=_SCALE,
    formula=Derived(
        100
        * Ratio(
            _recommendation(_.count(where=_.of_eleven >= 9))
            - _recommendation(_.count(where=_.of_eleven < 7)),
            _NPS_ANSWERS,
        )
    ),
    parts={"answers": Part(name="Answers", unit="count", formula=_NPS_ANSWERS)},
    by=("rep", "region"),
    source="beyond the documents: F. Reichheld, The One Number You Need to Grow, Harvard Business Review 2003",
)
