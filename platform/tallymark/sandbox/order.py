"""What the parent tells the child, and how the child's answer is written.

An answer is lines of JSON: first the run's own token with either a verdict or the number of rows, then the rows as
[call, period, member, value as text or null], then the end. Not Arrow: its readers are native code that trusts its
files' lengths, and a compressed batch of a few bytes unfolds to any size in the memory of whoever reads it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

LIMIT_OF_OUTPUT = 1 << 20
"""Bytes that a function may print."""
LIMIT_OF_ANSWER = 8 << 20
"""Bytes of a whole answer."""
READY = b"\n"
"""Sent once, when everything is imported and the function is about to be called."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of the function: dataset → the column that holds the members (None: the total)."""

    dimension: str
    members: dict[str, str] | None


@dataclass(frozen=True, kw_only=True)
class Order:
    """One run of one function.

    Attributes:
        token: repeated in the answer; bytes without it are nobody's answer.
        module, name: where the function is.
        tables: dataset → number of the open file that holds its rows.
        columns: dataset → the columns the function may see.
        periods: number of the open file of the periods.
        answer: number of the pipe's writing end.
    """

    token: str
    module: str
    name: str
    tables: dict[str, int]
    columns: dict[str, list[str]]
    periods: int
    calls: tuple[Call, ...]
    seconds: int
    megabytes: int
    answer: int

    def written(self) -> bytes:
        """The order as JSON."""
        return json.dumps(asdict(self)).encode()


def read_order(written: bytes) -> Order:
    """The order that `Order.written` wrote."""
    plain = json.loads(written)
    return Order(**{**plain, "calls": tuple(Call(**call) for call in plain["calls"])})
