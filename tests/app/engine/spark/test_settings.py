"""Where Spark runs, as the environment says it; and what is missing where it can't."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallymark.engine.session import EngineError, TenantData
from tallymark.engine.spark import SparkSettings, missing
from tallymark.engine.spark.pace import SMALL, suited_to


def test_without_a_setting_spark_runs_on_this_machine(tmp_path: Path) -> None:
    settings = SparkSettings.from_env(tmp_path, {})
    assert settings == SparkSettings(folder=tmp_path / "spark", master="local[*]")
    assert settings.is_here


def test_a_cluster_and_a_file_of_its_settings_are_named_in_the_environment(tmp_path: Path) -> None:
    properties = tmp_path / "spark.properties"
    properties.write_text("spark.executor.memory 8g")
    environment = {
        "TALLYMARK_SPARK_MASTER": "spark://host:7077",
        "TALLYMARK_SPARK_PROPERTIES": str(properties),
    }
    settings = SparkSettings.from_env(tmp_path, environment)
    assert (settings.master, settings.properties, settings.is_here) == (
        "spark://host:7077",
        properties,
        False,
    )


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TALLYMARK_SPARK_MASTER", "host:7077", "TALLYMARK_SPARK_MASTER is 'host:7077'; write local"),
        (
            "TALLYMARK_SPARK_PROPERTIES",
            "/nowhere/at.all",
            "TALLYMARK_SPARK_PROPERTIES is /nowhere/at.all, which isn't",
        ),
    ],
)
def test_what_can_not_be_is_one_sentence(tmp_path: Path, name: str, value: str, says: str) -> None:
    with pytest.raises(EngineError, match=says):
        SparkSettings.from_env(tmp_path, {name: value})


def test_what_must_be_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing() is None
    monkeypatch.setattr("tallymark.engine.spark.settings.which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert str(missing()).startswith("Spark needs Java 17 or later; install it")
    monkeypatch.setattr("tallymark.engine.spark.settings.find_spec", lambda _: None)
    assert str(missing()).startswith("PySpark is not installed here; install it with: pip install")


def test_a_small_tenant_stays_in_one_part_and_a_large_one_is_parted(tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"x")
    with large.open("wb") as file:
        file.truncate(SMALL * 4)  # a hole on the disk

    def paced(file: Path) -> str:
        return suited_to(TenantData(folder=tmp_path, files={"orders": [file]}))[
            "spark.sql.shuffle.partitions"
        ]

    assert (paced(small), paced(large)) == ("1", "9")
