"""`tallymark bridge`."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import click

from tallymark.formulas import neutral
from tallymark_sdk.attribution import AS_IS, AS_WAS, Attribution


@click.command()
@click.argument("tenant")
@click.argument("metric")
@click.option(
    "--from",
    "from_",
    default="previous",
    show_default=True,
    help='The earlier period: 2026-09, 2026-Q3, 1405-06 …, or "previous" or "year-before".',
)
@click.option("--to", required=True, help="The later period, as long as the earlier one.")
@click.option("--by", default="", help="A breakdown, such as rep; needs --member.")
@click.option("--member", default="", help="The id of the breakdown's member whose change it is.")
@click.option(
    "--mix",
    help='The breakdown whose members are the segments, such as product; "" for none.  [default: what fits the KPI]',
)
@click.option(
    "--against",
    "against_text",
    default="newest",
    show_default=True,
    help='As of when the earlier period is meant: an edition\'s id, a day, "newest" (its newest edition) or "none".',
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
    default="json",
    show_default=True,
    type=click.Choice(["json", "csv"]),
    help="What to print.",
)
def bridge(
    *,
    tenant: str,
    metric: str,
    from_: str,
    to: str,
    by: str,
    member: str,
    mix: str | None,
    against_text: str,
    as_of: datetime | None,
    attribution: str | None,
    form: str,
) -> None:
    """Split the change of METRIC of TENANT (its slug, name or id) between two periods.

    The terms sum to the change to the last place: restatement, organisation, volume, mix, price and currency of
    money, rate and mix of ratios. docs/bridge.md says what each means.
    """
    from tallymark.bridge import Question
    from tallymark.bridge import bridge as ask
    from tallymark.bridge.asking import against
    from tallymark.bridge.told import COLUMNS, as_object, as_rows
    from tallymark.cli.opening import opened
    from tallymark_sdk.calendars import CalendarError
    from tallymark_sdk.errors import TallymarkError

    with opened(redis=False) as product:
        try:
            question = Question(
                metric=metric,
                to=to,
                from_=from_,
                by=by,
                member=member,
                mix=mix,
                against=against(against_text),
                as_of=None if as_of is None else as_of.date(),
                attribution=_ATTRIBUTIONS.get(attribution or ""),
            )
            profile = product.profile(tenant)
            with product.database.tenant(profile.id) as session:
                found = ask(session, product.lake, profile, question)
        except (TallymarkError, CalendarError) as error:
            raise click.ClickException(str(error)) from error
    if form == "csv":
        writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in as_rows(found))
    else:
        click.echo(json.dumps(as_object(found), indent=1, ensure_ascii=False, default=_text))


_ATTRIBUTIONS: dict[str, Attribution] = {"as-is": AS_IS, "as-was": AS_WAS}


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return neutral(value) if isinstance(value, str) else value


def _text(value: Any) -> str:
    """Decimals as text, since a JSON number would lose the places that make them sum up."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} can't be written as JSON")
