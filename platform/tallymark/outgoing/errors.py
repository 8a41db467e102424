"""What can go wrong with a request to the outside."""

from tallymark_sdk.said import Said


class OutgoingError(Exception):
    """Base; `said` is one sentence without the address's secret parts."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


class OutgoingRefused(OutgoingError):
    """The address may not be asked: it is not public, not https, or not an address at all."""


class OutgoingFailed(OutgoingError):
    """Nobody answered, or not properly. `begun` says whether any of the request may have arrived."""

    def __init__(self, said: Said, *, begun: bool) -> None:
        super().__init__(said)
        self.begun = begun
