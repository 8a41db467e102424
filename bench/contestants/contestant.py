"""What a contestant is."""

from __future__ import annotations

from typing import Any, Protocol

from bench.answers import Answers


class Contestant(Protocol):
    """Somebody who answers a question about a tenant. Only `ask` is timed.

    A contestant may have `before()`, called before each asking, and `share`, by which its time is multiplied because
    it ran only a sample.
    """

    name: str

    def open(self) -> None:
        """Make everything ready that a running service would have ready."""
        ...

    def ask(self) -> Any:
        """Compute every cell; what it returns is handed to `read`."""
        ...

    def read(self, asked: Any) -> Answers:
        """The answers in the common form."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...
