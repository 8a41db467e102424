"""`tallymark explain`."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from tallymark_sdk.attribution import AS_IS, AS_WAS, Attribution

if TYPE_CHECKING:
    from tallymark.explain.service import Explanation


@click.command()
@click.argument("tenant")
@click.argument("metric")
@click.option("--period", required=True, help="The period: 2026-09, 2026-Q3, 2026, 1405-07 …")
@click.option(
    "--part", default="value", show_default=True, help="A further figure of the metric, such as median."
)
@click.option("--by", default="", help="A breakdown, such as rep; needs --member.")
@click.option("--member", default="", help="The id of the breakdown's member whose figure it is.")
@click.option(
    "--measure",
    default=1,
    show_default=True,
    type=click.IntRange(1),
    help="The number of the measure whose rows are listed: a ratio has two.",
)
@click.option("--left-out", is_flag=True, help="List the rows left out, with the reason of each.")
@click.option("--page", default=1, show_default=True, type=click.IntRange(1), help="Which page of the rows.")
@click.option("--page-size", default=50, show_default=True, type=click.IntRange(1, 1000), help="Rows a page.")
@click.option(
    "--edition", type=click.UUID, help="A sealed edition, whose data holds.  [default: the data of now]"
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day of the data, which a running period is compared to.  [default: of the newest import]",
)
@click.option(
    "--attribution",
    type=click.Choice(["as-is", "as-was"]),
    help="Count rows by who owns them now, or by who owned them then.  [default: as the company has it]",
)
@click.option(
    "--format",
    "form",
    default="table",
    show_default=True,
    type=click.Choice(["table", "json", "csv"]),
    help="What to print; csv holds all rows and nothing else.",
)
def explain(
    *,
    tenant: str,
    metric: str,
    period: str,
    part: str,
    by: str,
    member: str,
    measure: int,
    left_out: bool,
    page: int,
    page_size: int,
    edition: UUID | None,
    as_of: datetime | None,
    attribution: str | None,
    form: str,
) -> None:
    """Explain a figure of TENANT (its slug, name or id): METRIC's arithmetic, down to the rows of each measure.

    The rows used make the figure exactly: their sum, number, different ids, median, least or greatest. docs/explain.md
    says what each column means.
    """
    from tallymark.cli.opening import opened
    from tallymark.explain.asked import basis_of
    from tallymark.explain.asking import Question
    from tallymark.explain.exporting import csv_of
    from tallymark.explain.service import explained
    from tallymark.explain.told import as_object
    from tallymark_sdk.calendars import CalendarError
    from tallymark_sdk.errors import TallymarkError

    question = Question(
        metric=metric,
        period=period,
        part=part,
        by=by,
        member=member,
        measure=measure,
        which="left_out" if left_out else "used",
        page=page,
        page_size=page_size,
        edition=edition,
        as_of=None if as_of is None else as_of.date(),
        attribution=_ATTRIBUTIONS.get(attribution or ""),
    )
    with opened(redis=False) as product:
        try:
            profile = product.profile(tenant)
            with product.database.tenant(profile.id) as session:
                asked = basis_of(session, product.lake, profile, question)
                if form == "csv":
                    sys.stdout.writelines(csv_of(asked))
                    return
                told = explained(asked)
        except (TallymarkError, CalendarError) as error:
            raise click.ClickException(str(error)) from error
    if form == "json":
        click.echo(json.dumps(as_object(told), indent=1, ensure_ascii=False, default=_text))
    else:
        _print(told)


_ATTRIBUTIONS: dict[str, Attribution] = {"as-is": AS_IS, "as-was": AS_WAS}


def _print(told: Explanation) -> None:
    from tallymark.explain.told import as_table, formula_of, header
    from tallymark.explain.words import lines_of, plain
    from tallymark.plugins.wording import Wording

    wording, cell = Wording(told.registry), told.cell
    whose = f", {cell.dimension} {told.member_name}" if cell.dimension else ""
    value = f"no value: {cell.reason}" if cell.value is None else plain(cell.value)
    click.echo(f"{wording.name(told.metric.key)} ({cell.part}), {cell.period.label}{whose}: {value}")
    click.echo(formula_of(told, wording))
    click.echo("")
    for line in lines_of(told.tree, told.metric.key, wording):
        mark = f"[{line.measure}] " if line.measure else ""
        result = line.reason if line.value is None else plain(line.value)
        click.echo(f"  {mark}{line.words} ({line.period.label}): {line.said and line.said + ' = '}{result}")
    for given in told.given:
        rows = "not connected" if given.rows is None else f"{given.rows} rows"
        click.echo(
            f"  {given.function} in Python was given {given.dataset} ({', '.join(given.columns)}): {rows}"
        )
    if told.shown is None:
        click.echo("\nOnly the function knows which of its rows it used.")
        return
    counts = "; ".join(f"{count} {reason}" for reason, count in sorted(told.shown.left_out.items()))
    click.echo(f"\n[{told.listed}] {told.shown.rows} {told.shown.dataset} used; left out: {counts or 'none'}")
    if not told.rows:
        click.echo("There are no such rows.")
        return
    table = [header(told), *([str(value) for value in row] for row in as_table(told, told.rows))]
    kept = [n for n in range(len(table[0])) if any(row[n] for row in table[1:])]
    widths = {n: max(len(row[n]) for row in table) for n in kept}
    for row in table:
        click.echo("  ".join(row[n].ljust(widths[n]) for n in kept).rstrip())
    click.echo(f"page {told.question.page} of {told.pages}, {told.total} rows")


def _text(value: Any) -> str:
    """Decimals as text, since a JSON number would lose places."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} can't be written as JSON")
