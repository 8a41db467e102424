"""`tallymark import`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tallymark.imports import ImportReport
    from tallymark_connectors.csv_xlsx.mapping import Mapping
    from tallymark_connectors.csv_xlsx.parsed import ParsedBatch
    from tallymark_tenants.profile import TenantProfile

_SHOWN = 20
_PREVIEWED = 5


@click.command("import")
@click.argument("tenant")
@click.argument("dataset")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--mapping", "mapping_file", type=click.Path(path_type=Path), help="A mapping file (TOML or JSON)."
)
@click.option(
    "--connection", default="file", show_default=True, help="The source's name: ids are unique in it."
)
@click.option("--replace", is_flag=True, help="Mark rows of the connection that the file lacks as deleted.")
@click.option("--dry-run", is_flag=True, help="Show five rows as they would land, and land nothing.")
@click.option(
    "--write-mapping", type=click.Path(path_type=Path), help="Write a proposed mapping here, and stop."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_command(
    tenant: str,
    dataset: str,
    file: Path,
    mapping_file: Path | None,
    connection: str,
    write_mapping: Path | None,
    *,
    replace: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import FILE (CSV or XLSX) into DATASET of TENANT (its slug, name or id).

    Without --mapping, the one remembered from the connection's last import is used, or else the proposed one if
    nothing about it has to be decided. Rows that can't be read are left out and reported; the rest lands.
    """
    from tallymark.cli.opening import opened
    from tallymark.imports import ImportFailed, import_file, personal_key
    from tallymark.imports.choosing import chosen_mapping, propose_to
    from tallymark_connectors.csv_xlsx.errors import ImportProblem
    from tallymark_sdk.model import UnknownDataset
    from tallymark_sdk.model import dataset as dataset_named

    try:
        dataset_named(dataset)
        if not file.is_file():
            raise click.ClickException(f"There is no file {file}.")
        if write_mapping:
            propose_to(write_mapping, file, dataset)
            click.echo(f"Wrote {write_mapping}: look it over, then import with --mapping {write_mapping}")
            return
        with opened(redis=False) as product:
            profile = product.profile(tenant)
            with product.database.tenant(profile.id) as session:
                mapping = chosen_mapping(session, file, dataset, connection, mapping_file, profile.currency)
            key = personal_key(product.settings.secret_key, profile.id)
            if dry_run:
                _preview(file, mapping, profile, key, as_json=as_json)
                return
            report = import_file(
                product.database,
                product.lake,
                profile,
                dataset,
                file,
                mapping,
                connection_name=connection,
                replace=replace,
                hash_key=key,
            )
    except (ImportFailed, ImportProblem, UnknownDataset) as error:
        raise click.ClickException(str(error)) from error
    _print(report, as_json=as_json)


def _preview(file: Path, mapping: Mapping, profile: TenantProfile, key: bytes, *, as_json: bool) -> None:
    from tallymark_connectors.csv_xlsx.reading import read

    parts = read(
        file,
        mapping,
        source_id="",
        timezone=profile.timezone,
        batch_rows=1000,
        hash_key=key,
        currency=profile.currency,
    )
    first: ParsedBatch | None = next(iter(parts), None)
    rows = first.batch.slice(0, _PREVIEWED).to_pylist() if first else []
    filled = [{name: value for name, value in row.items() if value not in (None, "")} for row in rows]
    if as_json:
        click.echo(json.dumps(filled, indent=1, ensure_ascii=False, default=str))
        return
    for row in filled:
        click.echo("  ".join(f"{name}={value}" for name, value in row.items()))
    for rejected in (first.rejected if first else ())[:_PREVIEWED]:
        click.echo(f"rejected: line {rejected.line}, {rejected.column}: {rejected.value!r} {rejected.reason}")


def _print(report: ImportReport, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report.as_json(_SHOWN), indent=1, ensure_ascii=False))
        return
    landed = report.landed
    click.echo(f"rows in    {report.rows_in:,}")
    click.echo(f"rejected   {report.rejected_count:,}")
    click.echo(
        f"landed     {report.rows_landed:,}"
        f" ({landed.added:,} added, {landed.updated:,} updated, {landed.unchanged:,} unchanged)"
    )
    if landed.removed:
        click.echo(f"deleted    {landed.removed:,} not in the file any more")
    if landed.duplicates:
        click.echo(
            f"duplicates {landed.duplicates:,} (the later row counts): {', '.join(landed.duplicate_ids)}"
        )
    if landed.without_rate:
        click.echo(
            f"no rate    {landed.without_rate:,} rows in a currency without an exchange rate (see fx_rates)"
        )
    click.echo(f"snapshot   {report.snapshot_id} ({landed.rows:,} rows)")
    for row in report.rejected[:_SHOWN]:
        column = f", {row.column}" if row.column else ""
        click.echo(f"  line {row.line}{column}: {row.value!r} {row.reason}")
    if report.rejected_file and report.rejected_count > _SHOWN:
        click.echo(f"  all of them: {report.rejected_file}")
