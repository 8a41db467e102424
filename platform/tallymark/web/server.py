"""The web server: gunicorn around the application, with messages a person can act on."""

import errno
import os
import socket
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from tallymark.settings import Settings, SettingsError
from tallymark.web.logged import ACCESS_LOG


class ServerError(RuntimeError):
    """The server can't start; one sentence says what to do."""


_MEMORY = "/dev/shm"  # noqa: S108  heartbeat files of gunicorn, made safely by it; a disk may stall


class _Gunicorn(BaseApplication):
    def __init__(self, make: Callable[[], Flask], options: dict[str, Any]) -> None:
        self._make = make
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._make()


def serve(settings: Settings, *, workers: int = 2, threads: int = 4, quiet: bool = False) -> None:
    """Serve until a signal ends it. `settings` must be those of running services.

    Each worker process makes its own application after the fork. Raises `ServerError` for an address
    that can't be had and `SettingsError` for settings that production refuses.
    """
    from tallymark.app import create_app  # here, so that asking for help does not load the application
    from tallymark.web.settings import WebSettings

    refuse_unsafe(settings)
    web = WebSettings.from_env(production=settings.mode == "production")
    check_address(settings.host, settings.port)
    options = {
        "bind": [f"{_bracketed(settings.host)}:{settings.port}"],
        "workers": workers,
        "threads": threads,
        "worker_class": "gthread",
        "timeout": 120,  # seconds; a large upload on a slow line is still one request
        "graceful_timeout": 20,
        "keepalive": 5,
        "worker_tmp_dir": _MEMORY if os.access(_MEMORY, os.W_OK) else None,
        "control_socket_disable": True,
        "accesslog": None if quiet else "-",
        "access_log_format": ACCESS_LOG,
        "loglevel": "warning" if quiet else "info",
        "proc_name": "tallymark-web",
    }
    _Gunicorn(lambda: create_app(settings, web), _known(options)).run()


def refuse_unsafe(settings: Settings) -> None:
    """Raise `SettingsError` where production would run with debugging or on services of its own."""
    if settings.mode != "production":
        return
    settings.check()
    for name in ("FLASK_DEBUG", "WERKZEUG_DEBUG_PIN"):
        if os.environ.get(name, "0") not in ("", "0", "false", "off"):
            raise SettingsError(f"Unset {name}: production does not run with debugging.")


def check_address(host: str, port: int) -> None:
    """Raise `ServerError` if nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = {
                errno.EADDRINUSE: f"Port {port} is in use: stop what uses it, or set TALLYMARK_PORT to another.",
                errno.EACCES: f"Port {port} needs rights this user lacks: set TALLYMARK_PORT to one above 1023.",
            }
            message = reason.get(error.errno or 0, f"Can't listen on {host}:{port}: {error.strerror}.")
            raise ServerError(message) from error


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _known(options: dict[str, Any]) -> dict[str, Any]:
    """Leave out what this gunicorn doesn't know, and what has no value."""
    from gunicorn.config import KNOWN_SETTINGS

    names = {setting.name for setting in KNOWN_SETTINGS}
    return {name: value for name, value in options.items() if name in names and value is not None}
