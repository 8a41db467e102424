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


@kpis.command("thresholds")
@click.argument("tenant")
@click.argument("name")
@click.argument("key", required=False)
@click.option("--on", default="", help="From which share of its target KEY is on target: 100% or 1.")
@click.option("--risk", default="", help="From which share it is at risk; below that it is off target: 90%.")
@click.option(
    "--for",
    "when",
    default="always",
    show_default=True,
    help="A grain (week, month …), a period (2026-Q4), two dates (2026-10-01/2026-12-01), or a date on (2026-10-01/).",
)
@click.option("--remove", is_flag=True, help="Remove KEY's thresholds for that time.")
def thresholds(
    tenant: str, name: str, key: str | None, on: str, risk: str, when: str, *, remove: bool
) -> None:
    """Show from which attainment the KPIs in TENANT's set NAME are on target or at risk, or set those of KEY.

    What is more particular holds: a period before a grain, a grain before what always holds.
    """  # fmt: skip
    from tallymark.calendars import calendar_of
    from tallymark.cli.opening import opened
    from tallymark.kpis.thresholds import ThresholdsRefused, change, listed
    from tallymark_tenants.kpi_sets import KpiSetRefused, find_set

    if (on or risk or remove) and key is None:
        raise click.ClickException("Name the KPI whose thresholds these are, such as revenue.bookings.")
    if remove and (on or risk):
        raise click.ClickException("Either set thresholds or remove them.")
    if bool(on) != bool(risk):
        raise click.ClickException("Give both, as in --on 100% --risk 90%.")
    with opened(redis=False) as product:
        profile = product.profile(tenant)
        calendar = calendar_of(profile)
        try:
            with product.database.tenant(profile.id) as session:
                of = find_set(session, name).id
                if key is not None and (on or remove):
                    change(session, of, key, when, None if remove else (on, risk), calendar)
                told = listed(session, of, calendar, key)
        except (ThresholdsRefused, KpiSetRefused) as error:
            raise click.ClickException(str(error)) from error
    for line in told:
        click.echo(line)
