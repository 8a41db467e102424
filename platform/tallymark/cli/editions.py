"""`tallymark scorecard editions` and `tallymark scorecard verify`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

import click

if TYPE_CHECKING:
    from tallymark.cli.opening import Product
    from tallymark.scorecards.seal.findings import Verification

_SHOWN = 20


@click.command()
@click.argument("tenant")
def editions(tenant: str) -> None:
    """List TENANT's editions, the newest first: id, period, scorecard, when it was made and its seal."""
    from tallymark.calendars import calendar_of
    from tallymark.cli.opening import opened
    from tallymark.scorecards.seal import listing

    with opened(redis=False) as product:
        profile = product.profile(tenant)
        with product.database.tenant(profile.id) as session:
            found = listing.editions(session)
    cut = calendar_of(profile)
    for each in found:
        period = cut.key(cut.period(each.grain, each.start))
        whose = "" if each.scope.is_everybody else f"  {each.scope.dimension}={each.scope.member}"
        click.echo(
            f"{each.id}  {period:<8}  {each.scorecard}  {each.locale}{whose}  "
            f"{each.made_at:%Y-%m-%d %H:%M}Z  {each.seal or 'not sealed'}"
        )
    if not found:
        click.echo("There are no editions yet; make one on the page of scorecards.")


@click.command()
@click.argument("edition", required=False)
@click.option(
    "--all", "tenant", metavar="TENANT", help="Verify every edition of a tenant instead of a single one."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON, an edition a line.")
def verify(edition: str | None, tenant: str | None, *, as_json: bool) -> None:
    """Compute the sealed EDITION again from the data it was sealed with, and compare bit for bit.

    Nothing is written. The exit code is 0 where all that could be checked holds, and 1 where something differs.
    """
    from tallymark.cli.opening import opened
    from tallymark.scorecards.seal.findings import Verdict

    if bool(edition) == bool(tenant):
        raise click.UsageError("Name an edition, or a tenant with --all.")
    good = True
    with opened(redis=False) as product:
        for found in _verifications(product, edition, tenant):
            good = good and found.verdict not in (Verdict.DIFFERS, Verdict.TAMPERED)
            _print(found, as_json=as_json)
    if not good:
        raise SystemExit(1)


def _verifications(product: Product, edition: str | None, tenant: str | None) -> list[Verification]:
    from tallymark.scorecards.seal import listing
    from tallymark.scorecards.seal.verifying import verify as verified

    if tenant:
        owner = product.profile(tenant).id
        with product.database.tenant(owner) as session:
            wanted = list(listing.each_edition(session))
    else:
        try:
            wanted = [UUID(edition or "")]
        except ValueError:
            raise click.ClickException(
                f"{edition!r} is no edition's id; list them with `tallymark scorecard editions TENANT`."
            ) from None
        owner = _owner(product, wanted[0])
    found = []
    for each in wanted:
        with product.database.tenant(owner) as session:
            row = listing.find_edition(session, each)
            if row is not None:
                settings = product.settings
                found.append(
                    verified(
                        session, product.lake, row, editions=settings.editions_dir, secret=settings.secret_key
                    )
                )
    return found


def _owner(product: Product, edition: UUID) -> UUID:
    """The tenant that an edition is of: each is asked in its own session, since no role reads across them."""
    from sqlalchemy import select

    from tallymark.scorecards.seal import listing
    from tallymark_tenants.models import Tenant

    with product.database.auth() as session:
        tenants = list(session.scalars(select(Tenant.id)))
    for tenant in tenants:
        with product.database.tenant(tenant) as session:
            if listing.find_edition(session, edition) is not None:
                return tenant
    raise click.ClickException(
        f"There is no edition {edition}; list them with `tallymark scorecard editions TENANT`."
    )


def _print(found: Verification, *, as_json: bool) -> None:
    from tallymark.scorecards.seal.findings import VERDICTS
    from tallymark.scorecards.seal.listing import as_object, short

    if as_json:
        click.echo(json.dumps(as_object(found), default=str, sort_keys=True))
        return
    click.echo(f"{found.edition_id}  {short(found.seal)}  {VERDICTS[found.verdict]}")
    for each in (*found.problems, *found.notes):
        click.echo(f"  {each}")
    if found.figures:
        click.echo(
            f"  {found.equal} of {found.figures} figures are the same"
            f" ({found.by_sealed_definition} by a definition that isn't today's, {found.not_computed} not computed)"
        )
    for difference in found.differences[:_SHOWN]:
        place = difference.address
        whose = f" {place.dimension}={place.member}" if place.dimension else ""
        click.echo(
            f"  {place.metric} {place.part}{whose} {place.start} to {place.end}: "
            f"was {difference.was or 'no value'}, now {difference.now or 'no value'}"
        )
    for change in found.changes[:_SHOWN]:
        click.echo(f"  {change.place}: was {str(change.was)[:80]!r}, now {str(change.now)[:80]!r}")
    if (more := max(len(found.differences), len(found.changes)) - _SHOWN) > 0:
        click.echo(f"  … and {more} more; --json prints all of them")
