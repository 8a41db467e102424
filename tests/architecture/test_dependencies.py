"""What is imported is declared, and what is declared is pinned."""

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

GROUPS = ("app", "build", "run", "dev")
PIN = re.compile(
    r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^\s;]+)(?: ; [^\\]+?)?(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)$"
)


@pytest.fixture(scope="module")
def pins_script(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("pins", root / "scripts" / "pins.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def logical_lines(path: Path) -> list[str]:
    joined = re.sub(r"\s*\\\n\s*", " ", path.read_text("utf-8"))
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def pinned(root: Path, group: str) -> dict[str, str]:
    lines = logical_lines(root / "requirements" / f"{group}.txt")
    matches = [PIN.match(line) for line in lines]
    assert [line[:80] for line, match in zip(lines, matches, strict=True) if match is None] == []
    return {match["name"]: match["version"] for match in matches if match is not None}


@pytest.mark.parametrize("group", GROUPS)
def test_every_line_is_one_version_with_hashes(root: Path, group: str) -> None:
    assert len(pinned(root, group)) >= 5


@pytest.mark.parametrize("group", GROUPS)
def test_the_pins_cover_what_is_declared(root: Path, pins_script: ModuleType, group: str) -> None:
    versions = pinned(root, group)
    for line in pins_script.declared()[group]:
        asked = Requirement(line)
        version = versions.get(canonicalize_name(asked.name))
        assert version is not None, f"{line} is not in requirements/{group}.txt: run make pins"
        assert asked.specifier.contains(version), f"{line} excludes the pinned {version}: run make pins"


@pytest.mark.parametrize("group", ["app", "build", "run"])
def test_the_small_sets_have_the_versions_of_the_whole(root: Path, group: str) -> None:
    assert pinned(root, group).items() <= pinned(root, "dev").items()


def imported(path: Path) -> Iterator[str]:
    """The top-level names that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def declared(project: dict[str, Any]) -> set[str]:
    table = project["project"]
    extras = [line for extra in table.get("optional-dependencies", {}).values() for line in extra]
    return {canonicalize_name(Requirement(line).name) for line in [*table.get("dependencies", []), *extras]}


@pytest.mark.parametrize("distribution", ["tallymark", "tallymark-sdk", "tallymark-metrics"])
def test_each_distribution_declares_what_it_imports(
    root: Path, projects: dict[str, dict[str, Any]], packages: dict[str, list[Path]], distribution: str
) -> None:
    ours = {folder.name: name for name, folders in packages.items() for folder in folders}
    theirs = packages_distributions()
    allowed = {*declared(projects[distribution]), distribution}
    undeclared = set()
    for module in (path for folder in packages[distribution] for path in folder.rglob("*.py")):
        for name in set(imported(module)) - sys.stdlib_module_names:
            providers = [ours[name]] if name in ours else theirs.get(name, [name])
            if not {canonicalize_name(provider) for provider in providers} & allowed:
                undeclared.add(f"{module.relative_to(root)} imports {name}")
    assert not undeclared, "\n".join(sorted(undeclared))
