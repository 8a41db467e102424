"""Connecting to exactly the address that was checked: a name is looked up once, so no second answer can differ."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any

import httpcore

from tallymark_sdk.said import Said

from .addresses import why_not
from .errors import OutgoingRefused


class CheckedBackend(httpcore.NetworkBackend):
    """httpcore's way to open a connection, with the check between looking up and connecting."""

    def __init__(self, *, loopback: bool) -> None:
        """With `loopback`, this machine's own addresses are allowed too."""
        self._plain = httpcore.SyncBackend()
        self._loopback = loopback

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the name's addresses that answers; raises OutgoingRefused if one leads inside."""
        failure: Exception | None = None
        for address in self.addresses(host, port):
            try:
                return self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Never: a socket in the file system is nobody's outside."""
        raise OutgoingRefused(Said("This address is not on the public Internet; name a public one."))

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a name, all of them allowed."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"no address for the name: {error}") from error
        listed = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        # One that leads inside spoils all: which of them is taken must not be the name server's choice.
        if any(why_not(address, loopback=self._loopback) for address in listed):
            raise OutgoingRefused(Said("This address is not on the public Internet; name a public one."))
        return listed
