"""`tallymark compute`."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from tallymark.formulas import neutral
from tallymark_sdk.attribution import AS_IS, AS_WAS, Attribution


@click.command()
@click.argument("tenant")
@click.option(
    "--metrics", "keys", required=True, help='Metric keys, with commas between; "all" for every one.'
)
@click.option("--from", "first", required=True, help="The first period: 2017-03, 2017-Q1, 2017, 1405-07 …")
@click.option(
    "--periods", default=1, show_default=True, type=click.IntRange(1, 1200), help="How many periods."
)
@click.option(
    "--grain",
    default="month",
    show_default=True,
    type=click.Choice(["day", "week", "month", "quarter", "year"]),
    help="How long a period is.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day of the data, which a running period is compared to.  [default: of the newest import]",
)
@click.option("--by", multiple=True, help="A breakdown, such as rep; may be given several times.")
@click.option("--set", "kpi_set", help="The KPI set whose parameter values hold.  [default: the default set]")
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="KEY.NAME=VALUE",
    help="A parameter's value for this once, such as pipeline.stale_opportunities.days=60.",
)
@click.option(
    "--attribution",
    type=click.Choice(["as-is", "as-was"]),
    help="Count rows by who owns them now, or by who owned them then.  [default: as the company has it]",
)
@click.option(
    "--format",
    "form",
    default="json",
    show_default=True,
    type=click.Choice(["json", "csv"]),
    help="What to print.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a file instead, with names and units; its end says its kind: .xlsx, .csv or .json.",
)
def compute(
    *,
    tenant: str,
    keys: str,
    first: str,
    periods: int,
    grain: str,
    as_of: datetime | None,
    by: tuple[str, ...],
    kpi_set: str | None,
    parameters: tuple[str, ...],
    attribution: str | None,
    form: str,
    out: Path | None,
) -> None:
    """Compute metrics of TENANT (its slug, name or id) and print one row per metric, part, period and member.

    The total has an empty dimension; rows without a member are counted under "unassigned". A value that can't be
    had is empty and says why in `reason`, as do rows that had to be left out.
    """
    from tallymark.cli.opening import opened
    from tallymark.cli.writing import form_of, write_cells
    from tallymark.engine import table
    from tallymark.engine.ask import ask, chosen
    from tallymark.plugins.own import registry_of
    from tallymark_sdk.calendars import CalendarError
    from tallymark_sdk.errors import TallymarkError
    from tallymark_tenants.kpi_sets import KpiSetRefused, find_set

    kind = None if out is None else form_of(out)
    with opened(redis=False) as product:
        try:
            profile = product.profile(tenant)
            kpi_set_id = None
            if kpi_set is not None:
                with product.database.tenant(profile.id) as session:
                    kpi_set_id = find_set(session, kpi_set).id
            cells = ask(
                product.database,
                product.lake,
                profile,
                keys,
                first=first,
                count=periods,
                grain=grain,
                by=by,
                as_of=None if as_of is None else as_of.date(),
                kpi_set_id=kpi_set_id,
                parameters=_by_metric(parameters),
                attribution=_ATTRIBUTIONS.get(attribution or ""),
            )
        except (TallymarkError, CalendarError, KpiSetRefused) as error:
            raise click.ClickException(str(error)) from error
        with product.database.tenant(profile.id) as session:
            known = registry_of(session)
            if out is not None and kind is not None:
                write_cells(product, session, profile, cells, by, known=known, out=out, kind=kind)
    for metric in (known[key] for key in chosen(known, keys)):
        if missing := [dimension for dimension in by if dimension not in metric.by]:
            click.echo(
                f"{metric.key} isn't broken down by {', '.join(missing)}; its total is given.", err=True
            )
    if out is not None:
        click.echo(f"{out}: {len(cells)} rows")
        return
    rows = table.rows(cells)
    if form == "csv":
        writer = csv.DictWriter(sys.stdout, table.COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    else:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False, default=_number))


_ATTRIBUTIONS: dict[str, Attribution] = {"as-is": AS_IS, "as-was": AS_WAS}


def _by_metric(given: Sequence[str]) -> dict[str, dict[str, str]]:
    """Metric → parameter → value, from texts such as "pipeline.stale_opportunities.days=60"."""
    found: dict[str, dict[str, str]] = {}
    for text in given:
        place, equals, value = text.partition("=")
        key, dot, name = place.rpartition(".")
        if not equals or "." not in key or not dot:
            raise click.BadParameter(
                f'"{text}" isn\'t KEY.NAME=VALUE, as in conversion.lead_to_sale.within=90'
            )
        found.setdefault(key, {})[name] = value
    return found


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return neutral(value) if isinstance(value, str) else value


def _number(value: Any) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} can't be written as JSON")
