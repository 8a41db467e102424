"""`tallymark demo`."""

from __future__ import annotations

import sys

import click

from tallymark_sdk.texts import TAGS


@click.command()
@click.option("--once", is_flag=True, help="End after the PDF instead of serving.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port of the web server.  [default: TALLYMARK_PORT or 8300, else the next that is free]",
)
@click.option(
    "--locale",
    type=click.Choice(tuple(TAGS.values())),
    default="en",
    show_default=True,
    help="The sample company's language; its currency and calendar go with it.",
)
def demo(once: bool, port: int | None, locale: str) -> None:
    """Make a sample company with three years of data, compute its scorecard, and serve it.

    Starts a PostgreSQL and a Redis in the data folder where none are configured, and a dispatcher, a
    worker and a web server beside it. Everything ends with Ctrl-C; the data stays for the next start.
    """
    from tallymark.demo.console import Console
    from tallymark.demo.errors import DemoError
    from tallymark.demo.run import Demo
    from tallymark.services import ServiceError
    from tallymark.settings import Settings, SettingsError

    try:
        Demo(
            settings=Settings.from_env(), console=Console(sys.stdout), once=once, port=port, locale=locale
        ).run()
    except (DemoError, ServiceError, SettingsError) as error:
        raise click.ClickException(str(error)) from error
