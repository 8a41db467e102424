"""Making a new pack from the template."""

from __future__ import annotations

import keyword
import re
from importlib.metadata import version
from pathlib import Path

import jinja2

from tallymark_sdk.errors import TallymarkError
from tallymark_sdk.testing.installed import author_command, families

_SUFFIX = ".jinja"
_HERE = Path(__file__).parent
# In a wheel the template is package data; in a checkout it stands beside the SDK.
_PLACES = (_HERE / "template", _HERE.parents[2] / "template")


class NoPackMade(TallymarkError):
    """The pack can't be made, with the reason."""


def new_pack(name: str, folder: Path | None = None) -> list[Path]:
    """Write a new pack.

    Args:
        name: the family, such as "acme" or "acme-sales" (which makes the family "acme_sales").
        folder: where the pack's files go; a folder of that name here by default. It must be empty or not there.

    Returns:
        The files written, relative to the folder.

    Raises:
        NoPackMade: the name can't be a family, or the folder has something in it.
    """
    family = name.strip().replace("-", "_")
    _refuse_bad(family)
    target = Path(name) if folder is None else folder
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise NoPackMade(f"{target} is there already; choose another name or another --folder.")
    distribution = f"tallymark-{family.replace('_', '-')}"
    values = {
        "family": family,
        "distribution": distribution,
        "package": distribution.replace("-", "_"),
        "sdk": _fitting(version("tallymark-sdk")),
    }
    return _rendered(target, values)


def _refuse_bad(family: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", family) or keyword.iskeyword(family):
        raise NoPackMade(
            f'"{family}" can\'t be a family: use lower case letters, digits and single hyphens or underscores, '
            "starting with a letter, as in acme or acme-sales."
        )
    if family in families():
        raise NoPackMade(f'A pack "{family}" is installed already; choose another name.')


def _rendered(target: Path, values: dict[str, str]) -> list[Path]:
    template = next(place for place in _PLACES if place.is_dir()) / "pack"
    engine = jinja2.Environment(  # noqa: S701  Python and TOML are written, no HTML to escape
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    written: list[Path] = []
    for source in sorted(path for path in template.rglob("*") if path.is_file()):
        if "__pycache__" in source.parts:
            continue
        name = engine.from_string(source.relative_to(template).as_posix()).render(values)
        file = Path(name.removesuffix(_SUFFIX))
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        text = engine.from_string(source.read_text(encoding="utf-8")).render(values)
        (target / file).write_text(text, encoding="utf-8")
        written.append(file)
    return written


def _fitting(installed: str) -> str:
    """The range of SDK versions that a pack made with this one works with: up to the next major version."""
    major, minor, *_rest = installed.split(".")
    return f">={major}.{minor},<{int(major) + 1}"


def next_steps(name: str, folder: Path | None, written: list[Path]) -> str:
    """What was written and what to do now, for the terminal."""
    target = Path(name) if folder is None else folder
    files = "\n".join(f"  {target / file}" for file in written)
    family = name.strip().replace("-", "_")
    checked = f"{author_command('check')} {family}"
    return f"{files}\nNow: cd {target}; pip install -e .; {checked}; python -m pytest"
