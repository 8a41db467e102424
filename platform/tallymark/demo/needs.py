"""What the demo looks for before it starts: the text library, a port, and room on the disk."""

import ctypes
import errno
import socket
import sys
from contextlib import suppress

from tallymark.demo.errors import DemoError

_PANGO = ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0.0.dylib", "libpango-1.0-0.dll")
_HARFBUZZ = ("libharfbuzz.so.0", "libharfbuzz.dylib", "libharfbuzz.0.dylib", "libharfbuzz-0.dll")
_SUBSET = (
    "libharfbuzz-subset.so.0",
    "libharfbuzz-subset.dylib",
    "libharfbuzz-subset.0.dylib",
    "libharfbuzz-subset-0.dll",
)
_FOLDERS = ("", "/opt/homebrew/lib/", "/usr/local/lib/")
_TRIES = 50

INSTALL_PANGO = (
    "Pango is missing, without which no PDF can be set: on Debian or Ubuntu run "
    "`sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`, "
    "on macOS `brew install pango`, then start again."
)


def check_pango() -> None:
    """Raise `DemoError` if a library that sets the PDF's text can't be loaded."""
    if sys.platform == "win32":
        return
    if not all(_loads(names) for names in (_PANGO, _HARFBUZZ, _SUBSET)):
        raise DemoError(INSTALL_PANGO)


def _loads(names: tuple[str, ...]) -> bool:
    for folder in _FOLDERS:
        for name in names:
            with suppress(OSError):
                ctypes.CDLL(folder + name)
                return True
    return False


def free_port(host: str, wanted: int, *, exactly: bool) -> int:
    """The wanted port, or unless `exactly` the next free one. Raises `DemoError` if it can't be had."""
    for port in range(wanted, wanted + 1 if exactly else min(wanted + _TRIES, 65536)):
        problem = _listening_fails(host, port)
        if problem is None:
            return port
        if problem not in (errno.EADDRINUSE, errno.EACCES):
            raise DemoError(
                f"Nothing can listen on {host}: set TALLYMARK_HOST to an address of this machine."
            )
    if exactly:
        raise DemoError(f"Port {wanted} is in use: end what uses it, or give another with --port.")
    raise DemoError(f"No port from {wanted} to {wanted + _TRIES - 1} is free: give another with --port.")


def _listening_fails(host: str, port: int) -> int | None:
    """The error number that a server would get there, None where it could listen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno or errno.EADDRNOTAVAIL
    return None
