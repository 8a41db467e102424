"""`tallymark metrics new` and `tallymark metrics check`: the author's commands of the SDK, on this command line."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("name")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write it; a folder NAME here by default.",
)
def new(name: str, folder: Path | None) -> None:
    """Make a new metric pack whose keys start with NAME, such as acme."""
    from tallymark_sdk.authoring.scaffold import new_pack, next_steps
    from tallymark_sdk.errors import TallymarkError

    try:
        written = new_pack(name, folder)
    except TallymarkError as error:
        raise click.ClickException(str(error)) from error
    click.echo(next_steps(name, folder, written))


@click.command()
@click.argument("pack", required=False)
@click.option("--fix", is_flag=True, help="Write the inputs that are used, and add missing texts, first.")
def check(pack: str | None, fix: bool) -> None:
    """Say everything that is wrong with PACK: a family such as acme, or a pack's folder; every pack by default.

    Exit code 1 where anything is wrong.
    """
    from tallymark_sdk.authoring.checking import check_packs
    from tallymark_sdk.errors import TallymarkError

    try:
        right = check_packs(pack, fix=fix, say=click.echo)
    except TallymarkError as error:
        click.echo(str(error), err=True)
        right = False
    if not right:
        raise SystemExit(1)
