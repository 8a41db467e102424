"""Folders, file sizes and names, and what no file may hold."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

LONGEST_MODULE = 400  # lines
SOURCE_ROOTS = (
    "platform",
    "tenants",
    "connectors",
    "metrics_plugins",
    "metrics_plugins/sdk",
    "metrics_plugins/core",
    "metrics_plugins/example",
)
# Spelt so that this file does not match itself.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work/(?:main|shared)|root|home/\w+|Users/\w+)(?:/|\b(?!\w))")
REGISTRY = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|anaconda|deb\.debian)\.(?:org|com)\b|--(?:extra-)?index-url\b|--trusted[-]host\b",
    re.IGNORECASE,
)
BINARY = {".png", ".ttf", ".woff2", ".mo", ".parquet", ".xlsx", ".ico"}


@pytest.mark.parametrize("folder", SOURCE_ROOTS)
def test_a_source_root_is_no_package(root: Path, folder: str) -> None:
    assert (root / folder).is_dir()
    assert not (root / folder / "__init__.py").exists()


def test_the_standard_librarys_platform_is_found_from_the_root(root: Path) -> None:
    code = "import platform, uuid; print(platform.python_version())"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ".".join(map(str, sys.version_info[:3]))


def test_pytest_starts_as_a_module_from_the_root(root: Path) -> None:
    command = [sys.executable, "-m", "pytest", "--version"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_tests_do_not_shadow_the_standard_library_either(root: Path) -> None:
    assert not (root / "tests" / "platform").exists()


def test_no_module_is_too_long(root: Path, modules: list[Path]) -> None:
    lengths = {str(path.relative_to(root)): len(path.read_text("utf-8").splitlines()) for path in modules}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_modules_are_named_for_what_they_hold(root: Path, modules: list[Path]) -> None:
    vague = {"utils", "util", "helpers", "misc", "common"}
    assert [str(path.relative_to(root)) for path in modules if path.stem in vague] == []


def test_no_file_names_a_machine_or_a_registry(root: Path, tracked: list[Path]) -> None:
    found = []
    for path in tracked:
        if path.suffix in BINARY:
            continue
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            if MACHINE_PATH.search(line) or REGISTRY.search(line):
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()[:120]}")
    assert found == []


@pytest.mark.parametrize("folder", ["platform", "tenants", "connectors", "metrics_plugins"])
def test_a_source_roots_readme_names_what_is_in_it(root: Path, tracked: list[Path], folder: str) -> None:
    text = (root / folder / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 45, "a README beside the code fits one screen"
    depth = 1 if folder == "metrics_plugins" else 2  # the SDK and the packs are folders of this one
    inside = [path.relative_to(root / folder).parts for path in tracked if path.is_relative_to(root / folder)]
    missing = {
        parts[depth - 1] for parts in inside if len(parts) > depth and f"`{parts[depth - 1]}/`" not in text
    }
    assert missing == set()


@pytest.mark.parametrize(
    "line",
    [
        "path = '/" + "root/.cache'",
        "cd /" + "home/ann/x",
        "https://" + "pypi" + ".org/simple/",
        "--extra-" + "index-url x",
    ],
)
def test_the_search_finds_what_it_looks_for(line: str) -> None:
    assert MACHINE_PATH.search(line) or REGISTRY.search(line)
