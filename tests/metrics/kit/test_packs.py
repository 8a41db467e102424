"""Packs as third parties have them: the example and a fresh one from the template, installed from wheels.

The environment they are installed into holds the SDK's wheel, what the SDK declares that it needs, pytest, and
nothing else: neither the platform nor Flask.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]
PLUGINS = ROOT / "metrics_plugins"


def run(command: list[object], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TALLYMARK_", "PYTHON"))
    }
    words = [str(word) for word in command]
    return subprocess.run(
        words, cwd=cwd, capture_output=True, text=True, check=False, env={**kept, **environment}
    )


def wheel_of(project: Path, folder: Path) -> Path:
    before = set(folder.glob("*.whl"))
    built = run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder], project
    )
    assert built.returncode == 0, built.stderr
    (made,) = set(folder.glob("*.whl")) - before
    return made


def needed(requirement: str, seen: set[str]) -> set[str]:
    """The installed distributions that a requirement stands for, and all that they need in turn."""
    asked = Requirement(requirement)
    wanted = asked.marker is None or any(
        asked.marker.evaluate({"extra": extra}) for extra in (*asked.extras, "")
    )
    if not wanted or asked.name in seen:
        return seen
    try:
        found = distribution(asked.name)
    except PackageNotFoundError:  # an extra's requirement that isn't asked for
        return seen
    seen.add(asked.name)
    for line in found.requires or ():
        further = Requirement(line)
        extras = {"", *asked.extras}
        if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in extras):
            needed(f"{further.name}[{','.join(further.extras)}]" if further.extras else further.name, seen)
    return seen


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    wheel_of(PLUGINS / "sdk", folder)
    return folder


@pytest.fixture
def python(tmp_path: Path, wheels: Path) -> Path:
    """A fresh environment with the SDK from its wheel; everything else that it needs is linked from this one."""
    made = run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], tmp_path)
    assert made.returncode == 0, made.stderr
    (site,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    for name in needed("tallymark-sdk[test]", set()) - {"tallymark-sdk"}:
        found = distribution(name)
        for top in {
            file.parts[0] for file in found.files or () if file.parts[0] not in {"..", "__pycache__"}
        }:
            source = Path(str(found.locate_file(top)))
            if source.exists() and not (site / top).exists():
                (site / top).symlink_to(source)
    python = tmp_path / "venv" / "bin" / "python"
    install(python, *wheels.glob("tallymark_sdk*.whl"))
    return python


def install(python: Path, *wheels: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
    ]
    done = run([*command, *wheels], python.parent)
    assert done.returncode == 0, done.stderr


def outcome_of(python: Path, tests: Path) -> str:
    done = run(
        [python, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-W", "error", tests],
        python.parents[2],
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_example_pack_passes_from_wheels_without_the_platform(python: Path, wheels: Path, tmp_path: Path):
    install(python, wheel_of(PLUGINS / "example", wheels))
    for absent in ("flask", "sqlalchemy", "rq", "tallymark", "tallymark_metrics"):
        assert run([python, "-c", f"import {absent}"], ROOT.parent).returncode == 1, f"{absent} is there"
    tests = tmp_path / "tests"  # away from this checkout's settings for pytest
    shutil.copytree(PLUGINS / "example" / "tests", tests)
    assert len((tests / "test_callcenter.py").read_text("utf-8").splitlines()) <= 10
    found = re.search(r"(\d+) passed", outcome_of(python, tests))
    assert found is not None
    assert int(found[1]) >= 9 * 15, "nine metrics, fifteen checks"


def test_a_new_pack_from_the_sdks_wheel_passes_at_once(python: Path, tmp_path: Path, wheels: Path):
    made = run([python, "-m", "tallymark_sdk", "new", "acme"], tmp_path)
    assert made.returncode == 0, made.stderr
    pack = tmp_path / "acme"
    assert len((pack / "pyproject.toml").read_text("utf-8").splitlines()) <= 12
    assert len((pack / "tests" / "test_acme.py").read_text("utf-8").splitlines()) <= 10

    install(python, wheel_of(pack, wheels))
    assert "passed" in outcome_of(python, pack / "tests")
    checked = run([python, "-m", "tallymark_sdk", "check", "acme"], tmp_path)
    assert "acme: everything is right (1 metric, 15 checks)" in checked.stdout, checked.stderr


def test_a_new_pack_is_in_good_style(tmp_path: Path):
    made = run([sys.executable, "-m", "tallymark_sdk", "new", "acme"], tmp_path)
    assert made.returncode == 0, made.stderr
    pack = tmp_path / "acme"
    for command in (
        ["ruff", "check", "--config", ROOT / "pyproject.toml", pack],
        ["ruff", "format", "--check", "--config", ROOT / "pyproject.toml", pack],
        [
            "mypy",
            "--strict",
            "--cache-dir",
            tmp_path / "cache",
            "--explicit-package-bases",
            pack / "tallymark_acme",
        ],
    ):
        done = run([sys.executable, "-m", *command], tmp_path, MYPYPATH=str(PLUGINS / "sdk"))
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_example_pack_passes_with_the_platform(tmp_path: Path):
    done = run([sys.executable, "-m", "tallymark", "metrics", "check", PLUGINS / "example"], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "callcenter: everything is right (9 metrics, 18 checks)" in done.stdout
