"""Where Spark runs and how it is set up, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Self

from tallymark.engine.session import EngineError

MASTER = "TALLYMARK_SPARK_MASTER"
PROPERTIES = "TALLYMARK_SPARK_PROPERTIES"
LOCAL = "local[*]"

_MASTERS = ("local", "spark://", "yarn", "k8s://")


@dataclass(frozen=True, kw_only=True)
class SparkSettings:
    """How this process reaches Spark.

    Attributes:
        folder: where Spark may keep what it spills; it is made when Spark starts.
        master: the cluster as Spark names it: `local[*]`, `spark://host:7077`, `yarn`, `k8s://…`.
        properties: a file of Spark's own settings (`spark.executor.memory 8g`, a line each). Spark reads it itself, so
            that what is secret in it stands in no list of processes.
    """

    folder: Path
    master: str = LOCAL
    properties: Path | None = None

    @classmethod
    def from_env(cls, data_dir: Path, environ: Mapping[str, str] | None = None) -> Self:
        """Read `TALLYMARK_SPARK_MASTER` and `TALLYMARK_SPARK_PROPERTIES`; the folder is `spark` in the data folder.

        Raises:
            EngineError: the master is none that Spark knows, or the file isn't there.
        """
        environment = os.environ if environ is None else environ
        master = environment.get(MASTER) or LOCAL
        if not master.startswith(_MASTERS):
            raise EngineError(f"{MASTER} is {master!r}; write local[*], spark://host:7077, yarn or k8s://….")
        named = environment.get(PROPERTIES)
        if named and not Path(named).is_file():
            raise EngineError(f"{PROPERTIES} is {named}, which isn't there; name a file of Spark settings.")
        return cls(
            folder=data_dir.resolve() / "spark",
            master=master,
            properties=Path(named).resolve() if named else None,
        )

    @property
    def is_here(self) -> bool:
        """Whether Spark runs on this machine alone, so that nothing needs to reach it from elsewhere."""
        return self.master.startswith("local")


def missing() -> str | None:
    """What must be installed before anything can be computed with Spark, as one sentence; None if nothing."""
    if find_spec("pyspark") is None:
        return 'PySpark is not installed here; install it with: pip install "tallymark[spark]"'
    if not os.environ.get("JAVA_HOME") and which("java") is None:
        return "Spark needs Java 17 or later; install it (Debian: apt-get install openjdk-17-jre-headless)"
    return None
