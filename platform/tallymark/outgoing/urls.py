"""Which URLs may be asked at all."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from tallymark_sdk.said import Said

from .addresses import why_not
from .errors import OutgoingRefused

LONGEST = 2000


def check_url(url: str, *, loopback: bool = False) -> SplitResult:
    """The parts of a URL that may be asked; raises OutgoingRefused with what to write instead.

    With `loopback` plain http is allowed too, to this machine only. What the host's name leads to is checked when it
    is connected to.
    """
    if not url or len(url) > LONGEST or any(not (32 < ord(letter) < 127) for letter in url) or "\\" in url:
        raise OutgoingRefused(
            Said("Write the whole address, beginning with https:// and without spaces or special letters.")
        )
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise OutgoingRefused(Said("This is no address; copy it again from where it was shown.")) from None
    if not host or parts.username is not None or parts.password is not None:
        raise OutgoingRefused(Said("Write the address with a host name and without a user name before it."))
    plain = loopback and parts.scheme == "http" and _is_loopback(host)
    if parts.scheme != "https" and not plain:
        raise OutgoingRefused(Said("Only https:// addresses can be posted to."))
    if _is_literal(host) and why_not(host, loopback=loopback):
        raise OutgoingRefused(Said("This address is not on the public Internet; name a public one."))
    return parts


def _is_literal(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_literal(host) and ip_address(host.partition("%")[0]).is_loopback)
