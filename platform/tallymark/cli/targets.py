"""`tallymark targets`: what a tenant's metrics should reach."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tallymark_sdk.calendars import Calendar
    from tallymark_tenants.targets import StoredTarget

_METHODS = ("evenly", "seasonality", "working-days", "level")
_DEFAULT = "default"


@click.group()
def targets() -> None:
    """Targets: what metrics should reach, for the company or one member, and how they are divided."""


_scope = click.option("--scope", default="company", show_default=True, help="company, rep, team, region …")
_member = click.option("--member", default="", help="Whose target it is: the id or name of the rep, team …")
_year = click.option("--year", default="", help="The year, in the tenant's calendar.")
_period = click.option("--period", default="", help="Or another period: 2026-Q1, 2026-03, 2026-W05 …")


@targets.command("set")
@click.argument("tenant")
@click.argument("key")
@_year
@_period
@click.option(
    "--value", required=True, help="A plain number in the metric's unit, or a percentage: 2400, 30%."
)
@_scope
@_member
@click.option("--spread", default="", help="evenly, seasonality, working-days, weights or level.")
@click.option("--weights", default="", help="One weight a month or quarter, with commas between.")
def set_one(tenant: str, key: str, year: str, period: str, **typed: str) -> None:
    """Set the target of the metric KEY of TENANT; one of the same period and member is replaced."""
    from tallymark.cli.opening import opened
    from tallymark.targets import Entry, TargetRefused, load_targets, month_shares, read_entry
    from tallymark.targets.entry import plain
    from tallymark_tenants.targets import set_target

    entry = Entry(metric=key, period=_one_of(year, period), **typed)
    with opened(redis=False) as product:
        profile = product.profile(tenant)
        with product.database.tenant(profile.id) as session:
            known = load_targets(session, product.lake, profile)
            try:
                target = read_entry(entry, known)
            except TargetRefused as error:
                raise click.ClickException(str(error)) from error
            shares = month_shares(known, target)
            set_target(session, target)
    click.echo(f"{target.metric}, {target.member or 'company'}, {entry.period}: {plain(target.value)}")
    if len(shares) > 1:
        for share in shares:
            click.echo(
                f"  {known.calendar.key(share.month)}  {plain(share.value) if share.value is not None else share.reason}"
            )


@targets.command("list")
@click.argument("tenant")
@click.argument("key", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_them(tenant: str, key: str | None, as_json: bool) -> None:
    """List the targets that are set in Tallymark for TENANT, of the metric KEY or all.

    Imported targets that can't be used are counted beside them.
    """
    from tallymark.calendars import calendar_of
    from tallymark.cli.opening import opened
    from tallymark.targets import load_targets
    from tallymark.targets.entry import plain, written
    from tallymark_tenants.targets import list_targets

    with opened(redis=False) as product:
        profile = product.profile(tenant)
        with product.database.tenant(profile.id) as session:
            rows = list_targets(session, None if key is None else [key])
            left_out = load_targets(session, product.lake, profile).left_out
        cut = calendar_of(profile)
    if left_out:
        told = ", ".join(f"{count} × {reason}" for reason, count in sorted(left_out.items()))
        click.echo(f"Imported targets that can't be used: {told}", err=True)
    if as_json:
        click.echo(json.dumps([_as_json(row, cut) for row in rows], indent=1, ensure_ascii=False))
        return
    if not rows:
        click.echo("No target is set; set one with `tallymark targets set`, or import the dataset targets.")
    for row in rows:
        whose = f"{row.dimension} {row.member}" if row.dimension else "company"
        spread = f" ({row.spread})" if row.spread else ""
        click.echo(f"{row.metric}, {whose}, {written(row.start, row.end, cut)}: {plain(row.value)}{spread}")


@targets.command("remove")
@click.argument("tenant")
@click.argument("key")
@_year
@_period
@_scope
@_member
def remove(tenant: str, key: str, year: str, period: str, scope: str, member: str) -> None:
    """Remove a target of the metric KEY of TENANT; imported ones are removed where they came from."""
    from tallymark.calendars import calendar_of
    from tallymark.cli.opening import opened
    from tallymark.targets.entry import plain
    from tallymark_sdk.calendars import CalendarError
    from tallymark_tenants.targets import list_targets, remove_target

    with opened(redis=False) as product:
        profile = product.profile(tenant)
        try:
            span = calendar_of(profile).parse(_one_of(year, period))
        except CalendarError as error:
            raise click.ClickException(str(error)) from error
        dimension = "" if scope == "company" else scope
        wanted = (dimension, member, span.start, span.end)
        with product.database.tenant(profile.id) as session:
            found = [
                row for row in list_targets(session, [key])
                if (row.dimension, row.member, row.start, row.end) == wanted
            ]  # fmt: skip
            if not found:
                raise click.ClickException(
                    f"No such target of {key} is set; `tallymark targets list {profile.slug}` shows those there are."
                )
            remove_target(session, found[0].id)
    click.echo(f"Removed: {key}, {member or 'company'}, {span.label}: {plain(found[0].value)}")


@targets.command("spread")
@click.argument("tenant")
@click.argument("method", type=click.Choice([*_METHODS, _DEFAULT]))
@click.option("--metric", "key", default="", help="Only of this metric; without it, of every metric.")
def spread(tenant: str, method: str, key: str) -> None:
    """Say how TENANT's targets are divided where they don't say it themselves, imported ones too."""
    from tallymark.cli.opening import opened
    from tallymark.plugins.own import registry_of
    from tallymark.plugins.registry import UnknownMetric
    from tallymark_tenants.targets import set_spread

    with opened(redis=False) as product:
        profile = product.profile(tenant)
        with product.database.tenant(profile.id) as session:
            try:
                metric = registry_of(session)[key].key if key else ""
            except UnknownMetric as error:
                raise click.ClickException(str(error)) from error
            set_spread(session, metric, None if method == _DEFAULT else method)
    click.echo(f"Targets of {key or 'every metric'} are divided: {method}")


@targets.command("show")
@click.argument("tenant")
@click.argument("key")
@click.option("--from", "first", required=True, help="The first period: 2026-01, 2026-Q1, 2026 …")
@click.option(
    "--periods", default=1, show_default=True, type=click.IntRange(1, 400), help="How many periods."
)
@click.option(
    "--grain",
    default="month",
    show_default=True,
    type=click.Choice(["day", "week", "month", "quarter", "year"]),
    help="How long a period is.",
)
@click.option("--by", default="", help="For each member of a breakdown, such as rep.")
def show(tenant: str, key: str, first: str, periods: int, grain: str, by: str) -> None:
    """Show what the metric KEY of TENANT should reach and how it stands, as JSON.

    A row a period and member: target with where it comes from, value, attainment, pace, and what each working day
    that is left must bring.
    """  # fmt: skip
    from tallymark.cli.opening import opened
    from tallymark.plugins.registry import UnknownMetric
    from tallymark.targets.standing import standings
    from tallymark_sdk.calendars import CalendarError

    with opened(redis=False) as product:
        profile = product.profile(tenant)
        try:
            rows = standings(
                product.database, product.lake, profile, key, first=first, count=periods, grain=grain, by=by
            )
        except (UnknownMetric, CalendarError) as error:
            raise click.ClickException(str(error)) from error
    click.echo(json.dumps([row.as_json() for row in rows], indent=1, ensure_ascii=False))


def _one_of(year: str, period: str) -> str:
    if bool(year) == bool(period):
        raise click.ClickException("Say which period: --year 2026, or --period 2026-Q1.")
    return year or period


def _as_json(row: StoredTarget, cut: Calendar) -> dict[str, object]:
    from tallymark.targets.entry import plain, written

    return {
        "metric": row.metric,
        "scope": row.dimension or "company",
        "member": row.member,
        "period": written(row.start, row.end, cut),
        "period_start": row.start.isoformat(),
        "period_end": row.end.isoformat(),
        "value": plain(row.value),
        "spread": row.spread,
        "weights": [plain(weight) for weight in row.weights],
    }
