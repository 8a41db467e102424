"""Messages that came back: what a delivery status notification (RFC 3464) says, and which delivery it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from tallymark.settings import Settings
from tallymark_sdk.said import Said
from tallymark_tenants.db import Database
from tallymark_tenants.models import Delivery

from .kept import keep
from .links import read_return_path
from .sending import pause

LARGEST = 5 * 1024 * 1024
_SHOWN = 300
_OURS = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@")
_TENANT = text("select tenant_id from deliveries where id = :id")


class NotABounce(ValueError):
    """The message is no notification about one of ours; nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class Notification:
    """What came back. `action` is failed, delayed, delivered, relayed or expanded; `status` such as 5.1.1.

    `proven` says that the address it came back to names the delivery and carries our signature.
    """

    delivery_id: UUID
    proven: bool
    recipient: str
    action: str
    status: str
    words: str

    @property
    def is_final(self) -> bool:
        """Whether the message will never arrive."""
        return self.action == "failed" or (not self.action and self.status.startswith("5"))

    @property
    def is_about_the_address(self) -> bool:
        """Whether the address itself is bad, so that others to it are pointless."""
        return self.is_final and self.status.startswith("5.1")


def read(raw: bytes, settings: Settings) -> Notification:
    """Read a notification; raises NotABounce."""
    if len(raw) > LARGEST:
        raise NotABounce("The message is larger than any notification.")
    mail = message_from_bytes(raw, policy=default)
    fields = {name.lower(): value for part in _status_parts(mail) for name, value in part.items()}
    if not fields:
        raise NotABounce("The message has no part of the type message/delivery-status.")
    by_address = next(
        (
            found
            for header in ("To", "Delivered-To", "X-Original-To")
            for _, address in getaddresses([str(each) for each in mail.get_all(header, [])])
            if (found := read_return_path(settings.secret_key, address))
        ),
        None,
    )
    identity = by_address or _named(mail)
    if identity is None:
        raise NotABounce("The notification names no message of ours.")
    return Notification(
        delivery_id=identity,
        proven=by_address is not None,
        recipient=_after_type(str(fields.get("original-recipient") or fields.get("final-recipient") or "")),
        action=str(fields.get("action", "")).strip().lower(),
        status=str(fields.get("status", "")).strip().split(" ")[0],
        words=_plain(_after_type(str(fields.get("diagnostic-code", "")))),
    )


def note(database: Database, found: Notification) -> Literal["bounced", "noted", "unknown"]:
    """Write down what came back: a final one ends the delivery, a bad address pauses its recipient."""
    with database.dispatcher() as session:
        tenant_id = session.execute(_TENANT, {"id": found.delivery_id}).scalar()
    if tenant_id is None:
        return "unknown"
    with database.tenant(tenant_id) as session:
        return _note(session, found, session.get_one(Delivery, (tenant_id, found.delivery_id)))


def _note(
    session: Session, found: Notification, delivery: Delivery
) -> Literal["bounced", "noted", "unknown"]:
    # A message id is no secret: without the signed address, the notification must at least know whom we wrote to.
    if not found.proven and found.recipient.lower() != delivery.address.lower():
        return "unknown"
    words = f"{found.status} {found.words}".strip()
    if not found.is_final:
        delivery.response = words[:_SHOWN]
        return "noted"
    said = Said(
        "%(address)s did not take the message: %(response)s", address=delivery.address, response=words
    )
    if delivery.state in ("sent", "unsure", "sending"):
        delivery.state, delivery.reason, delivery.response = "bounced", keep(said), words[:_SHOWN]
    if found.is_about_the_address and delivery.recipient_id is not None:
        pause(session, delivery.recipient_id, said)
    return "bounced"


def _status_parts(mail: EmailMessage) -> Iterator[Message]:
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            payload = part.get_payload()
            yield from (
                (each for each in payload if isinstance(each, Message)) if isinstance(payload, list) else ()
            )


def _named(mail: EmailMessage) -> UUID | None:
    """The delivery by the Message-ID of the message that came back, or of what it answers."""
    for part in mail.walk():
        if part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            inner = message_from_bytes(payload if isinstance(payload, bytes) else b"")
            if found := _OURS.search(str(inner.get("Message-ID", ""))):
                return UUID(found[1])
        elif part is not mail and (found := _OURS.search(str(part.get("Message-ID", "")))):
            return UUID(found[1])
    found = _OURS.search(f"{mail.get('In-Reply-To', '')} {mail.get('References', '')}")
    return UUID(found[1]) if found else None


def _after_type(written: str) -> str:
    """`rfc822; ann@example.com` without its type."""
    return written.partition(";")[2].strip() if ";" in written else written.strip()


def _plain(words: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())[:_SHOWN]
