"""The system account that the services run as: PostgreSQL refuses to run as root."""

import logging
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tallymark.services.errors import ServiceError

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Account:
    """Whom to run as; None means the current user."""

    user: pwd.struct_passwd | None

    @property
    def name(self) -> str:
        """The account's name, for messages."""
        return (self.user or pwd.getpwuid(os.geteuid())).pw_name

    @property
    def options(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess` that change to this account and away from the terminal."""
        detached: dict[str, Any] = {"start_new_session": True}
        if self.user is None:
            return detached
        return detached | {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a file or folder to this account."""
        if self.user is not None:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def write_private(self, path: Path, text: str) -> None:
        """Write a file that only this account may read."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        self.own(path)

    def make_folder(self, path: Path) -> None:
        """Make a folder that only this account may enter, reachable for it from the root."""
        path.mkdir(mode=0o700, exist_ok=True)
        self.own(path)
        self.let_pass(path)

    def make_data_folder(self, path: Path) -> None:
        """Make the data folder, if it is not there: ours alone, but this account's group may pass through."""
        if path.is_dir():
            return
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user is not None:
            os.chown(path, -1, self.user.pw_gid)
            path.chmod(0o710)

    def let_pass(self, path: Path) -> None:
        """Let this account walk through the folders above `path`, without letting it list them."""
        if self.user is None:
            return
        for folder in path.resolve().parents:
            found = folder.stat()
            mode = stat.S_IMODE(found.st_mode)
            if found.st_uid == self.user.pw_uid:
                passes = mode & stat.S_IXUSR
            else:
                passes = mode & (stat.S_IXGRP if found.st_gid == self.user.pw_gid else stat.S_IXOTH)
            if not passes:
                log.warning("Letting the user %s pass through %s (not list it).", self.user.pw_name, folder)
                folder.chmod(mode | stat.S_IXOTH)


def account(cluster: Path) -> Account:
    """The account for the cluster at `cluster`: its owner if it exists, else one that always exists."""
    if os.geteuid() != 0:
        return Account(user=None)
    if cluster.exists() and cluster.stat().st_uid != 0:
        return Account(user=pwd.getpwuid(cluster.stat().st_uid))
    for name in ("postgres", "nobody"):
        try:
            return Account(user=pwd.getpwnam(name))
        except KeyError:
            continue
    raise ServiceError(
        "PostgreSQL does not run as root: start as an ordinary user, or add one named postgres."
    )
