"""What can go wrong in a job, named by what is done about it."""

from __future__ import annotations

from datetime import timedelta


class JobError(Exception):
    """Base of the errors a handler may raise on purpose; `str()` is a sentence a person can read."""


class Retry(JobError):
    """The cause may pass (a source is away, a lock is taken): try again later; counts as an attempt."""

    def __init__(self, sentence: str, *, after: timedelta | None = None) -> None:
        """`after` is the least time to wait; None takes the usual back-off."""
        super().__init__(sentence)
        self.after = after


class GiveUp(JobError):
    """Trying again cannot help: the run fails now and shows this sentence to its tenant."""


class LeaseLost(JobError):
    """Somebody else has the run by now: stop, write nothing, say nothing to the tenant."""


class RunTaken(BaseException):
    """The run was cancelled or given to another while its handler worked. Not an `Exception`, like the next."""


class TimeLimitReached(BaseException):
    """The handler's time is up. Not an `Exception`, so that a broad `except` cannot swallow it."""


class RedisAway(ConnectionError):
    """Redis does not answer; the sentence says where it was looked for and what to do."""
