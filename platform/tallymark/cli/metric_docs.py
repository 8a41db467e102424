"""`tallymark metrics docs`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tallymark_sdk.testing.cases import Case


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("docs/metrics"),
    show_default=True,
    help="Where the pages are.",
)
@click.option("--family", "families", multiple=True, help="A family to write; all built-in ones by default.")
@click.option("--check", is_flag=True, help="Write nothing; end with 2 where a page is not up to date.")
def docs(folder: Path, families: tuple[str, ...], *, check: bool) -> None:
    """Write the reference of metrics: names, formulas, inputs, breakdowns, golden cases, sources."""
    from tallymark.plugins.loader import OUR_OWN
    from tallymark.plugins.reference_pages import of_family, pages
    from tallymark.plugins.registry import registry

    known = registry()
    own = sorted({metric.family for metric in known if known.pack_of(metric.key).distribution in OUR_OWN})
    wanted = families or tuple(own)
    if unknown := [family for family in wanted if not of_family(known, family)]:
        raise click.ClickException(f'There is no family "{unknown[0]}"; there are {", ".join(own)}.')
    texts = pages(known, wanted, _cases(wanted))
    if check:
        stale = [name for name, text in texts.items() if _read(folder / name) != text]
        if stale:
            raise click.ClickException(
                f"{', '.join(stale)} in {folder} is not up to date: run tallymark metrics docs."
            )
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    click.echo(f"Wrote {len(texts)} pages to {folder}")


def _cases(families: Sequence[str]) -> dict[str, list[Case]]:
    """Metric → its golden cases, of the installed packs of these families."""
    from tallymark_sdk.testing.cases import read_cases
    from tallymark_sdk.testing.installed import pack

    found: dict[str, list[Case]] = {}
    for family in families:
        installed = pack(family)
        for file in installed.case_files:
            for case in read_cases(file, [metric.key for metric in installed.metrics]):
                found.setdefault(case.metric, []).append(case)
    return found


def _read(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None
