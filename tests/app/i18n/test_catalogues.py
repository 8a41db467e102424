"""The product's own texts: collected as they are in the source now, and each in every language."""

import re
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tallymark_sdk.texts import LANGUAGES

sys.path.insert(0, str(Path(__file__).parents[3]))  # scripts are no package of the product
from scripts import texts
from scripts.spoken import sentences

PLACES = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


@pytest.fixture(scope="module")
def collected():
    return texts.extracted()


def written(message):
    return message if isinstance(message, str) else message[-1]


def test_the_template_holds_what_the_source_says(collected):
    with texts.TEMPLATE.open("rb") as file:
        kept = [message.id for message in texts.messages(read_po(file))]
    assert kept == [message.id for message in texts.messages(collected)], "run `make texts`"


# Whoever adds a text finds it named here: run `make texts` and translate it in the three messages.po.
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(collected, language):
    assert texts.untranslated(collected, texts.translated(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_places_of_their_texts(language):
    wrong = []
    for message in texts.messages(texts.translated(language)):
        strings = (message.string,) if isinstance(message.string, str) else message.string
        places = sorted(set(PLACES.findall(written(message.id))))
        for said in filter(None, strings):
            if sorted(set(PLACES.findall(said))) != places:
                wrong.append(said)
            # A text without places is never filled, so that a doubled percent sign would stay two.
            doubled = "%%" in said and not places and "%%" not in written(message.id)
            if doubled or (places and "%(" in said and "%" in re.sub(r"%%|%\(\w+\)[sd]", "", said)):
                wrong.append(said)
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_are_read_without_a_warning(language, caplog):
    from tallymark.i18n.catalogue import translations

    assert translations.__wrapped__(language).gettext("Targets") != "Targets"
    assert caplog.records == []


def test_sentences_of_errors_are_found_with_their_places():
    source = """
class Gone(Exception):
    sentence = "It is gone: look elsewhere."

def look(name, rows):
    raise MappingError(f"There is no sheet {name!r} among {len(rows):,}.")
    raise NameRefused("Choose another name." if rows else "Give a name first.")
    raise ValueError("Nobody reads this one.")
    job.progress(0.5, f"{rows:,} rows read")
"""
    assert sorted(sentences(source)) == [
        "%(rows)s rows read",
        "Choose another name.",
        "Give a name first.",
        "It is gone: look elsewhere.",
        "There is no sheet %(name)s among %(rows)s.",
    ]


def test_an_update_keeps_what_was_translated(collected):
    known = Catalog(locale="vi")
    known.add("Targets", "Mục tiêu")
    known.add("No text of ours any more", "Không còn")
    fresh = texts.updated(collected, known, "vi", tidy=False)
    assert fresh["Targets"].string == "Mục tiêu"
    assert [message.id for message in fresh.obsolete.values()] == ["No text of ours any more"]
    assert not texts.updated(collected, known, "vi", tidy=True).obsolete
    back = Catalog()
    back.add("No text of ours any more")
    assert texts.updated(back, fresh, "vi", tidy=True)["No text of ours any more"].string == "Không còn"
