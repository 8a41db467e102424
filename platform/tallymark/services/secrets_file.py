"""Passwords and ports of the embedded services, kept in the data folder for the next start."""

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from tallymark.services.errors import ServiceError


def _password() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What `services.json` (mode 0600) holds; a port of 0 was never chosen."""

    superuser: str = field(default_factory=_password, repr=False)
    owner: str = field(default_factory=_password, repr=False)
    app: str = field(default_factory=_password, repr=False)
    auth: str = field(default_factory=_password, repr=False)
    dispatcher: str = field(default_factory=_password, repr=False)
    redis: str = field(default_factory=_password, repr=False)
    secret_key: str = field(default_factory=_password, repr=False)
    postgres_port: int = 0
    redis_port: int = 0

    @classmethod
    def load(cls, data_dir: Path) -> Self:
        """Read the file, or make and write a new one. Raises `ServiceError` if the database outlived it."""
        path = data_dir / "services.json"
        if path.exists():
            try:
                return cls(**json.loads(path.read_text()))
            except (ValueError, TypeError) as error:
                raise ServiceError(
                    f"{path} is damaged: restore it or remove {data_dir} to start afresh."
                ) from error
        if (data_dir / "postgres").exists():
            raise ServiceError(
                f"{path}, which holds the database's passwords, is gone: restore it or remove {data_dir} "
                "to start afresh."
            )
        created = cls()
        created.save(data_dir)
        return created

    def save(self, data_dir: Path) -> None:
        """Write the file whole, so that a crash leaves the old one or the new one."""
        new = data_dir / "services.json.new"
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(self), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.replace(data_dir / "services.json")

    def with_free_ports(self, *names: str) -> Self:
        """The same with each named port kept if it is free, else a new one."""
        ports: dict[str, Any] = {name: _free_port(getattr(self, name)) for name in names}
        return replace(self, **ports)


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServiceError("No TCP port is free on 127.0.0.1: end some programs and try again.")
