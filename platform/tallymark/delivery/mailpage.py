"""The page and the plain text of an e-mail: banner, what it is about, and why its reader gets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tallymark.i18n.catalogue import Catalogue, catalogue

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, kw_only=True)
class MailPage:
    """What stands in an e-mail, in its reader's language. `body` is HTML of ours; without it, `heading` and `lines`."""

    locale: str
    subject: str
    banner: Sequence[str] = ()
    body: str = ""
    body_text: str = ""
    heading: str = ""
    lines: Sequence[str] = ()
    link: str = ""
    link_words: str = ""
    foot: Sequence[str] = ()
    unsubscribe: str = ""

    def html(self) -> str:
        """The whole page; it asks for nothing from elsewhere and every style stands on its element."""
        texts = catalogue(self.locale)
        page = _environment(texts).get_template("mail.html")
        return page.render(
            lang=texts.tag,
            dir=texts.direction,
            start="right" if texts.direction == "rtl" else "left",
            subject=self.subject,
            banner=self.banner,
            body=Markup(self.body),  # noqa: S704  made by the scorecard's own templates, which escape
            heading=self.heading,
            lines=self.lines,
            link=self.link,
            link_words=self.link_words,
            foot=self.foot,
            unsubscribe=self.unsubscribe,
        ).strip()

    def text(self) -> str:
        """The same without markup."""
        texts = catalogue(self.locale)
        parts = []
        if self.banner:
            parts.append(
                "\n".join((texts.gettext("Read these figures with care"), *(f"! {b}" for b in self.banner)))
            )
        if self.body_text:
            parts.append(self.body_text.strip())
        else:
            parts.append("\n\n".join(line for line in (self.heading, *self.lines) if line))
            if self.link:
                parts.append(f"{self.link_words}\n{self.link}")
        parts.append("-- \n" + "\n".join(self.foot))
        if self.unsubscribe:
            parts[-1] += f"\n{texts.gettext('Stop these e-mails')}: {self.unsubscribe}"
        return "\n\n".join(parts).strip() + "\n"


@lru_cache(maxsize=8)
def _environment(texts: Catalogue) -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    made.globals["_"] = texts.gettext
    return made
