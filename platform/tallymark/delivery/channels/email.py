"""E-mail: by SMTP, or written to a folder where the product is only tried out."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

from tallymark.settings_mail import MailSettings
from tallymark_sdk.said import Said

from .message import EmailChannel, Message, Outcome
from .mime import WrongAddress, mime

SECONDS = 30.0
_SHOWN = 300


def send_mail(
    message: Message, channel: EmailChannel, settings: MailSettings, before: Callable[[], None]
) -> Outcome:
    """Hand one e-mail over. `before` is called when the server has taken the recipient and is about to get the text."""
    if not settings.is_set_up:
        return Outcome(
            state="refused",
            said=Said("No mail server is set up; whoever runs Tallymark sets TALLYMARK_SMTP_HOST."),
        )
    try:
        mail = mime(message, channel, settings.sender_or_default)
    except WrongAddress as error:
        return Outcome(state="refused", said=error.args[0], address_is_bad=True)
    if settings.folder is not None:
        return _write(mail, message, settings.folder, before)
    return _hand_over(mail, message, str(mail["To"].addresses[0].addr_spec), settings, before)


def _write(mail: EmailMessage, message: Message, folder: Path, before: Callable[[], None]) -> Outcome:
    before()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{message.key}.eml"
        unfinished = path.with_suffix(".part")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(mail.as_bytes())
        unfinished.replace(path)
    except OSError as error:
        said = Said("The folder for mail can't be written to: %(why)s.", why=error.strerror or "")
        return Outcome(state="later", said=said)
    return Outcome(state="sent", response=str(path.name))


def _hand_over(
    mail: EmailMessage, message: Message, address: str, settings: MailSettings, before: Callable[[], None]
) -> Outcome:
    left = False

    def leaving() -> None:
        nonlocal left
        before()
        left = True

    try:
        with _connected(settings) as server:
            server.ehlo_or_helo_if_needed()
            code, words = server.mail(message.returns_to or settings.sender)
            if code != 250:
                return _answered(code, words, address, sender=True)
            code, words = server.rcpt(address)
            if code not in (250, 251):
                return _answered(code, words, address)
            leaving()
            code, words = server.data(mail.as_bytes())
            if code != 250:
                return _answered(code, words, address, sender=True)
            return Outcome(state="sent", response=_text(code, words))
    except smtplib.SMTPDataError as error:  # it did not want the text, so it has none of it
        return _answered(error.smtp_code, error.smtp_error, address, sender=True)
    except smtplib.SMTPAuthenticationError as error:
        said = Said("The mail server does not accept Tallymark's user name and password.")
        return Outcome(state="later", said=said, response=_text(error.smtp_code, error.smtp_error))
    except smtplib.SMTPNotSupportedError:
        said = Said("The mail server offers no STARTTLS or no sign-in; check TALLYMARK_SMTP_TLS.")
        return Outcome(state="refused", said=said)
    except ssl.SSLError as error:
        said = Said("The mail server's certificate was not accepted: %(why)s.", why=error.reason or "")
        return Outcome(state="unsure" if left else "later", said=said)
    except (OSError, smtplib.SMTPException) as error:
        if left:
            said = Said("The connection to the mail server broke while the message was handed over.")
            return Outcome(state="unsure", said=said)
        said = Said("The mail server could not be reached.")
        return Outcome(state="later", said=said, response=_response(error))


class _Connection(smtplib.SMTP):
    """Closes without an argument about it: after the message was taken, a bad goodbye must not unsay that."""

    def __exit__(self, *_exception: object) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self.docmd("QUIT")
        self.close()


class _TlsConnection(smtplib.SMTP_SSL):
    __exit__ = _Connection.__exit__


def _connected(settings: MailSettings) -> smtplib.SMTP:
    if settings.tls == "implicit":
        context = ssl.create_default_context()
        server: smtplib.SMTP = _TlsConnection(settings.host, settings.port, timeout=SECONDS, context=context)
    else:
        server = _Connection(settings.host, settings.port, timeout=SECONDS)
    try:
        if settings.tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.user:
            server.login(settings.user, settings.password)
    except BaseException:
        server.close()
        raise
    return server


def _answered(code: int, words: bytes | str, address: str, *, sender: bool = False) -> Outcome:
    """A refusal in the server's own words; `sender` where it isn't about the recipient's address."""
    response = _text(code, words)
    said = Said("The server refused %(address)s: %(response)s", address=address, response=response)
    if code < 500:
        return Outcome(state="later", said=said, response=response)
    return Outcome(state="refused", said=said, response=response, address_is_bad=not sender)


def _text(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", errors="replace") if isinstance(words, bytes) else str(words)
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return f"{code} {' '.join(printable.split())}"[:_SHOWN].rstrip()


def _response(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _text(error.smtp_code, error.smtp_error)
    return type(error).__name__
