"""What a distribution says it needs, looked at before anything of it is imported."""

from __future__ import annotations

import platform
from importlib.metadata import Distribution, PackageNotFoundError, version

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet


def unmet(distribution: Distribution) -> str | None:
    """The first thing it needs that isn't here, as a sentence; None where all is.

    pip sees to this when it installs a pack; a pack that was copied, or whose SDK was exchanged later, is caught here.
    """
    try:
        return _first_unmet(distribution)
    except Exception as error:  # noqa: BLE001  metadata is a stranger's too
        return f"what it needs can't be read: {type(error).__name__}"


def _first_unmet(distribution: Distribution) -> str | None:
    python = (distribution.metadata.get_all("Requires-Python") or [""])[0]
    try:
        if platform.python_version() not in SpecifierSet(python, prereleases=True):
            return f"it needs Python {python}, and this is {platform.python_version()}"
    except InvalidSpecifier:
        return f'its Requires-Python "{python}" is no range of versions'
    for line in distribution.requires or ():
        try:
            required = Requirement(line)
        except InvalidRequirement:
            return f'its requirement "{line}" can\'t be read; write one as in "tallymark-sdk>=0.1,<1"'
        if required.marker is not None and not required.marker.evaluate({"extra": ""}):
            continue
        if (reason := _unmet(required)) is not None:
            return reason
    return None


def _unmet(required: Requirement) -> str | None:
    try:
        installed = version(required.name)
    except PackageNotFoundError:
        return f"it needs {required}, which isn't installed"
    if not required.specifier.contains(installed, prereleases=True):
        return f"it needs {required}, and {required.name} {installed} is installed"
    return None
