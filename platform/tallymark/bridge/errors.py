"""Why there is no bridge."""

from tallymark_sdk.errors import TallymarkError


class NoBridge(TallymarkError):
    """The change can't be split; the sentence says why, or what to ask instead."""
