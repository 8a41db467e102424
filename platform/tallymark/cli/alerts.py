"""`tallymark alerts`: rules that watch KPIs, checked and listed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tallymark.alerts.checking import Checked
    from tallymark.alerts.words import Speaker
    from tallymark.plugins.registry import Registry
    from tallymark_tenants.profile import TenantProfile

_STATES = {"so": "alert", "not so": "as it should be", "unknown": "can't say"}


@click.group()
def alerts() -> None:
    """Alerts: rules that watch KPIs after each load and once a day, and what they found."""


@alerts.command("check")
@click.argument("tenant")
@click.option("--dry-run", is_flag=True, help="Only say what would be recorded.")
def check(tenant: str, dry_run: bool) -> None:
    """Check TENANT's rules now, record what is new, and have it sent.

    A line for each rule and member says what was found; "new" marks what is said for the first time.
    """
    from datetime import UTC, datetime

    from tallymark.alerts.asking import request_sending
    from tallymark.alerts.checking import check_rules, load_grounds
    from tallymark.cli.opening import opened

    with opened(redis=False) as product:
        profile = product.profile(tenant)
        with product.database.tenant(profile.id) as session:
            grounds = load_grounds(session, product.lake, profile)
            found = check_rules(session, grounds, now=datetime.now(UTC), record=not dry_run)
            for due_at in () if dry_run else found.due:
                request_sending(session, profile.id, due_at)
        speaker = _speaker(grounds.targets.registry, profile)
    if not found.rules:
        click.echo("No rule is on; make one on the page Alerts.")
    for each in found.rules:
        for line in _lines(each, speaker):
            click.echo(line)


@alerts.command("list")
@click.argument("tenant")
@click.option("--rules", "of_rules", is_flag=True, help="List the rules instead of what they found.")
@click.option("--most", default=50, show_default=True, type=click.IntRange(1, 1000), help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_them(tenant: str, of_rules: bool, most: int, as_json: bool) -> None:
    """List what TENANT's rules found, the newest first."""
    from tallymark.alerts.delivering import said
    from tallymark.cli.opening import opened
    from tallymark.plugins.own import registry_of
    from tallymark_tenants.alerts import alerts_of, list_rules

    with opened(redis=False) as product:
        profile = product.profile(tenant)
        with product.database.tenant(profile.id) as session:
            if of_rules:
                rows: list[dict[str, object]] = [
                    {
                        "id": str(row.id), "name": row.name, "kind": row.kind, "metric": row.metric_key,
                        "grain": row.grain, "dimension": row.dimension, "member": row.member,
                        "parameters": row.parameters, "enabled": row.enabled,
                    }
                    for row in list_rules(session)
                ]  # fmt: skip
            else:
                speaker = _speaker(registry_of(session), profile)
                rows = [
                    {
                        "id": str(row.id), "at": row.created_at.isoformat(timespec="seconds"), "state": row.state,
                        "metric": row.metric_key, "member": row.member, "text": said(row, speaker),
                        "delivered_at": None if row.delivered_at is None else row.delivered_at.isoformat(),
                    }
                    for row in alerts_of(session, most=most)
                ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    if not rows:
        click.echo("There are no rules." if of_rules else "Nothing was found yet.")
    for row in rows:
        if of_rules:
            state = "" if row["enabled"] else " (muted)"
            click.echo(
                f"{row['name'] or row['metric']}: {row['kind']} of {row['metric']}, {row['grain']}{state}"
            )
        else:
            click.echo(f"{row['at']} {row['state']}: {row['text']}")


def _lines(checked: Checked, speaker: Speaker) -> list[str]:
    if checked.skipped:
        why = "snoozed" if checked.skipped == "snoozed" else "its metric isn't installed"
        return [f"{checked.name}: left alone, {why}"]
    fresh = {id(new.verdict) for new in checked.recorded}
    return [
        f"{checked.name}: {'new ' if id(each) in fresh else ''}{_STATES[each.state]}: {speaker.say(each.words)}"
        for each in checked.verdicts
    ]


def _speaker(known: Registry, profile: TenantProfile) -> Speaker:
    from tallymark.alerts.words import Speaker
    from tallymark.calendars import calendar_of
    from tallymark.i18n import Formatter
    from tallymark.plugins.wording import Wording

    formatter = Formatter.of(
        "en", profile.currency, profile.calendar, profile.timezone, money_display=profile.money_display
    )
    return Speaker(formatter, Wording(known, "en"), calendar_of(profile))
