"""Nap until PostgreSQL notifies, or for a while."""

from __future__ import annotations

import time

import psycopg
from sqlalchemy import make_url

from .request import OUTBOX_CHANNEL


class Wakeup:
    """Listens for new outbox rows. Only a comfort: where it cannot listen, it sleeps instead."""

    def __init__(self, url: str) -> None:
        """`url` is an SQLAlchemy address; the connection is opened on first use."""
        self._address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def wait(self, seconds: float) -> None:
        """Return at the next notification, at latest after `seconds`."""
        began = time.monotonic()
        try:
            listening = self._listening()
            if any(True for _ in listening.notifies(timeout=seconds, stop_after=1)):
                for _ in listening.notifies(timeout=0):
                    pass  # one turn serves all that has come by now
        except psycopg.Error:
            self.close()
            time.sleep(max(0.0, seconds - (time.monotonic() - began)))

    def close(self) -> None:
        """Stop listening."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _listening(self) -> psycopg.Connection[tuple[object, ...]]:
        if self._connection is None:
            self._connection = psycopg.connect(self._address, autocommit=True, connect_timeout=5)
            self._connection.execute(f"listen {OUTBOX_CHANNEL}".encode())
        return self._connection
