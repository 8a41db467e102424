"""What a contestant is."""

from __future__ import annotations

from typing import Protocol

from bench.answers import Answers


class Contestant(Protocol):
    """Somebody who answers a question about a tenant. `open` isn't timed, `ask` is, `read` isn't."""

    name: str

    def open(self) -> None:
        """Make everything ready that a running service would have ready."""
        ...

    def ask(self) -> object:
        """Compute every cell; what it returns is handed to `read`."""
        ...

    def read(self, asked: object) -> Answers:
        """The answers in the common form."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...
