"""The wheels carry everything that their packages need at run time."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.mark.parametrize("distribution", ["tallymark", "tallymark-sdk", "tallymark-metrics"])
def test_a_wheel_holds_each_file_of_its_packages(
    packages: dict[str, list[Path]], tracked: list[Path], tmp_path: Path, distribution: str
) -> None:
    folders = packages[distribution]
    project = next(folder for folder in folders[0].parents if (folder / "pyproject.toml").exists())
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    built = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr

    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        path.relative_to(folder.parent).as_posix()
        for folder in folders
        for path in tracked
        if path.is_relative_to(folder)
    }
    assert expected
    assert expected - held == set()
    assert {name.partition("/")[0] for name in held if ".dist-info/" not in name} == {f.name for f in folders}
