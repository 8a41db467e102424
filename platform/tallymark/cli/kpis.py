"""`tallymark kpis`: KPI sets of a tenant."""

from __future__ import annotations

import json

import click

from tallymark.cli.own_kpis import own


@click.group()
def kpis() -> None:
    """KPI sets: which metrics a tenant watches, and KPIs of its own."""


kpis.add_command(own)


@kpis.command("list")
@click.argument("tenant")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_kpi_sets(tenant: str, as_json: bool) -> None:
    """List TENANT's KPI sets."""
    from tallymark.cli.opening import opened
    from tallymark.scorecards.starter import ensure_starter_set
    from tallymark_tenants.kpi_sets import list_sets

    with opened(redis=False) as product:
        profile = product.profile(tenant)
        with product.database.tenant(profile.id) as session:
            ensure_starter_set(session)
            sets = list_sets(session)
    if as_json:
        rows = [{"name": row.name, "is_default": row.is_default, "metrics": list(row.keys)} for row in sets]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for row in sets:
        click.echo(f"{row.name}: {', '.join(row.keys)}")


@kpis.command("create")
@click.argument("tenant")
@click.argument("name")
@click.option(
    "--metrics", "keys", required=True, help='Metric keys, with commas between; "all" for every one.'
)
def create_kpi_set(tenant: str, name: str, keys: str) -> None:
    """Make a KPI set NAME of TENANT."""
    from tallymark.cli.opening import opened
    from tallymark.engine.ask import chosen
    from tallymark.plugins.own import registry_for_sets
    from tallymark_sdk.errors import TallymarkError
    from tallymark_tenants.kpi_sets import KpiSetRefused, create_set

    with opened(redis=False) as product:
        profile = product.profile(tenant)
        try:
            with product.database.tenant(profile.id) as session:
                wanted = chosen(registry_for_sets(session), keys)
                create_set(session, name, wanted)
        except (TallymarkError, KpiSetRefused) as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{name}: {len(wanted)} KPIs")


@kpis.command("parameters")
@click.argument("tenant")
@click.argument("name")
@click.argument("key", required=False)
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--default", "reset", is_flag=True, help="Give all of KEY's parameters their defaults again.")
def parameters(tenant: str, name: str, key: str | None, values: tuple[str, ...], *, reset: bool) -> None:
    """Show the parameters of the KPIs in TENANT's set NAME, or give those of KEY new values.

    An empty value (within=) means "no limit" where the parameter allows it. Scorecards of the set, and computing
    with it, use these values from now on.
    """
    from tallymark.cli.opening import opened
    from tallymark.kpis.parameters import change, listed
    from tallymark_sdk.errors import TallymarkError
    from tallymark_tenants.kpi_sets import KpiSetRefused, find_set

    given = {part.partition("=")[0]: part.partition("=")[2] for part in values}
    if malformed := next((part for part in values if "=" not in part), None):
        raise click.ClickException(f'"{malformed}" isn\'t NAME=VALUE, as in days=30.')
    with opened(redis=False) as product:
        profile = product.profile(tenant)
        try:
            with product.database.tenant(profile.id) as session:
                of = find_set(session, name).id
                if key is not None and (given or reset):
                    change(session, of, key, given, reset=reset)
                lines = listed(session, of, key)
        except (TallymarkError, KpiSetRefused) as error:
            raise click.ClickException(str(error)) from error
    for line in lines:
        click.echo(line)
