"""`tallymark scorecard`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallymark.cli.composition import compose
from tallymark.cli.editions import editions, verify
from tallymark.cli.exporting import export
from tallymark_sdk.texts import TAGS

if TYPE_CHECKING:
    from tallymark.scorecards.scope import Scope

LOCALES = tuple(TAGS.values())


@click.group()
def scorecard() -> None:
    """Scorecards as PDF."""


scorecard.add_command(compose)
scorecard.add_command(export)
scorecard.add_command(editions)
scorecard.add_command(verify)


@scorecard.command()
@click.argument("tenant")
@click.option(
    "--set", "kpi_set", required=True, help='The KPI set\'s name. A new tenant begins with "Sales".'
)
@click.option(
    "--period", required=True, help="The period as the tenant's calendar writes it: 2017-06, 2017-Q2 …"
)
@click.option(
    "--locale", type=click.Choice(LOCALES), help="The reader's language; the tenant's own without it."
)
@click.option(
    "--rows-of",
    metavar="BREAKDOWN=ID",
    help="Only one member's rows, such as rep=r-17 or team=t-3; everybody's without it.",
)
@click.option(
    "--composition",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file with the sections and the paper; the usual ones without it.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the PDF.",
)
def render(
    tenant: str,
    kpi_set: str,
    period: str,
    locale: str | None,
    rows_of: str | None,
    composition: Path | None,
    out: Path,
) -> None:
    """Compute and render TENANT's scorecard for a period, from its data as it is now.

    Sections, actions and remarks are those of the first scorecard of the KPI set, where it has one.
    """
    from sqlalchemy import select

    from tallymark.branding import assets_of, dressed
    from tallymark.calendars import calendar_of
    from tallymark.cli.composition import read_file
    from tallymark.cli.opening import opened
    from tallymark.i18n import catalogue
    from tallymark.scorecards.errors import RenderError
    from tallymark.scorecards.gather import gather
    from tallymark.scorecards.job import store_pdf
    from tallymark.scorecards.produce import produce
    from tallymark.scorecards.render.pdf import render_pdf
    from tallymark.scorecards.starter import ensure_starter_set
    from tallymark_sdk.calendars import CalendarError
    from tallymark_tenants.branding import branding_of
    from tallymark_tenants.kpi_sets import KpiSetRefused, find_set
    from tallymark_tenants.models import Scorecard

    scope = _scope(rows_of)
    composed = None if composition is None else read_file(composition)
    with opened(redis=False) as product:
        profile = product.profile(tenant)
        language = locale or profile.locale
        try:
            reported = calendar_of(profile).parse(period)
            with product.database.tenant(profile.id) as session:
                ensure_starter_set(session)
                found = find_set(session, kpi_set)
                wanted = (
                    select(Scorecard).where(Scorecard.kpi_set_id == found.id).order_by(Scorecard.created_at)
                )
                scorecard = session.scalar(wanted.limit(1))
                branding = branding_of(session)
                basis = gather(
                    session,
                    product.lake,
                    found.id,
                    grain=reported.grain,
                    day=reported.start,
                    scope=scope,
                    scorecard=scorecard,
                )
            if composed is not None:
                basis = replace(basis, composition=composed)
            usual = catalogue(language).gettext("%(name)s scorecard", name=kpi_set)
            title = usual if scorecard is None else scorecard.name
            document = dressed(produce(basis, product.lake, title=title, locale=language), branding)
            with product.database.tenant(profile.id) as session:
                assets = assets_of(session, document)
            rendered = render_pdf(document, assets=assets, font_cache=product.settings.data_dir / "fontcache")
        except (CalendarError, KpiSetRefused, RenderError) as error:
            raise click.ClickException(str(error)) from error
    try:
        store_pdf(rendered, out)
    except OSError as error:
        raise click.ClickException(f"{out} can't be written: {error.strerror}.") from error
    for warning in rendered.warnings:
        click.echo(warning, err=True)
    click.echo(f"{out}: {rendered.pages} pages, {len(rendered.pdf) // 1000} kB")


def _scope(rows_of: str | None) -> Scope:
    """The scope that `rep=r-17` names."""
    from tallymark.scorecards.scope import EVERYBODY, Scope, ScopeError

    if rows_of is None:
        return EVERYBODY
    dimension, _equals, member = rows_of.partition("=")
    try:
        return Scope(dimension=dimension, member=member)
    except ScopeError as error:
        raise click.BadParameter(str(error), param_hint="--rows-of") from error
