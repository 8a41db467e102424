"""Write requirements/*.txt: every dependency of the three distributions, pinned and hashed.

Usage: python scripts/pins.py [--upgrade]

What is asked for comes from the three pyproject.toml files alone, so a dependency is declared in one place.
The pins hold for every platform and every Python that the project supports, and they name no index: pip takes
the files from whichever index the machine is set up with, and the hashes keep the answer honest.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
PROJECTS = (ROOT, ROOT / "metrics_plugins" / "sdk", ROOT / "metrics_plugins" / "core")
OLDEST_PYTHON = "3.11"
PURPOSES = {
    "app": "What the application runs on in production.",
    "run": "What `make demo` runs on: the application, its embedded services, and what installs it all.",
    "build": "What turns the source into wheels and editable installs.",
    "dev": "Everything: application, embedded services, build and development tools.",
}
HEADER = "# {purpose}\n# Made by `make pins` from the three pyproject.toml files; do not edit by hand.\n\n"


def name_of(requirement: str) -> str:
    """The normalised distribution name that a requirement such as `Foo_Bar[x]>=1` begins with.

    Raises ValueError where the text begins with no name.
    """
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    if match is None:
        raise ValueError(f"{requirement!r} is not a requirement; write name>=version in pyproject.toml.")
    return re.sub(r"[-_.]+", "-", match.group()).lower()


def declared() -> dict[str, list[str]]:
    """What each pins file must hold, as written in the pyproject.toml files, without our own distributions."""
    tables = [tomllib.loads((folder / "pyproject.toml").read_text("utf-8")) for folder in PROJECTS]
    projects = [table["project"] for table in tables]
    ours = {name_of(project["name"]) for project in projects}
    app = [line for project in projects for line in project.get("dependencies", [])]
    build = [line for table in tables for line in table["build-system"]["requires"]]
    build += tables[0]["dependency-groups"]["build"]
    embedded = projects[0]["optional-dependencies"]["embedded"]
    extras = [extra for project in projects for extra in project.get("optional-dependencies", {}).values()]
    groups = {
        "dev": [*app, *build, *(line for extra in extras for line in extra)],
        "run": [*app, *build, *embedded],
        "app": app,
        "build": build,
    }
    return {group: _others(ours, lines) for group, lines in groups.items()}


def _others(ours: set[str], lines: Iterable[str]) -> list[str]:
    return sorted({line for line in lines if name_of(line) not in ours}, key=str.lower)


def write(group: str, requirements: list[str], *, upgrade: bool) -> None:
    """Resolve one group into requirements/<group>.txt; `dev` comes first, the others take its versions.

    Versions already pinned stay unless `upgrade` is set or the pyproject.toml files exclude them.
    Raises subprocess.CalledProcessError where the requirements contradict each other.
    """
    target = FOLDER / f"{group}.txt"
    follow = [] if group == "dev" else ["--constraint", str(FOLDER / "dev.txt")]
    with tempfile.TemporaryDirectory() as scratch:
        source, output = Path(scratch) / "asked.in", Path(scratch) / "pins.txt"
        source.write_text("\n".join(requirements) + "\n", "utf-8")
        if target.exists() and not upgrade:
            output.write_text(target.read_text("utf-8"), "utf-8")
        command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", OLDEST_PYTHON]
        command += ["--fork-strategy", "fewest", "--generate-hashes", "--strip-extras"]
        command += ["--no-header", "--no-annotate", *follow, "--output-file", str(output), str(source)]
        subprocess.run([sys.executable, "-m", *command], check=True)
        pins = output.read_text("utf-8")
    target.write_text(HEADER.format(purpose=PURPOSES[group]) + pins, "utf-8")
    print(f"requirements/{group}.txt: {pins.count('==')} lines pinned")


def main() -> None:
    """Write dev.txt, then the smaller sets with the same versions."""
    for group, requirements in declared().items():
        write(group, requirements, upgrade="--upgrade" in sys.argv[1:])


if __name__ == "__main__":
    main()
