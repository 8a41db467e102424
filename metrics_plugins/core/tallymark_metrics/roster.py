"""Who counts as a rep of a period: the roster, whether somebody sold or not."""

from __future__ import annotations

from tallymark_sdk import Stock, _

ACTIVE_REPS = Stock("reps", start="hired_on", end="left_on", at="during", open_start=True, value=_.count())
"""Reps employed on at least one day of the period."""

REPS_AT_START = Stock("reps", start="hired_on", end="left_on", at="start", open_start=True, value=_.count())
REPS_AT_END = Stock("reps", start="hired_on", end="left_on", at="end", open_start=True, value=_.count())

ROSTER_INPUTS = ("reps.hired_on", "reps.left_on")
