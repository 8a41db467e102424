"""Brings the product's own catalogues up to date: new texts untranslated, unused ones kept at the end as comments.

`--check` only says what is missing; `--tidy` also drops the unused ones.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po
from scripts.spoken import sentences

from tallymark.i18n.catalogue import LOCALE_DIR
from tallymark_sdk.texts import LANGUAGES

ROOT = LOCALE_DIR.parents[3]
PACKAGES = (
    LOCALE_DIR.parents[1],
    ROOT / "tenants" / "tallymark_tenants",
    ROOT / "connectors" / "tallymark_connectors",
    ROOT / "metrics_plugins" / "sdk" / "tallymark_sdk" / "calendars",
    ROOT / "metrics_plugins" / "sdk" / "tallymark_sdk" / "targets",
    ROOT / "metrics_plugins" / "sdk" / "tallymark_sdk" / "own",
)
TEMPLATE = LOCALE_DIR / "messages.pot"
KEYWORDS = {name: DEFAULT_KEYWORDS[name] for name in ("_", "gettext", "ngettext")} | {
    "mark": None,
    "mark_text": None,
    "Said": None,
}
HEADER = 'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
PLURALS = '"Plural-Forms: {forms}\\n"\n'


def extracted() -> Catalog:
    """Every text of the application, in the order of the files that say it; no places, so that nothing moves."""
    with (LOCALE_DIR.parent / "babel.cfg").open() as settings:
        methods, options = parse_mapping_cfg(settings)  # type: ignore[no-untyped-call]
    found = Catalog()
    for package in PACKAGES:
        for _, _, message, comments, _ in extract_from_dir(
            package, methods, options, KEYWORDS, ("Translators:",), strip_comment_tags=True
        ):
            found.add(message, None, auto_comments=comments)
    for package in PACKAGES:
        for file in sorted(package.rglob("*.py")):
            for message in sentences(file.read_text("utf-8")):
                found.add(message)
    return found


def catalogue_file(language: str) -> Path:
    """Where the translations into `language` are kept."""
    return LOCALE_DIR / language / "LC_MESSAGES" / "messages.po"


def translated(language: str) -> Catalog:
    """The language's catalogue as its file has it."""
    place = catalogue_file(language)
    if not place.exists():
        return Catalog(locale=language)
    with place.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def updated(texts: Catalog, known: Catalog, language: str, *, tidy: bool) -> Catalog:
    """`texts` with what is known of their translations; a text that came back finds its old translation again."""
    fresh = Catalog(locale=language)
    before: dict[object, Message] = dict(known.obsolete.items())
    before |= {message.id: message for message in known if message.id}
    for message in messages(texts):
        old = before.pop(message.id, None)
        string = old.string if old else ("",) * fresh.num_plurals if message.pluralizable else ""
        flags = message.flags | (old.flags & {"fuzzy"} if old else set())
        comments = old.user_comments if old else ()
        fresh.add(
            message.id, string, flags=flags, auto_comments=message.auto_comments, user_comments=comments
        )
    if not tidy:
        fresh.obsolete.update((key, message) for key, message in before.items() if _has_text(message))  # type: ignore[misc]
    return fresh


def untranslated(texts: Catalog, known: Catalog) -> list[str]:
    """The texts that a reader of the language would get in English."""
    found = []
    for message in messages(texts):
        there = known.get(message.id)
        if there is None or not _has_text(there) or there.fuzzy:
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found


def messages(texts: Catalog) -> Iterator[Message]:
    """All but the header."""
    return (message for message in texts if message.id)


def _has_text(message: Message) -> bool:
    strings = (message.string,) if isinstance(message.string, str) else message.string
    return bool(strings) and all(strings or ())


def _write(catalog: Catalog, place: Path, header: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_suffix(".new")
    with beside.open("wb") as file:
        file.write(header.encode() + b"\n")
        write_po(file, catalog, width=0, no_location=True, omit_header=True)
    if place.exists() and place.read_bytes() == beside.read_bytes():
        beside.unlink()
    else:
        beside.replace(place)


def main(*, check: bool, tidy: bool) -> int:
    """Update or check; the number of texts without a translation, and of files that are behind."""
    texts = extracted()
    missing = 0
    if not check:
        _write(texts, TEMPLATE, HEADER.format(language=""))
    for language in LANGUAGES:
        known = translated(language)
        if not check:
            known = updated(texts, known, language, tidy=tidy)
            header = HEADER.format(language=language) + PLURALS.format(forms=known.plural_forms)
            _write(known, catalogue_file(language), header)
        lacking = untranslated(texts, known)
        missing += len(lacking)
        for text in lacking if check else ():
            print(f"{language}: no translation of {text!r}")
        print(f"{language}: {len(lacking)} of {len(list(messages(texts)))} texts have no translation")
    return missing


if __name__ == "__main__":
    lacking = main(check="--check" in sys.argv[1:], tidy="--tidy" in sys.argv[1:])
    sys.exit(lacking > 0 if "--check" in sys.argv[1:] else 0)
