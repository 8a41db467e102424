"""Settings that only the web server needs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from tallymark.settings import SettingsError

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class WebSettings:
    """`hosts`: names the server answers to (a leading dot means subdomains), empty for any on loopback.

    `proxies`: how many reverse proxies set X-Forwarded-… in front of us; with none, those headers are whatever
    the caller likes and are not looked at. `https`: whether browsers reach us
    by https. `upload_bytes`: the largest request body.
    """

    hosts: tuple[str, ...] = ()
    proxies: int = 0
    https: bool = False
    upload_bytes: int = 512 * MEGABYTE

    @classmethod
    def from_env(cls, *, production: bool, environ: Mapping[str, str] | None = None) -> Self:
        """Read `TALLYMARK_HOSTS`, `TALLYMARK_PROXIES`, `TALLYMARK_HTTPS`, `TALLYMARK_MAX_UPLOAD_MB`.

        Production means https unless said otherwise, must name its hosts, and behind reverse proxies must say
        how many there are. Raises `SettingsError`.
        """
        environment = os.environ if environ is None else environ
        hosts = tuple(
            name.strip() for name in environment.get("TALLYMARK_HOSTS", "").split(",") if name.strip()
        )
        if production and not hosts:
            raise SettingsError(
                "Set TALLYMARK_HOSTS to the names the server answers to, for example kpi.example.com."
            )
        return cls(
            hosts=hosts,
            proxies=_count(environment, "TALLYMARK_PROXIES", 0),
            https=environment.get("TALLYMARK_HTTPS", "1" if production else "0") == "1",
            upload_bytes=_count(environment, "TALLYMARK_MAX_UPLOAD_MB", 512) * MEGABYTE,
        )


def _count(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name) or str(default)
    if not value.isdecimal():
        raise SettingsError(f"{name} is {value!r}; it must be a whole number.")
    return int(value)
