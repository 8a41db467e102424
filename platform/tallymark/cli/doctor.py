"""`tallymark doctor`: look at everything Tallymark needs, and say what to do about what is wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from tallymark.settings import Settings

Level = Literal["ok", "warning", "problem"]
_MARKS = {"ok": "✓", "warning": "!", "problem": "✗"}
_COLOURS = {"ok": "green", "warning": "yellow", "problem": "red"}
_LITTLE_SPACE = 2 * 2**30  # bytes: enough for a while, but somebody should look
_IMPORT_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line: what was looked at, how it is, what was found, and what to do where it is not well."""

    check: str
    level: Level
    text: str
    advice: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Check lake, database, Redis, fonts, Pango, disk, packs and settings.

    Where no servers are configured, those of the data folder are started for the check. Ends with 0 when
    everything works (warnings included) and with 2 where something does not.
    """
    findings = []
    for finding in examine():
        findings.append(finding)
        if not as_json:
            _show(finding)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=1, ensure_ascii=False))
    context.exit(2 if any(finding.level == "problem" for finding in findings) else 0)


def examine() -> Iterator[Finding]:
    """All findings, in the order in which one depends on another."""
    from tallymark.settings import Settings, SettingsError

    try:
        settings = Settings.from_env()
    except SettingsError as error:
        yield Finding(check="settings", level="problem", text="Not usable.", advice=str(error))
        return
    yield from check_settings(settings)
    yield from check_disk(settings.data_dir)
    yield from _guarded("lake", lambda: check_lake(settings))
    yield from _guarded("database", lambda: check_database(settings))
    yield from _guarded("redis", lambda: check_redis(settings))
    yield from _guarded("pango", check_pango)
    yield from _guarded("fonts", check_fonts)
    yield from _guarded("packs", check_packs)


def check_settings(settings: Settings) -> Iterator[Finding]:
    """The mode and where things are."""
    kind = "servers of its own in the data folder"
    if settings.urls.complete:
        kind = "a configured database" + (" and Redis" if settings.redis_url else " and its own Redis")
    text = f"{settings.mode.capitalize()} mode with {kind}; data in {settings.data_dir}."
    if settings.mode == "production" or not settings.urls.complete:
        yield Finding(check="settings", level="ok", text=text)
        return
    advice = "Set TALLYMARK_MODE=production where other people use this installation."
    yield Finding(check="settings", level="warning", text=text, advice=advice)


def check_disk(folder: Path) -> Iterator[Finding]:
    """Whether the data folder can be written, and how much room is left."""
    from tallymark.services.errors import NEEDED_SPACE

    there = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"tallymark")
    except OSError as error:
        advice = f"Give user {os.geteuid()} the right to write there, or point TALLYMARK_DATA elsewhere."
        yield Finding(
            check="disk", level="problem", text=f"{there} can't be written: {error.strerror}.", advice=advice
        )
        return
    free = shutil.disk_usage(there).free
    level: Level = "problem" if free < NEEDED_SPACE else "warning" if free < _LITTLE_SPACE else "ok"
    advice = "" if level == "ok" else "Free some space, or point TALLYMARK_DATA at another disk."
    yield Finding(
        check="disk",
        level=level,
        text=f"{folder} can be written; {free / 2**30:.1f} GB are free.",
        advice=advice,
    )


def check_lake(settings: Settings) -> Iterator[Finding]:
    """Where tenants' rows are kept; of a bucket, that an object can be written, read and removed."""
    from tallymark.lake.bucket import Bucket
    from tallymark.lake.values import LakeError

    if not settings.lake:
        yield Finding(check="lake", level="ok", text=f"Rows are kept in {settings.lake_dir}.")
        return
    try:
        Bucket.at(settings.lake).try_out()
    except LakeError as error:
        advice = "Until the bucket answers, nothing can be imported, and only what is cached can be computed."
        yield Finding(check="lake", level="problem", text=str(error), advice=advice)
        return
    text = f"Rows are kept in {settings.lake}, up to {settings.lake_cache / 2**30:.0f} GB cached in {settings.lake_dir}."
    yield Finding(check="lake", level="ok", text=text)


def check_database(settings: Settings) -> Iterator[Finding]:
    """PostgreSQL answers, has this version's schema, and keeps tenants apart."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    from tallymark.services import running
    from tallymark_tenants.migrate import is_current
    from tallymark_tenants.security.catalogue import problems

    with running(settings, redis=False) as ready:
        engine = create_engine(ready.urls.app, poolclass=NullPool)
        with engine.connect() as connection:
            version = connection.scalar(text("show server_version"))
            where = f"{engine.url.host}:{engine.url.port or 5432}"
            yield Finding(check="database", level="ok", text=f"PostgreSQL {version} answers on {where}.")
            if is_current(connection):
                yield Finding(check="schema", level="ok", text="The schema is that of this version.")
            else:
                advice = "Set TALLYMARK_OWNER_DATABASE_URL once and run any command: it migrates."
                yield Finding(
                    check="schema", level="problem", text="The schema is another version's.", advice=advice
                )
                return
            found = problems(connection) + _seen_without_tenant(connection)
            for sentence in found:
                advice = (
                    "Migrate again as the owner; if it stays, restore the database's rules from a backup."
                )
                yield Finding(check="isolation", level="problem", text=sentence, advice=advice)
            if not found:
                text_ = "Row-level security is in force on every tenant table; no role passes by it."
                yield Finding(check="isolation", level="ok", text=text_)


def _seen_without_tenant(connection: Connection) -> list[str]:
    """Ask as the application would that forgot to name its tenant: it must see nothing."""
    from sqlalchemy import text

    seen = connection.scalar(text("select count(*) from tenants"))
    return [f"A session without a tenant sees {seen} of them."] if seen else []


def check_redis(settings: Settings) -> Iterator[Finding]:
    """Redis answers, keeps what it is told, and throws nothing away."""
    import redis

    from tallymark.services import running

    with running(settings, redis=True) as ready:
        try:
            with redis.Redis.from_url(ready.redis_url, socket_connect_timeout=5, socket_timeout=5) as client:
                server, kept, memory = (client.info(part) for part in ("server", "persistence", "memory"))
        except redis.RedisError as error:
            advice = "Start the server, or set TALLYMARK_REDIS_URL to the right address and password."
            yield Finding(
                check="redis", level="problem", text=f"Redis does not answer: {error}", advice=advice
            )
            return
    kind = str(server.get("server_name", "redis")).capitalize()
    version = server.get("valkey_version") or server["redis_version"]
    yield Finding(check="redis", level="ok", text=f"{kind} {version} answers on port {server['tcp_port']}.")
    if kept.get("aof_enabled"):
        yield Finding(
            check="redis persistence", level="ok", text="Queued work is written to disk (append-only file)."
        )
    else:
        advice = "Set `appendonly yes`; lost jobs are sent again anyway, only later."
        text = "A restart of Redis forgets what is queued."
        yield Finding(check="redis persistence", level="warning", text=text, advice=advice)
    policy = memory.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        text = f"Redis throws keys away when memory is short ({policy})."
        advice = "Set `maxmemory-policy noeviction`, or jobs and limits vanish."
        yield Finding(check="redis memory", level="warning", text=text, advice=advice)


def check_pango() -> Iterator[Finding]:
    """WeasyPrint and the libraries under it load, in a process of their own: a bad one ends its process."""
    from tallymark.demo.needs import INSTALL_PANGO

    code = (
        "import warnings; warnings.simplefilter('ignore'); import weasyprint; "
        "from weasyprint.text.ffi import pango; "
        "print(weasyprint.__version__, pango.pango_version())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=_IMPORT_SECONDS
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        reason = lines[-1] if lines else f"the process ended with code {done.returncode}"
        yield Finding(
            check="pango", level="problem", text=f"No PDF can be made: {reason}", advice=INSTALL_PANGO
        )
        return
    weasyprint, number = done.stdout.split()
    pango = f"{int(number) // 10000}.{int(number) // 100 % 100}.{int(number) % 100}"
    yield Finding(check="pango", level="ok", text=f"WeasyPrint {weasyprint} on Pango {pango} loads.")


def check_fonts() -> Iterator[Finding]:
    """The typefaces that come with Tallymark are whole and used."""
    from tallymark.scorecards.typefaces import FACES
    from tallymark.scorecards.typefaces import check_fonts as find_problems

    problems = find_problems()
    for problem in problems:
        advice = "" if "reinstall" in problem.message else "Reinstall Tallymark and Pango."
        yield Finding(check="fonts", level="problem", text=problem.message, advice=advice)
    if not problems:
        yield Finding(check="fonts", level="ok", text=f"{', '.join(FACES)} set a line in each script.")


def check_packs() -> Iterator[Finding]:
    """Which metric packs load, and why others do not."""
    from tallymark.plugins.loader import installed_packs
    from tallymark.plugins.registry import registry
    from tallymark.sandbox.seccomp import why_unavailable

    known = registry()
    for broken in known.broken:
        yield Finding(
            check="packs",
            level="problem",
            text=f"{broken.distribution} {broken.version} ({broken.family}): {broken.reason}",
            advice="Update or uninstall the pack; every other one works.",
        )
    count = len(known.metrics)
    if not count:
        advice = "Install tallymark-metrics."
        yield Finding(check="packs", level="problem", text="No metric pack is installed.", advice=advice)
        return
    text = f"{count} metrics from {len(installed_packs())} packs."
    yield Finding(check="packs", level="ok", text=text)
    if (why := why_unavailable()) is not None:
        text = f"Metrics written in Python are refused: {why}."
        advice = "All others work. Run Tallymark on Linux, and let its container install seccomp filters."
        yield Finding(check="packs", level="problem", text=text, advice=advice)


def _guarded(check: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """The check's findings; an error of its own becomes one, so that the other checks still run."""
    with _quiet():
        try:
            yield from look()
        except Exception as error:  # noqa: BLE001 — a doctor must not fall ill
            sentence = " ".join(str(error).split()) or type(error).__name__
            yield Finding(
                check=check, level="problem", text=sentence, advice="See the message; then run this again."
            )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what libraries log out of the findings."""
    import logging

    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _show(finding: Finding) -> None:
    mark = click.style(_MARKS[finding.level], fg=_COLOURS[finding.level])
    click.echo(f"{mark} {finding.check}: {finding.text}")
    if finding.advice:
        click.echo(f"    → {finding.advice}")
