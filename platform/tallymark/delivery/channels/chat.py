"""Slack and Teams: headline, findings, a few figures and a link, in each one's own form.

Everything that somebody else wrote (names of KPIs, people, companies) goes into elements of plain text, where no
markup, mention or link can be made of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tallymark.i18n.catalogue import catalogue
from tallymark.outgoing import Policy

from .message import Fact, Message, Outcome, SlackChannel, TeamsChannel
from .posting import post_json

MOST_FACTS = 9
_HEADER, _SECTION, _FIELD, _BUTTON = (
    150,
    2900,
    1900,
    70,
)  # under Slack's limits of 150, 3000, 2000 and 75 letters


def post_to_slack(
    message: Message, channel: SlackChannel, policy: Policy, before: Callable[[], None]
) -> Outcome:
    """Post to an incoming webhook. Slack knows no repeated message, so one that may have arrived isn't sent again."""
    body = json.dumps(slack_body(message), ensure_ascii=False).encode()
    return post_json(channel.url, body, {}, policy, before, repeatable=False)


def post_to_teams(
    message: Message, channel: TeamsChannel, policy: Policy, before: Callable[[], None]
) -> Outcome:
    """Post to a webhook of Workflows. Teams knows no repeated message either."""
    body = json.dumps(teams_body(message), ensure_ascii=False).encode()
    return post_json(channel.url, body, {}, policy, before, repeatable=False)


def slack_body(message: Message) -> dict[str, Any]:
    """The message as Slack's blocks; `text` is what a notification shows."""
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(message.subject, _HEADER)}]
    if message.banner:
        warnings = "\n".join(f"⚠ {line}" for line in message.banner)
        blocks.append({"type": "section", "text": _plain(warnings, _SECTION)})
    words = "\n".join(line for line in (message.headline, *(f"• {line}" for line in message.lines)) if line)
    if words:
        blocks.append({"type": "section", "text": _plain(words, _SECTION)})
    if facts := message.facts[:MOST_FACTS]:
        blocks.append({"type": "section", "fields": [_plain(_fact(fact), _FIELD) for fact in facts]})
    if message.link:
        button = {"type": "button", "text": _plain(message.link_words or "→", _BUTTON), "url": message.link}
        blocks.append({"type": "actions", "elements": [button]})
    return {"text": _escaped(message.subject), "blocks": blocks}


def teams_body(message: Message) -> dict[str, Any]:
    """The message as an Adaptive Card. Text runs, not text blocks: those would read Markdown in names."""
    body: list[dict[str, Any]] = [_runs(message.subject, size="Large", weight="Bolder")]
    body += [_runs(f"⚠ {line}", color="Warning") for line in message.banner]
    if message.headline:
        body.append(_runs(message.headline, weight="Bolder"))
    body += [_runs(f"• {line}") for line in message.lines]
    body += [
        {
            "type": "ColumnSet",
            "columns": [
                {"type": "Column", "width": "stretch", "items": [_runs(fact.name)]},
                {"type": "Column", "width": "auto", "items": [_runs(fact.value, weight="Bolder")]},
                {"type": "Column", "width": "auto", "items": [_runs(fact.status or " ", isSubtle=True)]},
            ],
        }
        for fact in message.facts[:MOST_FACTS]
    ]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "rtl": catalogue(message.locale).direction == "rtl",
        "lang": catalogue(message.locale).tag,
        "body": body,
    }
    if message.link:
        card["actions"] = [
            {"type": "Action.OpenUrl", "title": message.link_words or "→", "url": message.link}
        ]
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}


def _fact(fact: Fact) -> str:
    return "\n".join(part for part in (fact.name, fact.value, fact.status) if part)


def _plain(text: str, most: int) -> dict[str, Any]:
    return {
        "type": "plain_text",
        "text": text if len(text) <= most else text[: most - 1] + "…",
        "emoji": False,
    }


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _runs(text: str, **look: Any) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **look}]}
