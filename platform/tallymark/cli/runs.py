"""`tallymark runs`."""

from __future__ import annotations

import getpass
import json
from uuid import UUID

import click


@click.group()
def runs() -> None:
    """Runs: work in the background, asked for, at work or ended."""


@runs.command("list")
@click.argument("tenant")
@click.option("--open", "unfinished", is_flag=True, help="Only what waits or is at work.")
@click.option("--most", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one run a line.")
def list_(tenant: str, most: int, *, unfinished: bool, as_json: bool) -> None:
    """List the runs of TENANT (its slug, name or id), the newest first."""
    from sqlalchemy import select

    from tallymark.cli.opening import opened
    from tallymark_tenants.models import Run

    with opened(redis=False) as product:
        query = select(Run).order_by(Run.tenant_id.desc(), Run.id.desc()).limit(most)
        if unfinished:
            query = query.where(Run.status.in_(("queued", "running")))
        with product.database.tenant(product.profile(tenant).id) as session:
            found = session.scalars(query).all()
    for run in found:
        what = run.step or run.error or ""
        if as_json:
            asked = run.created_at.isoformat()
            click.echo(
                json.dumps(
                    {"id": str(run.id), "kind": run.kind, "status": run.status, "asked": asked, "what": what}
                )
            )
        else:
            click.echo(
                f"{run.id}  {run.created_at:%Y-%m-%d %H:%M}  {run.kind:<14} {run.status:<9}  {what}".rstrip()
            )


@runs.command("cancel")
@click.argument("tenant")
@click.argument("run", type=click.UUID)
@click.option("--by", default=getpass.getuser, show_default="your user name", help="Who the run says it was.")
def cancel(tenant: str, run: UUID, by: str) -> None:
    """Cancel RUN of TENANT: it never starts, or ends within seconds, and nothing of it is stored."""
    from tallymark import jobs
    from tallymark.cli.opening import opened
    from tallymark_tenants.accounts import audit
    from tallymark_tenants.models import Run

    with opened(redis=False) as product:
        tenant_id = product.profile(tenant).id
        with product.database.tenant(tenant_id) as session:
            found = session.get(Run, (tenant_id, run))
            if found is None:
                raise click.ClickException(
                    f"There is no run {run}; `tallymark runs list {tenant}` shows them."
                )
            if not jobs.cancel(session, tenant_id, run, by):
                raise click.ClickException(f"Run {run} has ended already ({found.status}).")
            audit(session, "run cancelled", object_kind="run", object_id=run, kind=found.kind, by=by)
    click.echo(f"Cancelled run {run}.")
