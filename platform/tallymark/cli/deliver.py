"""`tallymark deliver`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tallymark_tenants.models import Schedule


@click.group()
def deliver() -> None:
    """Schedules that send scorecards, and what became of their messages."""


@deliver.command("list")
@click.argument("tenant")
@click.option("--schedule", help="Its messages instead: the schedule's name or id.")
@click.option("--most", type=click.IntRange(1), default=20, show_default=True, help="How many messages.")
def list_(tenant: str, schedule: str | None, most: int) -> None:
    """List TENANT's schedules, or the newest messages of one."""
    from sqlalchemy import select

    from tallymark.cli.opening import opened
    from tallymark.delivery import service
    from tallymark.delivery.kept import told
    from tallymark_tenants.models import Delivery

    with opened(redis=False) as product, product.database.tenant(product.profile(tenant).id) as session:
        if schedule is None:
            for each in service.schedules(session):
                state = "sending" if each.enabled else "paused" if each.started_at else "draft"
                when = f"{each.next_at:%Y-%m-%d %H:%M} UTC" if each.enabled and each.next_at else "-"
                click.echo(f"{each.id}  {state:<8} {when:<21} {each.name}")
            return
        found = _find(session, schedule)
        query = select(Delivery).where(Delivery.schedule_id == found.id).order_by(Delivery.created_at.desc())
        for message in session.scalars(query.limit(most)):
            reason = str(told(message.reason)) if message.reason else ""
            click.echo(
                f"{message.created_at:%Y-%m-%d %H:%M}  {message.state:<9} {message.address}  {reason}".rstrip()
            )


@deliver.command()
@click.argument("tenant")
@click.argument("schedule")
@click.option("--dry-run", is_flag=True, help="Only say who would get what; the gate isn't asked.")
def run(tenant: str, schedule: str, *, dry_run: bool) -> None:
    """Send SCHEDULE (its name or id) of TENANT once now. The workers make and send its scorecards."""
    from datetime import UTC, datetime

    from tallymark.calendars.tenant import day_of
    from tallymark.cli.opening import opened
    from tallymark.delivery import service
    from tallymark.delivery.occasions import period_of
    from tallymark.delivery.planning import recipients_of
    from tallymark.delivery.whom import addressees
    from tallymark_tenants.models import Scorecard

    with opened(redis=False) as product:
        profile, now = product.profile(tenant), datetime.now(UTC)
        with product.database.tenant(profile.id) as session:
            found = _find(session, schedule)
            scorecard = session.get_one(Scorecard, (profile.id, found.scorecard_id))
            period = period_of(profile, scorecard.grain, found.covers, day_of(profile, now))
            if dry_run:
                for each in addressees(session, profile, recipients_of(session, found.id)):
                    whose = f"{each.scope.dimension} {each.scope.member}".strip() or "everybody"
                    state = str(each.problem) or (
                        "paused" if each.paused else "would be sent unless the gate holds it"
                    )
                    click.echo(f"{each.address}  {each.locale}  {period.label}  rows: {whose}  {state}")
                return
            try:
                written = service.run_now(session, product.lake, profile, found, now)
            except service.DeliveryRefused as error:
                raise click.ClickException(str(error)) from error
    click.echo(f"{len(written)} messages of {period.label} are on their way.")


@deliver.command()
def bounce() -> None:
    """Read a message that came back from standard input, and write down which delivery failed.

    A mail server gives it everything that arrives at the address of TALLYMARK_SMTP_BOUNCES.
    """
    from tallymark.cli.opening import opened
    from tallymark.delivery.bouncing import LARGEST, NotABounce, note, read

    raw = sys.stdin.buffer.read(LARGEST + 1)
    with opened(redis=False) as product:
        try:
            found = read(raw, product.settings)
        except NotABounce as error:
            raise click.ClickException(str(error)) from error
        state = note(product.database, found)
    said: dict[str, str] = {
        "bounced": f"Delivery {found.delivery_id} came back: {found.status} {found.words}".rstrip(),
        "noted": f"Delivery {found.delivery_id} is delayed; nothing was changed.",
        "unknown": "The notification fits no delivery; nothing was changed.",
    }
    click.echo(said[state])


def _find(session: Session, name: str) -> Schedule:
    from tallymark.delivery import service

    listed = service.schedules(session)
    found: Any = [each for each in listed if name in (str(each.id), each.name)]
    if len(found) != 1:
        many = "There are several schedules" if found else "There is no schedule"
        raise click.ClickException(f"{many} called {name!r}; `tallymark deliver list` shows their ids.")
    schedule: Schedule = found[0]
    return schedule
