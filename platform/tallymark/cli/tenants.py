"""`tallymark tenant`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tallymark_tenants.profile import TenantProfile


@click.group()
def tenant() -> None:
    """Tenants: the companies whose data is kept apart."""


@tenant.command("create")
@click.argument("name")
@click.option("--currency", default="USD", show_default=True, help="Currency of its scorecards (ISO 4217).")
@click.option(
    "--timezone", default="UTC", show_default=True, help="IANA time zone, such as Asia/Ho_Chi_Minh."
)
@click.option("--calendar", default="gregorian", show_default=True, help="gregorian or jalali.")
@click.option("--locale", default="en", show_default=True, help="Language of its scorecards.")
@click.option("--fiscal-start", default=1, show_default=True, help="Month that the fiscal year starts with.")
@click.option("--money-display", default="", help="How amounts are written: toman (rial), yuan (TWD).")
@click.option("--amounts-include-tax", is_flag=True, help="Its amounts are entered with tax.")
@click.option("--slug", help="Its name in addresses and commands.  [default: made from NAME]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def create(
    name: str,
    currency: str,
    timezone: str,
    calendar: str,
    locale: str,
    fiscal_start: int,
    money_display: str,
    *,
    amounts_include_tax: bool,
    slug: str | None,
    as_json: bool,
) -> None:
    """Make a tenant called NAME, and print its slug and id."""
    from tallymark.cli.opening import opened
    from tallymark_tenants.accounts.errors import ValueRejected
    from tallymark_tenants.accounts.sign_up import create_tenant

    with opened(redis=False) as product:
        try:
            with product.database.auth() as session:
                made = create_tenant(
                    session,
                    name=name,
                    slug=slug,
                    currency=currency,
                    timezone=timezone,
                    calendar=calendar,
                    fiscal_start=fiscal_start,
                    locale=locale,
                    money_display=money_display,
                    amounts_include_tax=amounts_include_tax,
                )
        except ValueRejected as error:
            raise click.ClickException(str(error)) from error
    click.echo(
        json.dumps(_plain(made), indent=1, ensure_ascii=False) if as_json else f"{made.slug}  {made.id}"
    )


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


def _plain(profile: TenantProfile) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(profile) | {"id": str(profile.id)}
