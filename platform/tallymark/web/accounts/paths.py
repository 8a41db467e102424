"""Where a form may lead on to."""

from flask import url_for


def local_path(address: str) -> str:
    """The address if it is a path of ours, else the start page: no sign-in leads to somebody else's site."""
    safe = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if safe else url_for("home.start")
