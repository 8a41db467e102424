"""What is said: a scorecard's edition as a message in its reader's language, and notes to owners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from tallymark.i18n import Formatter
from tallymark.i18n.catalogue import catalogue, mark
from tallymark.i18n.isolation import bare
from tallymark.scorecards.document import Document, Status, Tile
from tallymark.scorecards.exports import workbook
from tallymark.scorecards.exports.xlsx import XLSX
from tallymark.scorecards.render import render_email, render_text
from tallymark.scorecards.render.choice import weightiest
from tallymark_sdk.said import Said
from tallymark_tenants.profile import TenantProfile

from .channels import Attachment, Fact, Message
from .channels.chat import MOST_FACTS
from .channels.message import Event
from .mailpage import MailPage

PDF = "application/pdf"
MOST_LINES = 5
STATUS_WORDS: Mapping[Status, str] = {
    Status.ON: mark("On target"),
    Status.RISK: mark("At risk"),
    Status.OFF: mark("Off target"),
    Status.NONE: "",
}
ROLE_OF_FOOT = mark(
    "You get this because %(company)s sends you its scorecards. It was sent by Tallymark; nobody reads answers to it."
)


@dataclass(frozen=True, kw_only=True)
class About:
    """What a message needs to know besides the edition's document.

    Attributes:
        key: the delivery's id; `edition_id` that of the edition.
        link: where the whole scorecard opens for this reader.
        banner: the gate's warnings.
        pdf: the sealed file, None where it isn't attached; `with_xlsx` adds the workbook.
        most_bytes: attachments that are larger together are left to the link.
    """

    key: str
    profile: TenantProfile
    edition_id: UUID
    link: str
    event: Event = "scorecard"
    banner: Sequence[Said] = ()
    pdf: Path | None = None
    with_xlsx: bool = False
    most_bytes: int = 0
    unsubscribe: str = ""
    returns_to: str = ""
    data: Mapping[str, object] | None = None


def formatter_for(profile: TenantProfile, locale: str) -> Formatter:
    """How a company's messages in a language write numbers and dates."""
    return Formatter.of(
        locale, profile.currency, profile.calendar, profile.timezone, money_display=profile.money_display
    )


def subject_of(document: Document, *, test: bool = False) -> str:
    """The subject: what the scorecard is called, its period, and whose rows it shows if not everybody's."""
    texts, cover = catalogue(document.locale), document.cover
    if cover.scope:
        subject = texts.gettext(
            "%(title)s: %(period)s · %(scope)s", title=cover.title, scope=cover.scope, period=cover.period
        )
    else:
        subject = texts.gettext("%(title)s: %(period)s", title=cover.title, period=cover.period)
    subject = texts.gettext("Test: %(subject)s", subject=subject) if test else subject
    return bare(subject)  # mail programs show the marks that isolate directions as boxes


def scorecard_message(document: Document, about: About) -> Message:
    """An edition as a message."""
    texts, form = catalogue(document.locale), formatter_for(about.profile, document.locale)
    banner = tuple(form.said(said) for said in about.banner)
    subject = subject_of(document, test=about.event == "test")
    files, foot = (
        _files(document, about),
        [texts.gettext(ROLE_OF_FOOT, company=form.name(about.profile.name))],
    )
    if about.pdf is not None and not files:
        foot.insert(0, texts.gettext("The file is too large for an e-mail; the link above opens it."))
    page = MailPage(
        locale=document.locale,
        subject=subject,
        banner=banner,
        body=render_email(document, link=about.link or None),
        body_text=render_text(document, link=about.link or None),
        foot=foot,
        unsubscribe=about.unsubscribe,
    )
    headline = document.summary.headline
    return Message(
        key=about.key,
        event=about.event,
        locale=document.locale,
        subject=subject,
        text=page.text(),
        html=page.html(),
        headline=headline.text if headline else "",
        lines=tuple(finding.text for finding in document.summary.findings[:MOST_LINES]),
        facts=tuple(_facts(document)),
        banner=banner,
        link=about.link,
        link_words=texts.gettext("Open the scorecard"),
        sender=about.profile.name,
        attachments=files,
        data=about.data or {},
        unsubscribe=about.unsubscribe,
        returns_to=about.returns_to,
    )


def note_message(
    profile: TenantProfile,
    *,
    key: str,
    locale: str,
    heading: Said,
    lines: Iterable[Said],
    link: str,
    link_words: str,
    returns_to: str = "",
) -> Message:
    """A note to a member about what needs a decision; `link_words` is an English text of ours."""
    texts, form = catalogue(locale), formatter_for(profile, locale)
    said = [form.said(line) for line in lines]
    page = MailPage(
        locale=locale,
        subject=form.said(heading),
        heading=form.said(heading),
        lines=said,
        link=link,
        link_words=texts.gettext(link_words),
        foot=[texts.gettext("You get this because you look after %(company)s in Tallymark.", company=form.name(profile.name))],
    )  # fmt: skip
    return Message(
        key=key,
        event="notice",
        locale=locale,
        subject=page.subject,
        text=page.text(),
        html=page.html(),
        headline=page.heading,
        lines=tuple(said),
        link=link,
        link_words=page.link_words,
        sender=profile.name,
        returns_to=returns_to,
    )


def file_name(profile: TenantProfile, document: Document, suffix: str) -> str:
    """What a scorecard is saved as: the company's short name and the period's first day."""
    return f"{profile.slug}-{document.period_start}{suffix}"


def _files(document: Document, about: About) -> tuple[Attachment, ...]:
    if about.pdf is None:
        return ()
    profile = about.profile
    found = [Attachment(name=file_name(profile, document, ".pdf"), mime=PDF, content=about.pdf.read_bytes())]
    if about.with_xlsx:
        found.append(
            Attachment(name=file_name(profile, document, ".xlsx"), mime=XLSX, content=workbook(document))
        )
    return tuple(found) if sum(len(each.content) for each in found) <= about.most_bytes else ()


def _facts(document: Document) -> Iterable[Fact]:
    texts = catalogue(document.locale)
    tiles = [
        tile
        for section in document.sections
        if section.kind == "tiles"
        for group in section.groups
        for tile in group.tiles
    ]
    places = weightiest(tiles, MOST_FACTS)
    for place, tile in enumerate(tiles):
        if place in places:
            yield Fact(name=tile.name, value=_value(tile), status=_status(tile, texts.gettext))


def _value(tile: Tile) -> str:
    return tile.value.text if tile.value else "–"


def _status(tile: Tile, translate: object) -> str:
    word = STATUS_WORDS[tile.status]
    return str(translate(word)) if word and callable(translate) else ""
