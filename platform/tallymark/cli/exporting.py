"""`tallymark scorecard export`."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click


@click.command()
@click.argument("tenant")
@click.argument("edition", type=click.UUID)
@click.option("--format", "form", type=click.Choice(["xlsx", "json", "csv"]), help="[default: as --out ends]")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where to write the file."
)
def export(tenant: str, edition: UUID, form: str | None, out: Path) -> None:
    """Write every number of TENANT's EDITION (its id) to a file, as it was sealed."""
    from tallymark.cli.opening import opened
    from tallymark.cli.writing import form_of, write_file
    from tallymark.scorecards.codec import BadDocument, from_json
    from tallymark.scorecards.exports.figures import figures
    from tallymark.scorecards.exports.files import FORMS, file_of
    from tallymark_tenants.models import Edition

    kind = next((each for each in FORMS if each == form), None) or form_of(out)
    with opened(redis=False) as product:
        profile = product.profile(tenant)
        with product.database.tenant(profile.id) as session:
            found = session.get(Edition, (profile.id, edition))
            stored = None if found is None else found.document
    if stored is None:
        raise click.ClickException(
            f"There is no edition {edition}; take one from `tallymark scorecard editions`."
        )
    try:
        document = from_json(stored)
    except BadDocument as error:
        raise click.ClickException(str(error)) from error
    write_file(out, file_of(document, kind))
    click.echo(f"{out}: {sum(1 for _ in figures(document))} figures")
