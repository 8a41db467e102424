"""A pack's folder that isn't installed, made to look as if it were, for one process."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from tallymark_sdk.errors import TallymarkError
from tallymark_sdk.hookspecs import ENTRY_POINT_GROUP


class NoPackThere(TallymarkError):
    """The folder holds no pack."""


def families_in(folder: Path) -> list[str]:
    """The families that the pack in this folder declares, made importable if the pack isn't installed.

    Call it before anything asks for metrics or datasets: both are looked up once a process.

    Raises:
        NoPackThere: there is no pyproject.toml that names a pack.
    """
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise NoPackThere(f"{folder} holds no pack: its pyproject.toml can't be read ({error}).") from error
    groups = project.get("entry-points", {})
    if not groups.get(ENTRY_POINT_GROUP):
        raise NoPackThere(
            f'{folder}/pyproject.toml names no pack; it needs [project.entry-points."{ENTRY_POINT_GROUP}"].'
        )
    if not _is_installed(str(project.get("name", ""))):
        _make_known(folder, project)
    return sorted(groups[ENTRY_POINT_GROUP])


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except (PackageNotFoundError, ValueError):
        return False
    return True


def _make_known(folder: Path, project: dict[str, Any]) -> None:
    """Put the folder on the import path beside metadata such as an installer would write."""
    scratch = Path(tempfile.mkdtemp(prefix="tallymark-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    name, version = str(project.get("name", "pack")), str(project.get("version", "0"))
    info = scratch / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    python = project.get("requires-python")
    fields = [("Metadata-Version", "2.1"), ("Name", name), ("Version", version)]
    fields += [("Requires-Python", python)] if python else []
    fields += [("Requires-Dist", each) for each in project.get("dependencies", ())]
    (info / "METADATA").write_text("".join(f"{key}: {value}\n" for key, value in fields), encoding="utf-8")
    lines = [
        line
        for group, points in project.get("entry-points", {}).items()
        for line in (f"[{group}]", *(f"{point} = {value}" for point, value in points.items()), "")
    ]
    (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    sys.path[:0] = [str(place.resolve()) for place in (folder / "src", folder, scratch) if place.is_dir()]
