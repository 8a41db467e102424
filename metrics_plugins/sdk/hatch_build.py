"""Puts the template of packs, which stands beside the SDK in a checkout, into what is built from it."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TemplateHook(BuildHookInterface[Any]):
    """In an unpacked sdist the template is among the package's own files already."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folder, so that `tallymark metrics new` works from an installed wheel."""
        template = Path(self.root).parent / "template"
        # An editable install finds the folder where it stands.
        if template.is_dir() and version != "editable":
            build_data["force_include"][str(template)] = "tallymark_sdk/authoring/template"
