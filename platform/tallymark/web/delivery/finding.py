"""The schedule, recipient, message or channel that an address names; 404 where there is none."""

from __future__ import annotations

from uuid import UUID

from flask import abort
from sqlalchemy import select

from tallymark.delivery import service
from tallymark.lake import Lake
from tallymark.web.scope import app_settings, scope
from tallymark_tenants.models import Delivery, DeliveryChannel, Recipient, Schedule


def lake() -> Lake:
    """The lake of the application."""
    return Lake.of(app_settings())


def schedule_of(schedule_id: UUID, *, removed: bool = False) -> Schedule:
    """A schedule."""
    return service.find(scope().tenant(), schedule_id, removed=removed) or abort(404)


def recipient_of(recipient_id: UUID) -> Recipient:
    """A recipient of a schedule that is there."""
    query = (
        select(Recipient)
        .join(Schedule, (Schedule.tenant_id == Recipient.tenant_id) & (Schedule.id == Recipient.schedule_id))
        .where(Recipient.id == recipient_id, Schedule.removed_at.is_(None))
    )
    return scope().tenant().scalar(query) or abort(404)


def delivery_of(delivery_id: UUID) -> Delivery:
    """A message."""
    return scope().tenant().scalar(select(Delivery).where(Delivery.id == delivery_id)) or abort(404)


def channel_of(channel_id: UUID) -> DeliveryChannel:
    """A channel that is not removed."""
    query = select(DeliveryChannel).where(
        DeliveryChannel.id == channel_id, DeliveryChannel.removed_at.is_(None)
    )
    return scope().tenant().scalar(query) or abort(404)
