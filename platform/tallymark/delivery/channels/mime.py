"""A message as an e-mail: headers that can't be broken out of, text, HTML and files."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from tallymark.i18n.catalogue import catalogue
from tallymark_sdk.said import Said

from .message import EmailChannel, Message

LONGEST_ADDRESS = 254  # RFC 5321
_LONGEST_NAME = 120
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*")


class WrongAddress(ValueError):
    """A text that is no e-mail address."""


def checked_address(text: str) -> str:
    """An address as mail servers take it, its domain in ASCII; raises WrongAddress."""
    written = unicodedata.normalize("NFC", text.strip())
    local, at, domain = written.rpartition("@")
    refused = WrongAddress(
        Said("%(address)s is no e-mail address; write it like name@example.com.", address=text)
    )
    if not at or not local or len(written) > LONGEST_ADDRESS:
        raise refused
    try:
        domain = domain.encode("idna").decode("ascii").lower()
        address = Address(username=local, domain=domain)
    except (UnicodeError, ValueError, HeaderParseError, IndexError):
        raise refused from None
    plain = local.isascii() and not any(letter.isspace() or letter in '"(),:;<>@[\\]' for letter in local)
    if not plain or not local.isprintable() or ".." in local or not _DOMAIN.fullmatch(domain):
        raise refused
    return address.addr_spec


def one_line(text: str) -> str:
    """A text that fits a header: no line breaks nor other control characters."""
    return " ".join(
        "".join(
            " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text
        ).split()
    )


def message_id(key: str, sender: str) -> str:
    """The Message-ID of a message: the same in each attempt, so that mail servers can know a repeated one."""
    return f"<{key}@{sender.rpartition('@')[2] or 'localhost'}>"


def mime(
    message: Message, channel: EmailChannel, sender: str, *, now: datetime | None = None
) -> EmailMessage:
    """The e-mail, headers per RFC 5322, 3834 (Auto-Submitted) and 8058 (one-click List-Unsubscribe).

    Raises WrongAddress for an address that is none.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = message_id(message.key, sender)
    mail["Date"] = format_datetime((now or datetime.now(UTC)).astimezone(UTC))
    mail["From"] = _mailbox(message.sender, sender)
    mail["To"] = _mailbox(channel.name, checked_address(channel.address))
    mail["Subject"] = one_line(message.subject)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if message.unsubscribe:
        mail["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # 8-bit text on the wire is still refused here and there.
    encodings = ["quoted-printable" if text.isascii() else "base64" for text in (message.text, message.html)]
    mail.set_content(message.text, cte=encodings[0])
    if message.html:
        mail.add_alternative(message.html, subtype="html", cte=encodings[1])
    for attached in message.attachments:
        main, _, sub = attached.mime.partition("/")
        mail.add_attachment(
            attached.content, maintype=main, subtype=sub, filename=one_line(attached.name).replace("/", "-")
        )
    # Last, since headers of this kind move into the first part when a second one is added.
    mail["Content-Language"] = catalogue(message.locale).tag
    return mail


def _mailbox(name: str, address: str) -> Address:
    # The formatter isolates names for a page; in a header those marks would show as rubbish.
    shown = "".join(
        letter for letter in one_line(name) if unicodedata.category(letter) != "Cf" or letter == "\u200c"
    )
    return Address(display_name=shown[:_LONGEST_NAME], addr_spec=address)
