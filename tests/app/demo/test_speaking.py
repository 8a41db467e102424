"""The sample company in other languages: the same figures, other words."""

from datetime import date

import pyarrow as pa
import pytest

from tallymark.demo.places import PLACES, company_name
from tallymark.demo.sample import Basis, make_sample
from tallymark.demo.speaking import DOMAIN, Speaker, spoken
from tallymark_sdk.texts import LANGUAGES, places


@pytest.fixture(scope="module")
def tables():
    return make_sample(Basis(today=date(2026, 11, 22))).tables


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_words_differ_never_numbers_codes_or_the_order_of_rows(tables, language):
    said = spoken(tables, language)
    assert said.keys() == tables.keys()
    for name, table in tables.items():
        assert said[name].schema == table.schema
        for field in table.schema:
            if (
                not pa.types.is_string(field.type)
                or field.name in ("id", "currency", "country")
                or field.name.endswith("_id")
            ):
                assert said[name].column(field.name).equals(table.column(field.name)), (name, field.name)


def test_members_that_were_different_stay_different(tables):
    for language in LANGUAGES:
        said = spoken(tables, language)
        for dataset, column in (("reps", "name"), ("teams", "name"), ("regions", "name"), ("products", "name"),
                                ("stages", "name"), ("opportunities", "loss_reason"), ("orders", "source")):  # fmt: skip
            before, after = (set(each[dataset].column(column).to_pylist()) for each in (tables, said))
            assert len(before) == len(after), (language, dataset, column)


def test_what_a_persian_scorecard_shows_of_the_data_has_no_latin_letter_or_digit(tables):
    said = spoken(tables, "fa")
    for dataset, column in (("reps", "name"), ("regions", "name"), ("products", "name"), ("products", "product_group"),
                            ("stages", "name"), ("opportunities", "loss_reason"), ("accounts", "name")):  # fmt: skip
        texts = {text for text in said[dataset].column(column).to_pylist() if text}
        assert not [text for text in texts if any(char.isascii() and char.isalnum() for char in text)]


@pytest.mark.parametrize(
    ("locale", "person", "company"),
    [
        ("en", "Sofia Castell", "Amber Clinics"),
        ("vi", "Lê Sương", "Phòng khám Hổ Phách"),
        ("fa", "سوفیا کریمی", "درمانگاه کهربا"),
        ("zh-Hant", "柯思菲", "琥珀診所"),
    ],
)
def test_names_are_put_together_as_the_language_does(locale, person, company):
    says = Speaker(locale)
    assert (says.say("Sofia Castell"), says.say("Amber Clinics")) == (person, company)
    assert says.say("A name nobody invented") == "A name nobody invented"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_has_a_translation_with_its_places(language):
    words = {lang: DOMAIN.read(lang) for lang in LANGUAGES}
    assert words[language].keys() == words["fa"].keys()
    assert [text for text, said in words[language].items() if not said or places(text) != places(said)] == []


def test_each_language_has_a_place_and_a_company_of_its_own():
    assert len({company_name(tag) for tag in PLACES}) == len(PLACES) == 4
    assert (PLACES["fa"].calendar, PLACES["fa"].money_display) == ("jalali", "toman")


@pytest.mark.parametrize("locale", sorted(PLACES))
def test_every_places_amounts_fit_what_is_stored(locale):
    place = PLACES[locale]
    basis = Basis(
        today=date(2026, 11, 22), currency=place.currency, timezone=place.timezone, calendar=place.calendar
    )
    assert make_sample(basis).tables["orders"].num_rows == 3000
