"""What the guard tests look at: the files of the project and its pyproject.toml files."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = {
    "tallymark": ROOT,
    "tallymark-sdk": ROOT / "metrics_plugins" / "sdk",
    "tallymark-metrics": ROOT / "metrics_plugins" / "core",
}


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """The project's files: those under version control, or in an unpacked archive all but hidden folders."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True)
    if listing.returncode == 0:
        return [path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    hidden = re.compile(r"(^|/)(\.(?!ci/|gitignore|dockerignore)|__pycache__)")
    return [p for p in ROOT.rglob("*") if p.is_file() and not hidden.search(p.relative_to(ROOT).as_posix())]


@pytest.fixture(scope="session")
def modules(tracked: list[Path]) -> list[Path]:
    return [path for path in tracked if path.suffix == ".py"]


@pytest.fixture(scope="session")
def projects() -> dict[str, dict[str, Any]]:
    """Each distribution's pyproject.toml, by the distribution's name."""
    return {
        name: tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
        for name, folder in PROJECTS.items()
    }


@pytest.fixture(scope="session")
def packages(projects: dict[str, dict[str, Any]]) -> dict[str, list[Path]]:
    """The package folders that each distribution ships."""
    return {
        name: [PROJECTS[name] / folder for folder in wheel(project)["packages"]]
        for name, project in projects.items()
    }


def wheel(project: dict[str, Any]) -> dict[str, Any]:
    target: dict[str, Any] = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    return target
