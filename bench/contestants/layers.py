"""MetricFlow and boring-semantic-layer, each in an environment and a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO

from bench.answers import Answers, Place
from bench.layers.serving import KPIS
from bench.question import Question, of_keys
from tallymark.engine.session import TenantData

HERE = Path(__file__).parent.parent
BREAKDOWNS = ("rep", "team", "region", "source", "channel")
REQUIREMENTS = {"metricflow": "requirements-metricflow.txt", "bsl": "requirements-bsl.txt"}
NAMES = {"metricflow": "MetricFlow", "bsl": "boring-semantic-layer"}


def question() -> Question:
    """Eight KPIs, as far as they declare them by five breakdowns, in thirteen months."""
    return of_keys(tuple(KPIS.values()), BREAKDOWNS)


def environment(layer: str, folder: Path) -> Path:
    """The interpreter of a layer's environment, made from its pins where it isn't there."""
    home = folder / "venvs" / layer
    pins = HERE / REQUIREMENTS[layer]
    stamp = home / "made-from"
    if not stamp.exists() or stamp.read_text() != pins.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        install = [str(home / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", "-r", str(pins)]
        subprocess.run(install, check=True)
        stamp.write_text(pins.read_text())
    return home / "bin" / "python"


class Layer:
    """A semantic layer, asked for all eight KPIs by each grouping.

    Args:
        layer: "metricflow" or "bsl".
        files: table → files, as its views read them; the raw snapshot's without it.
        views: the SQL file in `bench/layers` that makes `deals`, `sold_lines` and `new_leads` of those.
    """

    def __init__(
        self,
        layer: str,
        folder: Path,
        data: TenantData,
        asked: Question,
        *,
        threads: int = 2,
        files: Mapping[str, list[str]] | None = None,
        views: str = "views.sql",
        on: str = "raw tables",
    ) -> None:
        self.layer, self.folder, self.question = layer, folder, asked
        self.name = f"{NAMES[layer]} on {on}"
        raw = {name: [str(path.resolve()) for path in paths] for name, paths in data.files.items()}
        self.config = {
            "files": files or raw,
            "views": views,
            "threads": threads,
            "first": asked.periods[0].start.isoformat(),
            "beyond": asked.periods[-1].end.isoformat(),
        }

    def open(self) -> None:
        """Start the process and wait until its models are read."""
        interpreter = environment(self.layer, self.folder)
        self.process = subprocess.Popen(
            [str(interpreter), str(HERE / "layers" / f"ask_{self.layer}.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._say(json.dumps(self.config))

    def ask(self) -> None:
        """Every grouping; the rows stay there."""
        self._say("go")

    def read(self, asked: object) -> Answers:
        """The rows in the common form."""
        numbers = {period.start: number for number, period in enumerate(self.question.periods)}
        found: dict[Place, Decimal | int | float | None] = {}
        for grouping, row in json.loads(self._say("read")):
            period = numbers[date.fromisoformat(str(row["month"])[:10])]
            for name, key in KPIS.items():
                value = _number(row.get(name))
                if value is not None:
                    member = row[grouping] if grouping else ""
                    found[key, "value", grouping, member, period] = value
        return found

    def _say(self, line: str) -> str:
        print(line, file=_open(self.process.stdin), flush=True)
        answer = _open(self.process.stdout).readline()
        if not answer:
            raise RuntimeError(
                f"{self.name} ended: run bench/layers/ask_{self.layer}.py by itself to see why."
            )
        return answer

    def close(self) -> None:
        """End the process."""
        _open(self.process.stdin).close()
        self.process.wait()


def _open(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("the process was started without a pipe")
    return stream


def _number(value: object) -> Decimal | int | float | None:
    """Data frames write nothing as "not a number"."""
    if value is None or value != value:  # noqa: PLR0124  only that isn't itself
        return None
    return value if isinstance(value, float | int) else Decimal(str(value))
