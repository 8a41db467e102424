"""Settings from the environment, checked once at the start."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self, cast
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from tallymark.settings_mail import MailSettings, MailSettingsError
from tallymark_tenants.db import VARIABLES, DatabaseUrls

MINIMUM_SECRET = 32  # characters; signing keys shorter than this can be guessed
_DRIVER = "postgresql+psycopg"
_GIGABYTE = 2**30
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")

Mode = Literal["development", "production"]


class SettingsError(ValueError):
    """A setting is missing or wrong; the message names the variable and says what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this process is to run.

    In development, empty URLs mean the embedded PostgreSQL and Redis and an empty secret key a random
    one kept beside them; `tallymark.services.running` fills all of these in. `lake` is the bucket that holds the
    tenants' rows, as `s3://bucket/prefix`; empty for the data folder. `lake_cache` is how many bytes of it may be kept
    in the data folder. What opens the bucket (`AWS_…`) is no setting of ours. `url` is the address that links in
    messages begin with. `outgoing_loopback` lets webhooks reach this machine, which only development may.
    """

    mode: Mode = "development"
    data_dir: Path = Path(".tallymark")
    lake: str = ""
    lake_cache: int = 20 * _GIGABYTE
    urls: DatabaseUrls = field(default_factory=DatabaseUrls, repr=False)
    redis_url: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 8300
    url: str = ""
    outgoing_loopback: bool = False
    mail: MailSettings = field(default_factory=MailSettings)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the `TALLYMARK_…` variables; raises `SettingsError` with what to change."""
        environment = os.environ if environ is None else environ
        settings = cls(
            mode=_mode(environment.get("TALLYMARK_MODE", "development")),
            data_dir=_folder(environment.get("TALLYMARK_DATA") or ".tallymark"),
            lake=environment.get("TALLYMARK_LAKE", "").rstrip("/"),
            lake_cache=_gigabytes(environment.get("TALLYMARK_LAKE_CACHE") or "20"),
            urls=DatabaseUrls(**{role: environment.get(name, "") for role, name in VARIABLES.items()}),
            redis_url=environment.get("TALLYMARK_REDIS_URL", ""),
            secret_key=environment.get("TALLYMARK_SECRET_KEY", ""),
            host=environment.get("TALLYMARK_HOST") or "127.0.0.1",
            port=_port(environment.get("TALLYMARK_PORT") or "8300"),
            url=_url(environment),
            outgoing_loopback=environment.get("TALLYMARK_OUTGOING_LOOPBACK", "0") == "1",
            mail=_mail(environment),
        )
        settings.check()
        return settings

    @property
    def lake_dir(self) -> Path:
        """Parquet snapshots, one folder a tenant: all of them, or copies where a bucket holds them."""
        return self.data_dir / "cache" / "lake" if self.lake else self.data_dir / "lake"

    @property
    def uploads_dir(self) -> Path:
        """Uploaded files waiting to be imported."""
        return self.data_dir / "uploads"

    @property
    def editions_dir(self) -> Path:
        """Sealed scorecards as PDF."""
        return self.data_dir / "editions"

    @property
    def address(self) -> str:
        """What links in messages begin with, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.url or f"http://{host}:{self.port}"

    def check(self) -> None:
        """Raise `SettingsError` for what can't work, and in production for anything only good at home."""
        for role, variable in VARIABLES.items():
            _check_database_url(variable, getattr(self.urls, role))
        if self.redis_url and not self.redis_url.startswith(("redis://", "rediss://", "unix://")):
            raise SettingsError("TALLYMARK_REDIS_URL is no address of a Redis; write redis://host:6379/0.")
        if self.lake and not _BUCKET.fullmatch(self.lake):
            raise SettingsError(
                "TALLYMARK_LAKE must be s3://bucket or s3://bucket/prefix, in small letters, digits, dots and hyphens; "
                "keys and endpoint go into AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL."
            )
        if self.data_dir.exists() and not self.data_dir.is_dir():
            raise SettingsError(f"TALLYMARK_DATA is {self.data_dir}, which is a file; name a folder.")
        missing = [VARIABLES[role] for role in ("app", "auth", "dispatcher") if not getattr(self.urls, role)]
        some = len(missing) < 3 or self.urls.owner
        if missing and (some or self.mode == "production"):
            raise SettingsError(f"Set {', '.join(missing)}: each database role has an address of its own.")
        if self.mode != "production":
            return
        if self.outgoing_loopback:
            raise SettingsError(
                "Unset TALLYMARK_OUTGOING_LOOPBACK: it is for trying webhooks in development."
            )
        if not self.redis_url:
            raise SettingsError("Set TALLYMARK_REDIS_URL: production does not start a Redis of its own.")
        if len(self.secret_key) < MINIMUM_SECRET:
            raise SettingsError(
                f"Set TALLYMARK_SECRET_KEY to at least {MINIMUM_SECRET} random characters, "
                "for example from `openssl rand -hex 32`."
            )


def _mode(value: str) -> Mode:
    if value not in ("development", "production"):
        raise SettingsError(f"TALLYMARK_MODE is {value!r}; it must be development or production.")
    return cast(Mode, value)


def _folder(value: str) -> Path:
    try:
        return Path(value).expanduser().resolve()
    except (OSError, RuntimeError):  # a loop of links, or ~ of a user that there isn't
        raise SettingsError(f"TALLYMARK_DATA is {value!r}, which can't be found; name a folder.") from None


def _check_database_url(variable: str, value: str) -> None:
    """The address itself is not repeated: it holds a password."""
    try:
        if not value or make_url(value).drivername == _DRIVER:
            return
    except (ArgumentError, ValueError):
        pass
    raise SettingsError(f"{variable} is no database address; write {_DRIVER}://user:password@host/database.")


def _gigabytes(value: str) -> int:
    if not value.isdecimal() or not int(value):
        raise SettingsError(
            f"TALLYMARK_LAKE_CACHE is {value!r}; it must be a number of gigabytes, at least 1."
        )
    return int(value) * _GIGABYTE


def _mail(environment: Mapping[str, str]) -> MailSettings:
    try:
        return MailSettings.from_env(environment)
    except MailSettingsError as error:
        raise SettingsError(str(error)) from error


def _url(environment: Mapping[str, str]) -> str:
    """`TALLYMARK_URL`, else https and the first of the names that the server answers to."""
    written = environment.get("TALLYMARK_URL", "").rstrip("/")
    if not written:
        names = [name.strip() for name in environment.get("TALLYMARK_HOSTS", "").split(",")]
        return f"https://{names[0]}" if names[0] and not names[0].startswith(".") else ""
    parts = urlsplit(written)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.path or parts.query:
        raise SettingsError(f"TALLYMARK_URL is {written!r}; write it like https://kpi.example.com.")
    return written


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise SettingsError(f"TALLYMARK_PORT is {value!r}; it must be a number from 1 to 65535.")
    return int(value)
