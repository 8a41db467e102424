"""One attempt to send a message by whichever channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from tallymark.outgoing import Policy
from tallymark.settings import Settings

from .chat import post_to_slack, post_to_teams
from .email import send_mail
from .message import Channel, EmailChannel, Message, Outcome, SlackChannel, TeamsChannel, WebhookChannel
from .webhook import post_to_webhook


def nothing() -> None:
    """What is done by default before a message leaves."""


def send(
    message: Message,
    channel: Channel,
    settings: Settings,
    *,
    before: Callable[[], None] = nothing,
) -> Outcome:
    """Try once to send a message; never raises for what the other side does.

    `before` is called when all is ready and the message is about to leave: whoever must not send twice writes down there
    that this attempt may have sent it. What it raises ends the attempt, with nothing sent.
    """
    policy = Policy(loopback=settings.outgoing_loopback and settings.mode == "development")
    match channel:
        case EmailChannel():
            return send_mail(message, channel, settings.mail, before)
        case SlackChannel():
            return post_to_slack(message, channel, policy, before)
        case TeamsChannel():
            return post_to_teams(message, channel, policy, before)
        case WebhookChannel():
            return post_to_webhook(message, channel, policy, before)
    assert_never(channel)
