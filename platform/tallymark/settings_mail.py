"""How mail leaves this installation, from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, Self, cast

Tls = Literal["starttls", "implicit", "none"]
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PORTS: Mapping[str, int] = {"starttls": 587, "implicit": 465, "none": 25}
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class MailSettingsError(ValueError):
    """A mail setting is missing or wrong; the message names the variable and says what to do."""


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """Where mail is handed over, and in whose name.

    Attributes:
        host: the SMTP server; empty where there is none.
        tls: "starttls", "implicit" (TLS from the first byte), or "none", which only a loopback server may have.
        sender: the address in From, `name@domain`.
        bounces: `name@domain` that returned messages are collected at; each message returns to `name+<token>@domain`.
        folder: messages are written there as .eml files and go nowhere; for trying out. None to send them.
        most_bytes: larger attachments are replaced by a link.
    """

    host: str = ""
    port: int = 587
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = "starttls"
    sender: str = ""
    bounces: str = ""
    folder: Path | None = None
    most_bytes: int = 10 * 1024 * 1024

    @property
    def is_set_up(self) -> bool:
        """Whether messages can be handed over or written to a folder."""
        return bool(self.folder or (self.host and self.sender))

    @property
    def sender_or_default(self) -> str:
        """The address in From; one that leads nowhere where messages are only written to a folder."""
        return self.sender or "tallymark@localhost"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read `TALLYMARK_SMTP_…` and `TALLYMARK_MAIL_DIR`; raises MailSettingsError."""
        tls = environ.get("TALLYMARK_SMTP_TLS") or "starttls"
        if tls not in _PORTS:
            raise MailSettingsError(f"TALLYMARK_SMTP_TLS is {tls!r}; it must be starttls, implicit or none.")
        folder = environ.get("TALLYMARK_MAIL_DIR", "")
        settings = cls(
            host=environ.get("TALLYMARK_SMTP_HOST", "").strip(),
            port=_port(environ.get("TALLYMARK_SMTP_PORT") or str(_PORTS[tls])),
            user=environ.get("TALLYMARK_SMTP_USER", ""),
            password=_password(environ),
            tls=cast(Tls, tls),
            sender=_address(environ, "TALLYMARK_SMTP_SENDER"),
            bounces=_address(environ, "TALLYMARK_SMTP_BOUNCES"),
            folder=Path(folder).expanduser().resolve() if folder else None,
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Raise MailSettingsError for what can't work or would send a password in the open."""
        if self.host and not self.sender:
            raise MailSettingsError(
                "Set TALLYMARK_SMTP_SENDER to the address scorecards are sent from, such as scorecards@example.com."
            )
        if self.host and self.tls == "none" and self.host not in LOOPBACK:
            raise MailSettingsError(
                "TALLYMARK_SMTP_TLS is none, which only a mail server on this machine may have; "
                "set it to starttls or implicit."
            )
        if self.user and not self.password:
            raise MailSettingsError(
                "TALLYMARK_SMTP_USER has no password; set TALLYMARK_SMTP_PASSWORD or TALLYMARK_SMTP_PASSWORD_FILE."
            )


def _password(environ: Mapping[str, str]) -> str:
    name = environ.get("TALLYMARK_SMTP_PASSWORD_FILE", "")
    if not name:
        return environ.get("TALLYMARK_SMTP_PASSWORD", "")
    try:
        return Path(name).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise MailSettingsError(
            f"TALLYMARK_SMTP_PASSWORD_FILE is {name}, which can't be read; name a text file with the password."
        ) from None


def _address(environ: Mapping[str, str], variable: str) -> str:
    written = environ.get(variable, "").strip()
    address = parseaddr(written)[1] if written else ""
    if written and not (written.isprintable() and _ADDRESS.fullmatch(address)):
        raise MailSettingsError(f"{variable} is {written!r}; write one address, such as name@example.com.")
    return address


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise MailSettingsError(f"TALLYMARK_SMTP_PORT is {value!r}; it must be a number from 1 to 65535.")
    return int(value)
