"""An httpx client for addresses that somebody typed in, and one request by it with limits on time and size."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpcore
import httpx

from tallymark_sdk.said import Said

from .errors import OutgoingFailed, OutgoingRefused
from .resolving import CheckedBackend
from .urls import check_url

# It tells whole addresses, of which a webhook's is a secret.
logging.getLogger("httpx").setLevel(logging.WARNING)

USER_AGENT = "Tallymark/1 (+scorecard delivery)"
_SENDING = ("http11.send_request_headers.started", "http2.send_request_headers.started")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a request may do: `seconds` in all, `most_bytes` of an answer; `loopback` for development."""

    seconds: float = 20.0
    most_bytes: int = 64 * 1024
    loopback: bool = False


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer, its body cut at the policy's size."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class CheckedTransport(httpx.BaseTransport):
    """Sends httpx's requests over connections that `CheckedBackend` opens."""

    def __init__(self, *, loopback: bool) -> None:
        """With `loopback`, this machine's own addresses are allowed too."""
        self._loopback = loopback
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=10,
            http1=True,
            http2=False,
            network_backend=CheckedBackend(loopback=loopback),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check the address and send the request; redirects are the caller's business, who checks them again."""
        check_url(str(request.url), loopback=self._loopback)
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        reply = self._pool.handle_request(sent)
        return httpx.Response(
            status_code=reply.status,
            headers=reply.headers,
            stream=_Stream(reply),
            extensions=reply.extensions,
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, reply: httpcore.Response) -> None:
        self._reply = reply

    def __iter__(self) -> Iterator[bytes]:
        yield from self._reply.iter_stream()

    def close(self) -> None:
        self._reply.close()


def client(policy: Policy) -> httpx.Client:
    """A client that reaches the public Internet only, follows no redirects and uses no proxy of the environment."""
    return httpx.Client(
        transport=CheckedTransport(loopback=policy.loopback),
        timeout=policy.seconds,
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": USER_AGENT},
    )


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    policy: Policy,
    *,
    before: Callable[[], None] | None = None,
) -> Reply:
    """Post once. `before` is called when the connection stands and before the first byte of the request leaves.

    Raises OutgoingRefused for an address that may not be asked, OutgoingFailed where nothing (whole) came back.
    """
    check_url(url, loopback=policy.loopback)
    began, begun = time.monotonic(), False

    def trace(event: str, _info: Mapping[str, Any]) -> None:
        nonlocal begun
        if event in _SENDING and not begun:
            if before is not None:
                before()
            begun = True

    try:
        with (
            client(policy) as asking,
            asking.stream(
                "POST", url, content=body, headers=dict(headers), extensions={"trace": trace}
            ) as got,
        ):
            text = _read(got, policy, began)
            return Reply(status=got.status_code, body=text, headers=dict(got.headers))
    except OutgoingRefused:
        raise
    except (httpx.TimeoutException, httpcore.TimeoutException):
        raise OutgoingFailed(Said("The other side did not answer in time."), begun=begun) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpcore.ConnectError, httpcore.NetworkError,
            httpcore.ProtocolError) as error:  # fmt: skip
        raise OutgoingFailed(_said(error), begun=begun) from None


def _read(got: httpx.Response, policy: Policy, began: float) -> bytes:
    """The body up to its cap: an answer is read for its first words, and one that trickles is cut by the clock."""
    found = bytearray()
    for part in got.iter_raw():
        found += part
        if len(found) >= policy.most_bytes:
            break
        if time.monotonic() - began > policy.seconds:
            raise httpx.ReadTimeout("the answer trickled")
    return bytes(found[: policy.most_bytes])


def _said(error: Exception) -> Said:
    words = str(error).lower()
    if "certificate" in words or "ssl" in words:
        return Said("The other side's certificate was not accepted.")
    if isinstance(error, httpcore.ConnectError | httpx.ConnectError):
        return Said("The other side could not be reached.")
    return Said("The connection to the other side broke.")
