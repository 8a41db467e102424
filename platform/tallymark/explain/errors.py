"""Why a figure can't be explained."""

from tallymark_sdk.errors import TallymarkError


class NoExplanation(TallymarkError):
    """The question can't be answered; the sentence says what to write instead."""


class NoCell(NoExplanation):
    """There is no such figure: nothing of the member is in the data."""
