"""Finding the metrics and the catalogues of a pack that is being written, by its family or its folder."""

from __future__ import annotations

import importlib
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tallymark.plugins.loader import installed_packs
from tallymark_sdk import Metric, TallymarkError
from tallymark_sdk.charts import Chart
from tallymark_sdk.errors import did_you_mean
from tallymark_sdk.hookspecs import ENTRY_POINT_GROUP
from tallymark_sdk.texts import Domain


@dataclass(frozen=True, kw_only=True)
class PackTexts:
    """A family's metrics and charts, whether or not they would pass the check, and where its translations are."""

    metrics: tuple[Metric | Chart, ...]
    domain: Domain


def pack_texts(pack: str) -> list[PackTexts]:
    """The families of `pack`: an installed family's name, or the folder of a pack with its pyproject.toml.

    Raises:
        TallymarkError: there is no such pack, or it can't be imported.
    """
    folder = Path(pack)
    if folder.is_dir() and (folder / "pyproject.toml").is_file():
        families = _declared(folder)
    else:
        installed = {point.name: point.value for point in installed_packs()}
        if pack not in installed:
            raise TallymarkError(
                f'There is no pack "{pack}", neither installed nor a folder with a pyproject.toml.'
                f"{did_you_mean(pack, installed)}"
            )
        families = {pack: installed[pack]}
    return [_found(family, module) for family, module in sorted(families.items())]


def _declared(folder: Path) -> dict[str, str]:
    """The entry points that a pack's pyproject.toml names; its modules become importable."""
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8")).get("project", {})
    families: dict[str, str] = project.get("entry-points", {}).get(ENTRY_POINT_GROUP, {})
    if not families:
        raise TallymarkError(
            f'{folder}/pyproject.toml names no pack; it needs [project.entry-points."{ENTRY_POINT_GROUP}"].'
        )
    for place in (folder / "src", folder):
        if place.is_dir():
            sys.path.insert(0, str(place.resolve()))
    return families


def _found(family: str, module: str) -> PackTexts:
    try:
        home = importlib.import_module(module)
        given: Iterable[Metric] = home.tallymark_metrics()
        charts: Iterable[Chart] = home.tallymark_charts() if hasattr(home, "tallymark_charts") else ()
        metrics: tuple[Metric | Chart, ...] = (*given, *charts)
    except Exception as error:
        raise TallymarkError(f"{module} can't be asked for its metrics: {error}") from error
    return PackTexts(metrics=metrics, domain=Domain.of(module, family))
