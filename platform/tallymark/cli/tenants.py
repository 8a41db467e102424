"""`tallymark tenant`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tallymark_tenants.profile import TenantProfile

CALENDAR = "gregorian, jalali, 4-4-5, 4-5-4, 5-4-4 or iso-week."
YEAR_END = 'Day a 4-4-5, 4-5-4 or 5-4-4 year ends on, near or in the month before the fiscal year starts: "last friday".'
COUNTRY = "Country whose public holidays aren't worked (ISO 3166: VN)."
WEEKEND = 'Weekdays that aren\'t worked: "thursday,friday"; "none"; "" for the country\'s.'
ALIGN = "Moving holiday that the year before is aligned to: tet, lunar_new_year or nowruz."
MONEY = "How amounts are written: toman (rial), yuan (TWD)."

ENGINE = (
    "What its figures are computed with: duckdb (on the worker) or spark (on a cluster, docs/scale/spark.md)."
)
OWNERS = (
    "Who counts where reps, teams or regions changed: as-is (as they are now) or as-was (as they were then)."
)


@click.group()
def tenant() -> None:
    """Tenants: the companies whose data is kept apart."""


@tenant.command("create")
@click.argument("name")
@click.option("--currency", default="USD", show_default=True, help="Currency of its scorecards (ISO 4217).")
@click.option(
    "--timezone", default="UTC", show_default=True, help="IANA time zone, such as Asia/Ho_Chi_Minh."
)
@click.option("--calendar", default="gregorian", show_default=True, help=CALENDAR)
@click.option(
    "--locale",
    default="en",
    show_default=True,
    help="Language of its pages and scorecards: en, vi, fa or zh-Hant.",
)
@click.option("--fiscal-start", default=1, show_default=True, help="Month that the fiscal year starts with.")
@click.option("--year-end", default="nearest saturday", show_default=True, help=YEAR_END)
@click.option("--country", default="", help=COUNTRY)
@click.option("--weekend", default="", help=WEEKEND)
@click.option("--align", "alignment", default="", help=ALIGN)
@click.option("--money-display", default="", help=MONEY)
@click.option("--attribution", default="as-is", show_default=True, help=OWNERS)
@click.option("--amounts-include-tax", is_flag=True, help="Its amounts are entered with tax.")
@click.option("--slug", help="Its name in addresses and commands.  [default: made from NAME]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def create(name: str, *, amounts_include_tax: bool, as_json: bool, **settings: Any) -> None:
    """Make a tenant called NAME, and print its slug and id."""
    from tallymark.cli.opening import opened
    from tallymark_tenants.accounts.errors import ValueRejected
    from tallymark_tenants.accounts.sign_up import create_tenant

    with opened(redis=False) as product:
        try:
            with product.database.auth() as session:
                made = create_tenant(session, name=name, amounts_include_tax=amounts_include_tax, **settings)
        except ValueRejected as error:
            raise click.ClickException(str(error)) from error
    click.echo(
        json.dumps(_plain(made), indent=1, ensure_ascii=False) if as_json else f"{made.slug}  {made.id}"
    )


@tenant.command("set")
@click.argument("tenant")
@click.option("--name", help="What it is called.")
@click.option("--timezone", help="IANA time zone, such as Asia/Ho_Chi_Minh.")
@click.option("--locale", help="Language of its pages and scorecards: en, vi, fa or zh-Hant.")
@click.option("--calendar", help=CALENDAR)
@click.option("--fiscal-start", type=int, help="Month that the fiscal year starts with.")
@click.option("--year-end", help=YEAR_END)
@click.option("--country", help=COUNTRY + ' "" for none.')
@click.option("--weekend", help=WEEKEND)
@click.option("--align", "alignment", help=ALIGN + ' "" for none.')
@click.option("--money-display", help=MONEY + ' "" as anywhere else.')
@click.option("--attribution", help=OWNERS)
@click.option("--engine", help=ENGINE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def change(tenant: str, *, as_json: bool, **settings: Any) -> None:
    """Change what TENANT (its slug, name or id) is set up with; what isn't named stays as it is.

    Scorecards made before keep the periods that they were made for.
    """
    from tallymark.cli.opening import opened
    from tallymark_tenants.accounts.company import change_company
    from tallymark_tenants.accounts.errors import ValueRejected

    wanted = {setting: value for setting, value in settings.items() if value is not None}
    if not wanted:
        raise click.ClickException("Say what to change, such as --country VN.")
    if str(wanted.get("engine", "")).strip().lower() == "spark":
        _need_spark()
    with opened(redis=False) as product:
        found = product.profile(tenant)
        try:
            with product.database.auth() as session:
                changed = change_company(session, found.id, **wanted)
        except ValueRejected as error:
            raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(_plain(changed), indent=1, ensure_ascii=False))
        return
    for setting in wanted:
        click.echo(f"{setting}: {getattr(changed, setting) or 'none'}")


@tenant.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_tenants(*, as_json: bool) -> None:
    """List all tenants by slug."""
    from sqlalchemy import select

    from tallymark.cli.opening import opened
    from tallymark_tenants.models import Tenant
    from tallymark_tenants.profile import TenantProfile

    with opened(redis=False) as product, product.database.auth() as session:
        found = [TenantProfile.of(row) for row in session.scalars(select(Tenant).order_by(Tenant.slug))]
    if as_json:
        click.echo(json.dumps([_plain(one) for one in found], indent=1, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one.slug}  {one.id}  {one.name}  {one.currency}  {one.timezone}  {one.calendar}")


def _need_spark() -> None:
    from tallymark.engine.spark.settings import missing

    if lacking := missing():
        raise click.ClickException(f"{lacking}. On every worker too.")


def _plain(profile: TenantProfile) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(profile) | {"id": str(profile.id)}
