"""Writing figures to files: what `compute --out` and `scorecard export` share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tallymark.cli.opening import Product
    from tallymark.engine import Cell
    from tallymark.plugins.registry import Registry
    from tallymark.scorecards.exports.files import Form
    from tallymark_tenants.profile import TenantProfile


def form_of(out: Path) -> Form:
    """The kind of file that a name's end says."""
    from tallymark.scorecards.exports.files import FORMS

    for form in FORMS:
        if out.suffix.lower() == f".{form}":
            return form
    raise click.BadParameter(
        f"{out} must end in .xlsx, .csv or .json, which says its kind.", param_hint="--out"
    )


def write_file(out: Path, content: bytes) -> None:
    """Write the file, or say why not."""
    try:
        out.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{out} can't be written: {error.strerror}.") from error


def write_cells(
    product: Product,
    session: Session,
    profile: TenantProfile,
    cells: Sequence[Cell],
    by: Sequence[str],
    *,
    known: Registry,
    out: Path,
    kind: Form,
) -> None:
    """Write computed cells in the company's language, with the names of metrics and members."""
    from tallymark.engine.ask import tenant_data
    from tallymark.engine.labels import labels
    from tallymark.plugins.wording import Wording
    from tallymark.scorecards.exports.cells import cells_file

    data = tenant_data(product.lake, profile, product.lake.pinned(session).values())
    wording = Wording(known, profile.locale)
    content = cells_file(cells, kind, wording=wording, members=labels(data, by), made=datetime.now(UTC))
    write_file(out, content)
