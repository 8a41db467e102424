"""The demo from an empty folder to a scorecard, and on to a site that serves until it is stopped."""

import errno
import gc
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import redis
from sqlalchemy import make_url

from tallymark.demo.console import Console
from tallymark.demo.errors import DemoError
from tallymark.demo.needs import check_pango, free_port
from tallymark.demo.processes import Children
from tallymark.demo.watch import await_run, await_web
from tallymark.services import running
from tallymark.settings import Settings
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

if TYPE_CHECKING:
    from tallymark.demo.sample import Sample


@dataclass(frozen=True, kw_only=True)
class Demo:
    """How to run: `once` ends after the PDF; `port` None takes the configured one or the next that is free.

    `locale` is the language of the sample company; its currency, calendar and zone go with it.
    """

    settings: Settings
    console: Console
    once: bool
    port: int | None
    locale: str = "en"

    def run(self) -> None:
        """Everything; raises `DemoError`, ServiceError and what else has a sentence for the person."""
        if self.settings.mode == "production":
            raise DemoError("The demo is for trying things out: unset TALLYMARK_MODE to run it.")
        check_pango()
        port = 0 if self.once else self._port()
        began = time.monotonic()
        folder = self.settings.data_dir
        with (
            _orderly_end(),
            _disk_explained(folder),
            ThreadPoolExecutor(1) as aside,
            _children(folder) as children,
        ):
            self.console.live(0, "Starting PostgreSQL and Redis")
            # First of all, because loading their libraries takes them longest; they wait for the services
            # (or start them: whoever comes first does).
            children.start("worker", ["worker"])
            children.start("dispatcher", ["dispatcher"])
            prepared = aside.submit(prepare, self.locale, fresh=not self.settings.lake_dir.exists())
            with running(self.settings, redis=True) as settings, children:
                self._services(settings)
                database = Database(settings.urls)
                try:
                    self._show(settings, database, children, port, prepared, began)
                finally:
                    database.close()

    def _port(self) -> int:
        wanted = self.port or self.settings.port
        port = free_port(self.settings.host, wanted, exactly=self.port is not None)
        if port != wanted:
            self.console.say(f"  Port {wanted} is in use, so {port} is taken instead.")
        return port

    def _services(self, settings: Settings) -> None:
        url = make_url(settings.urls.app)
        with psycopg.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False)
        ) as connection:
            version = connection.info.server_version // 10000
        self.console.done(f"PostgreSQL {version} on port {url.port}, migrated")
        with redis.Redis.from_url(settings.redis_url) as client:
            made = client.info("server")
            kind, number = (
                made.get("server_name", "Redis"),
                made.get("valkey_version") or made["redis_version"],
            )
        self.console.done(f"{str(kind).capitalize()} {number} on port {make_url(settings.redis_url).port}")

    def _show(
        self,
        settings: Settings,
        database: Database,
        children: Children,
        port: int,
        prepared: "Future[Sample | None]",
        began: float,
    ) -> None:
        self.console.live(0.01, "Inventing three years of sales")
        sample = prepared.result()
        from tallymark.demo.owner import ensure_owner

        profile, login = ensure_owner(database, settings.data_dir, self.locale)
        run_id = self._seed(settings, database, profile, sample)
        if not self.once:
            web = ["serve", "--host", settings.host, "--port", str(port), "--workers", "1", "--quiet"]
            children.start("web", web)
        result = await_run(database, profile.id, run_id, children, self.console)
        pdf = settings.editions_dir / str(result["pdf_path"])
        self.console.done("Scorecard computed by the worker and set as PDF")
        if not self.once:
            await_web(settings.host, port, children, self.console)
            self.console.done("Web server")
            self.console.say(f"\n  Address   http://{settings.host}:{port}/")
            self.console.say(f"  E-mail    {login.email}\n  Password  {login.password}")
        self.console.say(f"  PDF       {pdf}" if not self.once else f"\n  PDF  {pdf}")
        self.console.say(f"\nReady in {time.monotonic() - began:.1f} s.")
        if not self.once:
            self.console.say("Serving until Ctrl-C.")
            _serve(children)

    def _seed(
        self, settings: Settings, database: Database, profile: TenantProfile, sample: "Sample | None"
    ) -> UUID:
        from tallymark.demo.scorecard import request_scorecard
        from tallymark.demo.seed import seed
        from tallymark.lake import Lake, LakeError

        lake, runs = Lake.of(settings), list[UUID]()

        def ask(scorecard: UUID) -> None:
            runs.append(request_scorecard(database, lake, profile, scorecard))

        try:
            made = seed(database, lake, profile, self.console.live, sample=sample, ready=ask)
        except LakeError as error:
            raise DemoError(str(error)) from error
        what = f"{made.rows:,} rows in {made.datasets} datasets" if made.rows else "as it was seeded before"
        self.console.done(f"{profile.name}: three years of data, {what}")
        return runs[0]


def prepare(locale: str = "en", *, fresh: bool) -> "Sample | None":
    """Load what is needed once the services run, and where the data folder is `fresh` make the sample already.

    Runs beside the services' start, which is mostly waiting.
    """
    from tallymark.demo.places import place_of
    from tallymark.demo.sample import Basis, make_sample

    if not fresh:
        return None
    gc.disable()  # the rows are all kept, so looking for garbage among them costs a fifth and finds none
    try:
        place = place_of(locale)
        today = datetime.now(ZoneInfo(place.timezone)).date()
        return make_sample(
            Basis(today=today, currency=place.currency, timezone=place.timezone, calendar=place.calendar)
        )
    finally:
        gc.enable()


def _children(data_dir: Path) -> Children:
    return Children(data_dir / "logs", {"TALLYMARK_DATA": str(data_dir)})


def _serve(children: Children) -> None:
    try:
        while True:
            children.check()
            time.sleep(0.5)
    except KeyboardInterrupt:
        return


@contextmanager
def _orderly_end() -> Iterator[None]:
    """Turn the signals that end a terminal's programs into Ctrl-C, so that what was started is stopped."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for number, handler in before.items():
        # nohup asks for the terminal's end to be ignored; a shell's background job for Ctrl-C, but a
        # signal sent to the demo itself is meant.
        if number is not signal.SIGHUP or handler is not signal.SIG_IGN:
            signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _disk_explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DemoError(
                f"The disk of {folder} is full: free some space or point TALLYMARK_DATA at another disk."
            ) from error
        raise
