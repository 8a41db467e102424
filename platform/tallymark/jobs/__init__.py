"""Work done outside a page: requested in a transaction, run once by a worker, watched by its row.

`request(session, tenant_id, kind, key, input_version, params)` asks; a function decorated with
`@handles(kind)` does it and is given a `JobContext`.
"""

from .context import JobContext
from .errors import GiveUp, LeaseLost, RedisAway, Retry
from .registry import handles
from .request import Priority, cancel, request, try_again

__all__ = [
    "GiveUp",
    "JobContext",
    "LeaseLost",
    "Priority",
    "RedisAway",
    "Retry",
    "cancel",
    "handles",
    "request",
    "try_again",
]
