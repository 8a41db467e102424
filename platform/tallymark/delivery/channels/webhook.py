"""A signed webhook: a JSON document that somebody's own program checks and passes on (to LINE, Zalo, Bale …).

The signature is HMAC-SHA256 over `<timestamp>.<body>` with the channel's key, so neither can be changed, and a receiver
that takes no timestamp older than a few minutes and no `Idempotency-Key` twice can't be made to act again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from tallymark.outgoing import Policy

from .message import Message, Outcome, WebhookChannel
from .posting import post_json

SCHEMA = 1


def post_to_webhook(
    message: Message, channel: WebhookChannel, policy: Policy, before: Callable[[], None]
) -> Outcome:
    """Post the document. It carries its key, so a receiver knows a repeated one: trying again is harmless."""
    body = json.dumps(webhook_body(message), ensure_ascii=False).encode()
    moment = str(int(time.time()))
    headers = {
        "Idempotency-Key": message.key,
        "Tallymark-Event": message.event,
        "Tallymark-Timestamp": moment,
        "Tallymark-Signature": signature(channel.key, moment, body),
    }
    return post_json(channel.url, body, headers, policy, before, repeatable=True)


def signature(key: str, moment: str, body: bytes) -> str:
    """`v1=` and the HMAC-SHA256 in hexadecimal over the timestamp (seconds since 1970, as text), a dot and the body."""
    digest = hmac.new(key.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"v1={digest}"


def webhook_body(message: Message) -> dict[str, Any]:
    """The document: the words in the reader's language, and the figures as the message's data has them."""
    return {
        "schema": SCHEMA,
        "event": message.event,
        "id": message.key,
        "locale": message.locale,
        "subject": message.subject,
        "headline": message.headline,
        "lines": list(message.lines),
        "warnings": list(message.banner),
        "figures": [{"name": f.name, "value": f.value, "status": f.status} for f in message.facts],
        "text": message.text,
        "link": message.link,
        "data": dict(message.data),
    }
