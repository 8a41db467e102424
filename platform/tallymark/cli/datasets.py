"""`tallymark datasets`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tallymark_sdk.model import Column, Dataset


@click.group()
def datasets() -> None:
    """The datasets that can be imported and that metrics read."""


@datasets.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: name, description, columns, canonical.")
def list_datasets(as_json: bool) -> None:
    """List every dataset: the canonical ones, then those of installed packs."""
    from tallymark_sdk.model import CANONICAL, DATASETS, refused_datasets

    if as_json:
        rows = [
            {
                "name": each.name,
                "description": each.description,
                "columns": len(each.import_columns),
                "canonical": each.name in CANONICAL,
            }
            for each in DATASETS.values()
        ]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        width = max(map(len, DATASETS))
        for each in DATASETS.values():
            click.echo(f"{each.name:<{width}}  {each.description}")
    for refused in refused_datasets():
        click.echo(f"refused: {refused.distribution} {refused.version}: {refused.reason}", err=True)


@datasets.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with every column.")
def show(name: str, as_json: bool) -> None:
    """Show the dataset NAME with its columns, their kinds, units, meanings and allowed values."""
    from tallymark_sdk.model import UnknownDataset, dataset

    try:
        found = dataset(name)
    except UnknownDataset as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(_as_json(found), indent=1, ensure_ascii=False))
        return
    click.echo(f"{found.name}: {found.description}")
    width = max(len(column.name) for column in found.stored_columns)
    for column in found.stored_columns:
        made = "made at load; " if column.derived else ""
        unit = f", {column.unit}" if column.unit else ""
        listed = f" [{', '.join(column.choices)}]" if column.choices else ""
        click.echo(f"  {column.name:<{width}}  {made}{column.kind}{unit}: {column.description}{listed}")


@datasets.command()
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("docs/datasets.md"),
    show_default=True,
    help="Where the reference of the canonical datasets is.",
)
@click.option("--check", is_flag=True, help="Write nothing; end with 2 where the file is not up to date.")
def docs(file: Path, *, check: bool) -> None:
    """Write the reference of the canonical datasets."""
    from tallymark_sdk.model import CANONICAL
    from tallymark_sdk.model.markdown import reference

    text = reference(CANONICAL.values())
    if check:
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            raise click.ClickException(f"{file} is not up to date: run tallymark datasets docs.")
        return
    if not file.parent.is_dir():
        raise click.ClickException(f"There is no folder {file.parent}: name the file with --file.")
    file.write_text(text, encoding="utf-8")
    click.echo(f"Wrote {file}")


def _as_json(dataset: Dataset) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "description": dataset.description,
        "label": dataset.label,
        "money_dates": list(dataset.money_dates),
        "columns": [_column(column) for column in dataset.stored_columns],
    }


def _column(column: Column) -> dict[str, Any]:
    facts = {
        "name": column.name,
        "kind": column.kind,
        "description": column.description,
        "derived": column.derived,
        "unit": column.unit,
        "choices": list(column.choices),
        "refers_to": column.refers_to,
        "places": column.decimal_places,
        "source": column.source,
    }
    return {name: value for name, value in facts.items() if value not in (None, [])}
