"""The demo's other processes: dispatcher, worker and web server, each with a log of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tallymark.demo.errors import DemoError
from tallymark.services.errors import tail

_COMMAND = (sys.executable, "-m", "tallymark")
_PATIENCE = 15.0  # seconds a child may take to end by itself


@dataclass(frozen=True, kw_only=True)
class Child:
    """A started process."""

    name: str
    log: Path
    process: "subprocess.Popen[bytes]"


class Children:
    """Processes that end with the block they were started in. Use as a context manager."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        """`environment` is added to that of this process."""
        self._logs = logs
        self._environment = {**os.environ, **environment, "PYTHONUNBUFFERED": "1"}
        self._children: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, name: str, arguments: Sequence[str]) -> Child:
        """Start `tallymark <arguments>`; what it says goes to `<logs>/<name>.log`."""
        self._logs.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{name}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*_COMMAND, *arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for the demo alone, which then ends its children in order.
                start_new_session=True,
            )
        child = Child(name=name, log=log, process=process)
        self._children.append(child)
        return child

    def check(self) -> None:
        """Raise `DemoError` with the end of its log if one has ended."""
        for child in self._children:
            if (code := child.process.poll()) is not None:
                how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
                raise DemoError(f"The {child.name} {how}: {tail(child.log)} (see {child.log}).")

    def stop(self) -> None:
        """End all, the last started first; kill what does not end in time."""
        for child in reversed(self._children):
            with suppress(ProcessLookupError):
                child.process.terminate()
        deadline = time.monotonic() + _PATIENCE
        for child in reversed(self._children):
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=max(deadline - time.monotonic(), 0.1))
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.process.pid, signal.SIGKILL)  # also what it forked
            child.process.wait()
        self._children.clear()
