"""What is said, where to, and what came of it: plain values, the same for every channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from tallymark_sdk.said import Said

Event = Literal["scorecard", "alert", "notice", "test"]


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file; `mime` such as application/pdf, `name` what it is saved as."""

    name: str
    mime: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One figure in words: a KPI, its value and how it stands (as a word, "" where it has no target)."""

    name: str
    value: str
    status: str = ""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message in one language.

    Attributes:
        key: unique to this message and the same in each attempt to send it: letters, digits and hyphens.
        text: the whole message without markup; `html` the same as a page for e-mail, "" for text alone.
        headline, lines, facts: the message for chats, which is shorter.
        banner: warnings above everything, such as that figures are incomplete.
        link: the page that shows it whole, with the words of the link.
        sender: the name beside the sender's address, such as the company's.
        data: what a webhook gets beside the words; JSON, no secrets.
        unsubscribe: an address that ends these messages with one click; "" where there is none.
        returns_to: where a message that can't be delivered comes back to; "" for the sender.
    """

    key: str
    event: Event
    locale: str
    subject: str
    text: str
    html: str = ""
    headline: str = ""
    lines: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    banner: tuple[str, ...] = ()
    link: str = ""
    link_words: str = ""
    sender: str = ""
    attachments: tuple[Attachment, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)
    unsubscribe: str = ""
    returns_to: str = ""


@dataclass(frozen=True, kw_only=True)
class EmailChannel:
    """An e-mail address and the name beside it."""

    address: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class SlackChannel:
    """An incoming webhook of Slack; its URL is its password."""

    url: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class TeamsChannel:
    """A webhook of Teams' Workflows; its URL is its password."""

    url: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class WebhookChannel:
    """An address of somebody's own program, which checks the signature made with `key`."""

    url: str = field(repr=False)
    key: str = field(repr=False)


Channel = EmailChannel | SlackChannel | TeamsChannel | WebhookChannel


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of an attempt.

    Attributes:
        state: "sent"; "later" for a cause that may pass (nothing was delivered); "refused" for one that won't;
            "unsure" where the connection broke after the message had begun to leave.
        said: why, where it isn't sent.
        response: the other side's own words, shortened.
        wait: what the other side asked to wait.
        address_is_bad: the other side doesn't know the address: further messages to it are pointless.
    """

    state: Literal["sent", "later", "refused", "unsure"]
    said: Said = field(default_factory=Said)
    response: str = ""
    wait: timedelta | None = None
    address_is_bad: bool = False
