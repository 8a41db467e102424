"""`tallymark kpis own`: KPIs that a tenant made itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tallymark.own_kpis import Checked
    from tallymark_sdk.own import WrongKpi


@click.group()
def own() -> None:
    """A tenant's own KPIs: formulas over metric keys, such as revenue.bookings / pipeline.opportunities."""


def _described(command: Any) -> Any:
    """The options that describe a KPI beside its formula."""
    for option in reversed(
        (
            click.option(
                "--unit", help="money, ratio, count, rate, days, score or index; else the formula's own."
            ),
            click.option(
                "--better",
                default="higher",
                show_default=True,
                type=click.Choice(["higher", "lower", "neutral"]),
            ),
            click.option("--by", multiple=True, help="A breakdown to offer; without any, all there are."),
            click.option("--set", "kpi_set", help="The one KPI set that it is for."),
        )
    ):
        command = option(command)
    return command


@own.command("add")
@click.argument("tenant")
@click.argument("key")
@click.argument("formula")
@click.option("--name", required=True, help="What people call it.")
@click.option("--description", default="", help="What it tells, in a sentence.")
@_described
def add(*, tenant: str, key: str, formula: str, name: str, description: str, unit: str | None, better: str,
        by: tuple[str, ...], kpi_set: str | None) -> None:  # fmt: skip
    """Keep a KPI of TENANT: KEY is "own.name", FORMULA its expression.

    A formula that begins with a minus sign comes after a lone "--".
    """
    from tallymark.plugins.registry import registry
    from tallymark_tenants.own_kpis import create

    with _session(tenant, formula) as session:
        set_id = _set_id(session, kpi_set)
        facts = {"key": key, "name": name, "description": description, "better": better, "breakdowns": by}
        checked = _check(session, formula, unit, set_id, facts)
        if checked.problem is not None:
            raise checked.problem
        made = create(session, checked.kpi, registry().metrics, kpi_set_id=set_id)
    click.echo(f"{made.kpi.key} ({made.kpi.unit}): {checked.words}")


@own.command("check")
@click.argument("tenant")
@click.argument("formula")
@_described
def check_formula(tenant: str, formula: str, unit: str | None, better: str, by: tuple[str, ...],
                  kpi_set: str | None) -> None:  # fmt: skip
    """Say what a KPI of this FORMULA would be, without keeping it."""
    from tallymark.own_kpis import named_quantity
    from tallymark.own_kpis.check import DRAFT_KEY

    with _session(tenant, formula) as session:
        facts = {"key": DRAFT_KEY, "name": DRAFT_KEY, "better": better, "breakdowns": by}
        checked = _check(session, formula, unit, _set_id(session, kpi_set), facts)
        if checked.problem is not None:
            raise checked.problem
    click.echo(checked.words)
    if checked.quantity is not None:
        click.echo(f"unit: {checked.kpi.unit} (the formula gives {named_quantity(checked.quantity)})")
    click.echo(f"made from: {', '.join(key for key, _ in checked.inputs)}")
    click.echo(f"breakdowns: {', '.join(checked.by) or 'none'}")


@own.command("list")
@click.argument("tenant")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_kpis(tenant: str, as_json: bool) -> None:
    """List the KPIs that TENANT made itself."""
    from tallymark.plugins.own import registry_of
    from tallymark_tenants.kpi_sets import list_sets
    from tallymark_tenants.own_kpis import list_own

    with _session(tenant) as session:
        known = registry_of(session)
        sets = {row.id: row.name for row in list_sets(session)}
        rows = [
            {
                "key": each.kpi.key,
                "name": each.kpi.name,
                "version": each.kpi.version,
                "unit": each.kpi.unit,
                "better": each.kpi.better,
                "formula": each.kpi.expression,
                "set": sets.get(each.kpi_set_id) if each.kpi_set_id else None,
                "usable": each.kpi.key in known.metrics,
            }
            for each in list_own(session)
        ]
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for row in rows:
        click.echo(
            f"{row['key']}  {row['name']} ({row['unit']}, {row['better']} is better): {row['formula']}"
        )
    for broken in known.broken:
        if broken.family == "own":
            click.echo(f"can't be used: {broken.reason}", err=True)


@own.command("remove")
@click.argument("tenant")
@click.argument("key")
def remove_kpi(tenant: str, key: str) -> None:
    """Remove the own KPI KEY of TENANT, unless another KPI or a KPI set uses it."""
    from tallymark_tenants.own_kpis import find_by_key, remove

    with _session(tenant) as session:
        remove(session, find_by_key(session, key).id)
    click.echo(f"{key} is removed.")


@contextmanager
def _session(tenant: str, formula: str = "") -> Iterator[Session]:
    """The tenant's session; what is wrong with an own KPI ends the command as one sentence."""
    from tallymark.cli.opening import opened
    from tallymark_sdk.own import WrongKpi
    from tallymark_tenants.kpi_sets import KpiSetRefused
    from tallymark_tenants.own_kpis import OwnKpiRefused, OwnKpiUnknown

    with opened(redis=False) as product:
        profile = product.profile(tenant)
        try:
            with product.database.tenant(profile.id) as session:
                yield session
        except WrongKpi as problem:
            _point(problem, formula)
            raise click.ClickException(str(problem)) from problem
        except (KpiSetRefused, OwnKpiRefused, OwnKpiUnknown) as error:
            raise click.ClickException(str(error)) from error


def _point(problem: WrongKpi, formula: str) -> None:
    from tallymark_sdk.own import WrongFormula

    if isinstance(problem, WrongFormula) and formula:
        click.echo(problem.pointed(formula), err=True)


def _set_id(session: Session, name: str | None) -> UUID | None:
    from tallymark_tenants.kpi_sets import find_set

    return None if name is None else find_set(session, name).id


def _check(session: Session, formula: str, unit: Any, set_id: UUID | None, facts: Any) -> Checked:
    from tallymark.own_kpis import check
    from tallymark_sdk.own import OwnKpi

    kpi = OwnKpi(expression=formula, unit=unit or "index", within=str(set_id or ""), **facts)
    return check(session, kpi, "en", unit=unit)
