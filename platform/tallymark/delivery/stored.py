"""Channels as a tenant keeps them: their secrets closed, opened only to send."""

from __future__ import annotations

import json
import secrets
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.outgoing import check_url
from tallymark.settings import Settings
from tallymark.vault import close, reveal
from tallymark_tenants.ids import uuid7
from tallymark_tenants.models import DeliveryChannel

from .channels import Channel, SlackChannel, TeamsChannel, WebhookChannel

PURPOSE = "delivery channel"
SHORTEST_KEY = 16
_SHOWN = 4


class ChannelUnknown(LookupError):
    """There is no such channel, or it was removed."""


def add_channel(
    session: Session,
    settings: Settings,
    tenant_id: UUID,
    *,
    kind: str,
    name: str,
    url: str,
    key: str = "",
    locale: str | None = None,
    created_by: UUID | None = None,
) -> tuple[DeliveryChannel, str]:
    """Keep a channel; gives it and, for a webhook without a key, the key made for it, which is shown this once.

    Raises OutgoingRefused for an address that may not be posted to.
    """
    check_url(url, loopback=_loopback(settings))
    made = ""
    if kind == "webhook" and not key:
        made = key = secrets.token_urlsafe(32)
    identity = uuid7()
    channel = DeliveryChannel(
        id=identity,
        kind=kind,
        name=name,
        sealed=_closed(settings, tenant_id, identity, url, key),
        hint=hint_of(url),
        locale=locale,
        created_by=created_by,
    )
    session.add(channel)
    session.flush()
    return channel, made


def change_channel(
    settings: Settings,
    channel: DeliveryChannel,
    *,
    name: str,
    locale: str | None,
    url: str = "",
    key: str = "",
) -> None:
    """Change what is given; an empty `url` or `key` stays as it was. Raises OutgoingRefused and CannotOpen."""
    channel.name, channel.locale = name, locale
    if not url and not key:
        return
    old_url, old_key = ("", "") if url and (key or channel.kind != "webhook") else _opened(settings, channel)
    if url:
        check_url(url, loopback=_loopback(settings))
        channel.hint = hint_of(url)
    channel.sealed = _closed(settings, channel.tenant_id, channel.id, url or old_url, key or old_key)


def channel_of(session: Session, settings: Settings, channel_id: UUID) -> Channel:
    """The channel to send by; raises ChannelUnknown and CannotOpen."""
    channel = session.scalar(
        select(DeliveryChannel).where(DeliveryChannel.id == channel_id, DeliveryChannel.removed_at.is_(None))
    )
    if channel is None:
        raise ChannelUnknown("This channel was removed.")
    url, key = _opened(settings, channel)
    if channel.kind == "slack":
        return SlackChannel(url=url)
    if channel.kind == "teams":
        return TeamsChannel(url=url)
    return WebhookChannel(url=url, key=key)


def channels(session: Session) -> list[DeliveryChannel]:
    """The tenant's channels by name, without the removed ones."""
    return list(
        session.scalars(
            select(DeliveryChannel).where(DeliveryChannel.removed_at.is_(None)).order_by(DeliveryChannel.name)
        )
    )


def hint_of(url: str) -> str:
    """What may be shown of an address: its host, and the last four characters."""
    parts = urlsplit(url)
    rest = url.rpartition("/")[2]
    tail = rest[-_SHOWN:] if len(rest) > 2 * _SHOWN else ""
    return f"{parts.hostname or ''} …{tail}"


def _closed(settings: Settings, tenant_id: UUID, identity: UUID, url: str, key: str) -> bytes:
    return close(
        settings.secret_key,
        json.dumps({"url": url, "key": key}),
        tenant=tenant_id,
        purpose=PURPOSE,
        of=identity,
    )


def _opened(settings: Settings, channel: DeliveryChannel) -> tuple[str, str]:
    text = reveal(
        settings.secret_key, channel.sealed, tenant=channel.tenant_id, purpose=PURPOSE, of=channel.id
    )
    found = json.loads(text)
    return str(found["url"]), str(found["key"])


def _loopback(settings: Settings) -> bool:
    return settings.outgoing_loopback and settings.mode == "development"
