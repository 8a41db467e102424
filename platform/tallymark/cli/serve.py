"""`tallymark serve`."""

from __future__ import annotations

from dataclasses import replace

import click


@click.command()
@click.option("--host", help="Address to listen on.  [default: TALLYMARK_HOST or 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: TALLYMARK_PORT or 8300]"
)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Server processes.")
@click.option(
    "--threads", type=click.IntRange(1), default=4, show_default=True, help="Threads of each process."
)
@click.option("--quiet", is_flag=True, help="Log warnings and errors only.")
def serve(host: str | None, port: int | None, workers: int, threads: int, quiet: bool) -> None:
    """Serve the web pages until stopped.

    In production set TALLYMARK_MODE=production, TALLYMARK_HOSTS to the names the server answers to, and
    TALLYMARK_PROXIES to the number of reverse proxies in front of it.
    """
    from tallymark.services import ServiceError, running
    from tallymark.settings import Settings, SettingsError
    from tallymark.web.server import ServerError
    from tallymark.web.server import serve as serve_pages

    try:
        settings = Settings.from_env()
        settings = replace(settings, host=host or settings.host, port=port or settings.port)
        with running(settings, redis=True) as ready:
            serve_pages(ready, workers=workers, threads=threads, quiet=quiet)
    except (SettingsError, ServiceError, ServerError) as error:
        raise click.ClickException(str(error)) from error
