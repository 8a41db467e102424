"""Keeping a pack's catalogues: which texts its metrics have, which lack a translation, and writing them down.

For authors and their tools; nothing here is needed to show a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from tallymark_sdk.charts import Chart
from tallymark_sdk.errors import TallymarkError
from tallymark_sdk.formula import Operand
from tallymark_sdk.metric import Metric
from tallymark_sdk.rowwords import words
from tallymark_sdk.text import in_words, parameter_words
from tallymark_sdk.texts import LANGUAGES, Domain, places
from tallymark_sdk.vocabulary import messages as kit_messages

_HEADER = r"""msgid ""
msgstr ""
"Language: {}\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A text that a language's readers don't get in their language."""

    message: str
    language: str
    used_for: str
    reason: str

    def __str__(self) -> str:
        return f'{self.used_for}: "{self.message}" {self.reason} ({self.language})'


@dataclass(frozen=True, kw_only=True)
class Updated:
    """What updating one language's catalogue did."""

    file: Path
    language: str
    texts: int
    untranslated: int
    dropped: tuple[str, ...]


def messages(metrics: Iterable[Metric | Chart]) -> dict[str, list[str]]:
    """Every English text of the metrics and charts that the pack itself must translate → what it is used for.

    Names, descriptions, names of parts, what parameters are called and do, their choices, reasons for leaving rows out, and the words of
    the formulas that the kit's own catalogue doesn't have, such as a view's columns.
    """
    found: dict[str, list[str]] = {}
    for metric in metrics:
        for message, use in _of(metric):
            uses = found.setdefault(message, [])
            if (where := f"{metric.key}: {use}") not in uses:
                uses.append(where)
    return {message: uses for message, uses in found.items() if message and message not in kit_messages()}


def gaps(metrics: Iterable[Metric | Chart], domain: Domain) -> list[Gap]:
    """Every text of the metrics without a fit translation, by language."""
    wanted = messages(metrics)
    found: list[Gap] = []
    for language in LANGUAGES:
        if problem := domain.problem(language):
            raise TallymarkError(problem)
        there = domain.read(language)
        for message, uses in wanted.items():
            if (reason := _unfit(message, there)) is not None:
                found.append(Gap(message=message, language=language, used_for=uses[0], reason=reason))
    return found


def update_catalogues(metrics: Iterable[Metric | Chart], domain: Domain) -> list[Updated]:
    """Write the catalogues anew: texts added without a translation, kept with theirs, or dropped where unused.

    Raises:
        TallymarkError: the pack has no package to keep catalogues in, or one of them can't be read.
    """
    wanted = messages(metrics)
    return [write_catalogue(wanted, domain, language) for language in LANGUAGES]


def _of(metric: Metric | Chart) -> Iterable[tuple[str, str]]:
    if isinstance(metric, Chart):
        yield metric.name, "chart"
        return
    yield metric.name, "name"
    yield metric.description, "description"
    for key, part in metric.parts.items():
        yield part.name, f"part {key}"
    for parameter in metric.parameters:
        for text in (parameter.description, parameter_words(parameter), *map(words, parameter.choices)):
            yield text, f"parameter {parameter.name}"
    for formula in metric.all_formulas():
        for word in _words_of(formula, metric.key):
            yield word, "formula"


def _words_of(formula: Operand, key: str) -> list[str]:
    """What wording the formula asks a catalogue for; a formula that can't be worded is an error, lest its words go."""
    asked: dict[str, None] = {}

    def note(message: str) -> str:
        asked[message] = None
        return message

    try:
        in_words(formula, note)
    except KeyError as error:
        raise TallymarkError(
            f"{key} reads {error}, which isn't installed; install the pack that declares it (pip install -e)."
        ) from error
    except Exception as error:  # a view's build is the author's code and may raise anything
        said = str(error) if isinstance(error, TallymarkError) else f"{type(error).__name__}: {error}"
        raise TallymarkError(f"{key} can't be put into words yet: {said}") from error
    return list(asked)


def _unfit(message: str, there: Mapping[str, str]) -> str | None:
    text = there.get(message)
    if text is None:
        return "has no translation"
    if places(text) != places(message):
        return f"has a translation with other places than {', '.join(sorted(places(message))) or 'none'}"
    return None


def write_catalogue(wanted: Mapping[str, Sequence[str]], domain: Domain, language: str) -> Updated:
    """Write one language's catalogue: these texts (→ what each is used for), with the translations it has already.

    Raises:
        TallymarkError: as `update_catalogues`.
    """
    place = domain.file(language)
    if not isinstance(place, Path):
        raise TallymarkError(
            f'The pack "{domain.family}" is one lone module, which has no folder for translations; make it a package, '
            "a folder with the module's code in __init__.py."
        )
    if problem := domain.problem(language):
        raise TallymarkError(problem)
    before = domain.read(language)
    catalogue = Catalog(locale=language)
    for message, uses in wanted.items():
        catalogue.add(message, before.get(message, ""), auto_comments=list(uses))
    body = BytesIO()
    write_po(body, catalogue, width=0, omit_header=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(_HEADER.format(language) + body.getvalue().decode().lstrip(), encoding="utf-8")
    return Updated(
        file=place,
        language=language,
        texts=len(wanted),
        untranslated=sum(1 for message in wanted if not before.get(message)),
        dropped=tuple(message for message in before if message not in wanted),
    )
