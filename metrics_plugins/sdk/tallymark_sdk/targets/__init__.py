"""Targets: what a metric should reach, in any period that is asked for.

A target is set for a period (2,400 for the year) and asked for in others (May, week 20, the second quarter). Everything
here is plain arithmetic over dates and decimals: `spread` divides one target over its days, `decomposition` lets
several targets of one member stand together, `book` answers for any metric, member and period, and `pace` says how
a value stands on the way.
"""

from tallymark_sdk.targets.book import SCOPES, TargetAnswer, TargetBook, TargetSource
from tallymark_sdk.targets.decomposition import Decomposition
from tallymark_sdk.targets.pace import attainment, elapsed, needed_per_day, pace
from tallymark_sdk.targets.rows import Nature, TargetRow, groups_of_reps, read_rows, settled
from tallymark_sdk.targets.spread import METHODS, Spread, TargetError, day_weights, decompose, month_count

__all__ = [
    "METHODS",
    "SCOPES",
    "Decomposition",
    "Nature",
    "Spread",
    "TargetAnswer",
    "TargetBook",
    "TargetError",
    "TargetRow",
    "TargetSource",
    "attainment",
    "day_weights",
    "decompose",
    "elapsed",
    "groups_of_reps",
    "month_count",
    "needed_per_day",
    "pace",
    "read_rows",
    "settled",
]
