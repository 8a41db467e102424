"""What a reader sees of a page, and which of it is in none of the product's catalogues."""

import re
from functools import cache
from gettext import NullTranslations
from html.parser import HTMLParser
from zoneinfo import available_timezones

from babel.messages.pofile import read_po

from tallymark.i18n.catalogue import LOCALE_DIR

OPEN, CLOSE = "\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}", "\N{MATHEMATICAL RIGHT WHITE SQUARE BRACKET}"
WORD = re.compile(r"[A-Za-z][A-Za-z'’]+")
DIGIT = re.compile(r"[0-9]")
_UNSEEN = {"script", "style", "code", "template"}
_SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-copied", "data-confirm")
_VOID = {
    "meta",
    "link",
    "input",
    "br",
    "hr",
    "img",
    "path",
    "circle",
    "col",
    "wbr",
    "rect",
    "line",
    "polyline",
}

# What stands on pages in every language as it is, by the reason.
_AS_IS = [
    r"\b[a-z_]+(\.[a-z_0-9]+)+\b",  # keys of metrics and columns
    r"\b[A-Z]{2,4}s?\b",  # codes of currencies, and abbreviations
    r"\b(Excel|Python|Tallymark|Slack|Microsoft Teams|Teams|Zalo|Bale|Workflows|Internet|English|Tiếng Việt)\b",
    r"[\w.-]+@example\.com",
    r"[\w-]*\.(csv|tsv|txt|xlsx|pdf)",
]
# Digits that are as they are in every language: what somebody types so, keys, versions, codes of zones.
AS_WRITTEN = re.compile(
    r"[\w.+-]+@example\.com|[A-Za-z_]+/[\w/+-]+|UTC|[a-z_]+(\.[a-z_0-9]+)+|#[0-9a-f]{6}|v?\d+\.\d+\.\d+|utf-8|\bA4\b|\d{4}-(\d\d|Q\d|W\d\d)(-\d\d)?"
)
ZONES = available_timezones()
NAMES = re.compile("|".join(_AS_IS))


@cache
def _collected() -> frozenset[str]:
    """What translators get to see."""
    with (LOCALE_DIR / "messages.pot").open("rb") as file:
        texts = [message.id for message in read_po(file) if message.id]
    return frozenset(text if isinstance(text, str) else text[0] for text in texts)


class Marked(NullTranslations):
    """A language in which each of our texts stands between brackets, so that any other text can be told."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}" if message in _collected() else message

    def ngettext(self, one: str, many: str, count: int) -> str:
        return f"{OPEN}{one if count == 1 else many}{CLOSE}" if one in _collected() else many


class Seen(HTMLParser):
    """Collects the texts of a page that people see or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.hints: set[str] = set()  # texts that say how to type something
        self.lang = self.dir = ""
        self._stack: list[tuple[str, bool, bool]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        held = dict(attributes)
        if tag == "html":
            self.lang, self.dir = held.get("lang") or "", held.get("dir") or ""
        self.texts += [held[name] or "" for name in _SPOKEN if held.get(name)]
        if tag not in _VOID:
            data = tag in _UNSEEN or "mono" in (held.get("class") or "") or "data-name" in held
            self._stack.append((tag, data, "hint" in (held.get("class") or "")))

    def handle_endtag(self, tag: str) -> None:
        while self._stack:
            if self._stack.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(hidden for _, hidden, _ in self._stack):
            text = " ".join(data.split())
            self.texts.append(text)
            if any(hint for _, _, hint in self._stack):
                self.hints.add(text)


def seen(html: str) -> Seen:
    page = Seen()
    page.feed(html)
    return page


def unmarked(text: str) -> str:
    """`text` without what our catalogue said."""
    kept, depth = "", 0
    for char in text:
        depth += char == OPEN
        kept += char if not depth else ""
        depth -= char == CLOSE and depth > 0
    return kept


def foreign_words(text: str, names: set[str]) -> list[str]:
    """English words of a text that belong to no name."""
    if text in ZONES:
        return []
    bare = NAMES.sub(" ", text)
    return [word for word in WORD.findall(bare) if word not in names]
