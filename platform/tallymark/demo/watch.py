"""Waiting: for a run's end while its progress is shown, and for the web server's first answer."""

import time
from http.client import HTTPConnection, HTTPException
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tallymark.demo.console import Console
from tallymark.demo.errors import DemoError
from tallymark.demo.processes import Children
from tallymark_tenants.db import Database
from tallymark_tenants.models import Run

_PATIENCE = 240.0  # seconds, for a machine that is busy with other things
_PAUSE = 0.1


def await_run(
    database: Database, tenant: UUID, run_id: UUID, children: Children, console: Console
) -> dict[str, Any]:
    """The run's result; raises `DemoError` if it fails, or a process dies that it needs."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with database.tenant(tenant) as session:
            run = session.scalars(select(Run).where(Run.id == run_id)).one()
        if run.status == "done":
            return run.result or {}
        if run.status in ("failed", "cancelled"):
            raise DemoError(f"The scorecard could not be made: {run.error or 'no reason was given'}")
        console.live(run.progress, run.step or "Waiting for the worker")
        children.check()
        time.sleep(_PAUSE)
    raise DemoError(
        "The scorecard took more than four minutes: the machine is very busy, or a process hangs; "
        "see the logs in the data folder and start again."
    )


def await_web(host: str, port: int, children: Children, console: Console) -> None:
    """Return when the web server answers; raises `DemoError` if it does not."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        console.live(0.99, "Starting the web server")
        children.check()
        try:
            connection = HTTPConnection(host, port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            connection.close()
        except (OSError, HTTPException):
            time.sleep(_PAUSE)
        else:
            return
    raise DemoError("The web server does not answer; see web.log in the data folder's logs.")
