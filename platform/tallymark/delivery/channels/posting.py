"""What all channels over HTTP share: one post, and what its answer means."""

from __future__ import annotations

import email.utils
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from tallymark.outgoing import OutgoingFailed, OutgoingRefused, Policy, Reply, post
from tallymark_sdk.said import Said

from .message import Outcome

_SHOWN = 300
_LATER = frozenset({408, 425, 429})
_LONGEST_WAIT = timedelta(hours=6)


def post_json(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    policy: Policy,
    before: Callable[[], None],
    *,
    repeatable: bool,
) -> Outcome:
    """Post once. `repeatable`: the other side knows a message it got already, so that sending again is harmless."""
    try:
        reply = post(
            url, body, {"Content-Type": "application/json; charset=utf-8", **headers}, policy, before=before
        )
    except OutgoingRefused as error:
        return Outcome(state="refused", said=error.said)
    except OutgoingFailed as error:
        return Outcome(state="unsure" if error.begun and not repeatable else "later", said=error.said)
    return _outcome(reply)


def _outcome(reply: Reply) -> Outcome:
    words = shown(reply)
    if 200 <= reply.status < 300:
        return Outcome(state="sent", response=words)
    if 300 <= reply.status < 400:
        said = Said(
            "The other side answered with a redirect, which is not followed; enter its final address."
        )
        return Outcome(state="refused", said=said, response=words)
    said = Said("The other side answered with the error %(status)s.", status=str(reply.status))
    if reply.status in _LATER or reply.status >= 500:
        return Outcome(state="later", said=said, response=words, wait=_wait(reply.headers.get("retry-after")))
    return Outcome(state="refused", said=said, response=words, address_is_bad=reply.status in (404, 410))


def shown(reply: Reply) -> str:
    """The status and the first words of an answer, without control characters."""
    text = reply.body[: 4 * _SHOWN].decode("utf-8", errors="replace")
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return f"{reply.status} {words}"[:_SHOWN].rstrip()


def _wait(written: str | None) -> timedelta | None:
    if not written:
        return None
    if written.strip().isdecimal():
        return min(timedelta(seconds=int(written.strip()[:9])), _LONGEST_WAIT)
    try:
        until = email.utils.parsedate_to_datetime(written)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - datetime.now(UTC), timedelta()), _LONGEST_WAIT)
