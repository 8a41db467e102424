"""`tallymark scorecard`."""

from __future__ import annotations

from pathlib import Path

import click

LOCALES = ("en",)


@click.group()
def scorecard() -> None:
    """Scorecards as PDF."""


@scorecard.command()
@click.argument("tenant")
@click.option(
    "--set", "kpi_set", required=True, help='The KPI set\'s name. A new tenant begins with "Sales".'
)
@click.option(
    "--period", required=True, help="The period as the tenant's calendar writes it: 2017-06, 2017-Q2 …"
)
@click.option(
    "--locale", default="en", show_default=True, type=click.Choice(LOCALES), help="The reader's language."
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the PDF.",
)
def render(tenant: str, kpi_set: str, period: str, locale: str, out: Path) -> None:
    """Compute and render TENANT's scorecard for a period, from its data as it is now."""
    from tallymark.calendars import calendar_of
    from tallymark.cli.opening import opened
    from tallymark.scorecards.errors import RenderError
    from tallymark.scorecards.gather import gather
    from tallymark.scorecards.job import store_pdf
    from tallymark.scorecards.produce import produce
    from tallymark.scorecards.render.pdf import render_pdf
    from tallymark.scorecards.starter import ensure_starter_set
    from tallymark_sdk.calendars import CalendarError
    from tallymark_tenants.kpi_sets import KpiSetRefused, find_set

    with opened(redis=False) as product:
        profile = product.profile(tenant)
        try:
            reported = calendar_of(profile).parse(period)
            with product.database.tenant(profile.id) as session:
                ensure_starter_set(session)
                found = find_set(session, kpi_set)
                basis = gather(session, product.lake, found.id, grain=reported.grain, day=reported.start)
            document = produce(basis, product.lake, title=f"{kpi_set} scorecard", locale=locale)
            rendered = render_pdf(document, font_cache=product.settings.data_dir / "fontcache")
        except (CalendarError, KpiSetRefused, RenderError) as error:
            raise click.ClickException(str(error)) from error
    try:
        store_pdf(rendered, out)
    except OSError as error:
        raise click.ClickException(f"{out} can't be written: {error.strerror}.") from error
    for warning in rendered.warnings:
        click.echo(warning, err=True)
    click.echo(f"{out}: {rendered.pages} pages, {len(rendered.pdf) // 1000} kB")
