"""`tallymark scorecard compose`: a scorecard's sections as a JSON file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tallymark.scorecards.composition import Composition

USUAL = "usual"


@click.command()
@click.argument("tenant")
@click.argument("name")
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the sections from this JSON file.",
)
@click.option("--usual", is_flag=True, help="Back to the usual sections.")
def compose(tenant: str, name: str, path: Path | None, usual: bool) -> None:
    """Show the sections of TENANT's scorecard NAME as JSON, or take them from a file.

    The output is what --file reads: save it, change it, give it back.
    """
    from sqlalchemy import select

    from tallymark.cli.opening import opened
    from tallymark.scorecards.composition import Composition
    from tallymark_tenants.models import Scorecard

    if path is not None and usual:
        raise click.UsageError("Give --file or --usual, not both.")
    given = None if path is None else read_file(path)
    with opened(redis=False) as product, product.database.tenant(product.profile(tenant).id) as session:
        scorecard = session.scalar(select(Scorecard).where(Scorecard.name == name))
        if scorecard is None:
            names = ", ".join(session.scalars(select(Scorecard.name).order_by(Scorecard.name))) or "none yet"
            raise click.ClickException(f"There is no scorecard {name!r}; there are: {names}.")
        if usual:
            scorecard.layout = {}
        elif given is not None:
            scorecard.layout = given.stored()
        shown = Composition.read(scorecard.layout).stored()
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))


def read_file(path: Path) -> Composition:
    """The composition in a JSON file; one line that says what to change where it isn't one."""
    from tallymark.scorecards.composition import Composition, CompositionError

    try:
        return Composition.read(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, AttributeError) as error:
        raise click.ClickException(
            str(error)
            if isinstance(error, CompositionError)
            else f"{path} is no composition in JSON: {error}"
        ) from error
