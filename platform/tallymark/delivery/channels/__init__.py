"""The ways a message leaves: e-mail, Slack, Teams, a signed webhook.

`send(message, channel, settings)` is for every feature that has something to say to somebody outside.
"""

from .message import (
    Attachment,
    Channel,
    EmailChannel,
    Fact,
    Message,
    Outcome,
    SlackChannel,
    TeamsChannel,
    WebhookChannel,
)
from .sending import send

__all__ = [
    "Attachment",
    "Channel",
    "EmailChannel",
    "Fact",
    "Message",
    "Outcome",
    "SlackChannel",
    "TeamsChannel",
    "WebhookChannel",
    "send",
]
