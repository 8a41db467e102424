"""What the demo says: a line for each finished step, and one live line where there is a terminal."""

import time
from typing import TextIO

_BAR = 24  # characters
_LONGEST = 96  # characters of a live line, so that it does not wrap


class Console:
    """Writes steps with the time they took; `live` rewrites one line on a terminal and is silent elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._since = time.monotonic()
        self._shown = 0

    def done(self, text: str) -> None:
        """A finished step."""
        now = time.monotonic()
        self._write(f"✓ {text}  ({now - self._since:.1f} s)")
        self._since = now

    def say(self, text: str = "") -> None:
        """A line of its own."""
        self._write(text)

    def live(self, fraction: float, text: str) -> None:
        """How far the step at hand is."""
        if not self._terminal:
            return
        full = round(_BAR * min(max(fraction, 0.0), 1.0))
        line = f"  {'━' * full}{'·' * (_BAR - full)} {text}"[:_LONGEST]
        self._stream.write("\r" + line.ljust(self._shown))
        self._stream.flush()
        self._shown = len(line)

    def _write(self, text: str) -> None:
        if self._shown:
            self._stream.write("\r" + " " * self._shown + "\r")
            self._shown = 0
        self._stream.write(text + "\n")
        self._stream.flush()
