"""A pack's own texts: found, checked, and kept up to date."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tallymark_sdk import Flow, Metric, Parameter, Part, TallymarkError, _
from tallymark_sdk.catalogues import gaps, messages, update_catalogues
from tallymark_sdk.texts import LANGUAGES, Domain, is_language, language_of, translator

WON = Metric(
    key="acme.won", name="Deals won", description="Deals won within {days} days.", unit="count", better="higher",
    inputs=("opportunities.closed_on", "opportunities.status"),
    formula=Flow(
        "opportunities", on="closed_on", value=_.count(where=_.status == "won"),
        leave_out={"closed on a holiday": _.status == "lost"},
    ),
    parts={"big": Part(name="Big deals", unit="count",
                       formula=Flow("opportunities", on="closed_on", value=_.count(where=_.kind == "giant")))},
    parameters=(Parameter(name="days", description="How many days.", default=14),),
)  # fmt: skip
OWN = [
    "Deals won",
    "Deals won within {days} days.",
    "Big deals",
    "How many days.",
    "closed on a holiday",
    "giant",
]

MakePack = Callable[..., Domain]


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> MakePack:
    """A package of its own name, with the given catalogues (language → text of the file)."""
    name = f"acme_{abs(hash(request.node.name))}"

    def make(**catalogues: str) -> Domain:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        (tmp_path / name / "calls.py").write_text("")
        for language, text in catalogues.items():
            folder = tmp_path / name / "locale" / language / "LC_MESSAGES"
            folder.mkdir(parents=True)
            (folder / "acme.po").write_text(text, "utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, name, raising=False)
        return Domain.of(f"{name}.calls", "acme")

    return make


def entry(message: str, text: str, *flags: str) -> str:
    return "".join(f"#, {flag}\n" for flag in flags) + f'msgid "{message}"\nmsgstr "{text}"\n\n'


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en", "en"), ("vi", "vi"), ("vi_VN", "vi"), ("fa-IR", "fa"), ("zh-Hant", "zh_Hant"), ("zh_TW", "zh_Hant"),
        ("zh", "zh_Hant"), ("zh_HK", "zh_Hant"), ("zh_CN", "en"), ("zh-Hans", "en"), ("de", "en"), ("?", "en"), ("", "en"),
    ],
)  # fmt: skip
def test_each_reader_gets_a_language_that_has_texts(locale: str, language: str) -> None:
    assert language_of(locale) == language


def test_a_language_without_texts_is_told_from_english() -> None:
    assert is_language("en_GB")
    assert is_language("zh-TW")
    assert not is_language("de")


def test_a_text_is_translated_where_it_can_be(pack: MakePack) -> None:
    domain = pack(vi=entry("Deals won", "Giao dịch thắng") + entry("Big deals", ""))
    assert domain.text("Deals won", "vi_VN") == "Giao dịch thắng"
    assert domain.text("Big deals", "vi") == "Big deals"
    assert domain.text("Deals won", "fa") == domain.text("Deals won", "en") == "Deals won"


def test_a_translation_that_is_fuzzy_or_loses_a_place_is_not_shown(pack: MakePack) -> None:
    domain = pack(
        vi=entry("Deals won", "Sai", "fuzzy") + entry("Deals won within {days} days.", "Trong {ngay} ngày.")
    )
    assert domain.text("Deals won", "vi") == "Deals won"
    assert domain.text("Deals won within {days} days.", "vi") == "Deals won within {days} days."


def test_a_broken_catalogue_costs_its_translations_alone(pack: MakePack) -> None:
    domain = pack(vi="not a catalogue", fa=entry("Deals won", "معاملات برده"))
    assert domain.text("Deals won", "vi") == "Deals won"
    assert domain.text("Deals won", "fa") == "معاملات برده"
    assert "acme.po (vi) can't be read" in (domain.problem("vi") or "")
    with pytest.raises(TallymarkError, match="can't be read"):
        gaps([WON], domain)
    with pytest.raises(TallymarkError, match="can't be read"):
        update_catalogues([WON], domain)


def test_the_packs_words_come_before_the_kits(pack: MakePack) -> None:
    domain = pack(vi=entry("opportunities", "thương vụ"))
    translate = translator(domain, "vi")
    assert translate("opportunities") == "thương vụ"
    assert translate("orders") == "đơn hàng"


def test_a_pack_translates_what_the_kit_does_not_know() -> None:
    assert list(messages([WON])) == ["Deals won", "Deals won within {days} days.", "Big deals", "How many days.",
                                     "closed on a holiday", "giant"]  # fmt: skip
    assert messages([WON])["giant"] == ["acme.won: formula"]


def test_every_gap_is_named(pack: MakePack) -> None:
    domain = pack(vi="".join(entry(message, message) for message in OWN if message != "giant"))
    found = gaps([WON], domain)
    assert [str(gap) for gap in found if gap.language == "vi"] == [
        'acme.won: formula: "giant" has no translation (vi)'
    ]
    assert {gap.message for gap in found if gap.language == "fa"} == set(OWN)


def test_updating_adds_keeps_and_drops(pack: MakePack) -> None:
    domain = pack(vi=entry("Deals won", "Giao dịch thắng") + entry("Gone", "Đã bỏ"))
    first, *_others = update_catalogues([WON], domain)
    assert (first.language, first.texts, first.untranslated, first.dropped) == ("vi", 6, 5, ("Gone",))
    written = first.file.read_text("utf-8")
    assert 'msgid "Deals won"\nmsgstr "Giao dịch thắng"' in written
    assert 'msgid "giant"\nmsgstr ""' in written
    assert "Gone" not in written
    assert update_catalogues([WON], domain)[0].file.read_text("utf-8") == written
    assert {each.language for each in update_catalogues([WON], domain)} == set(LANGUAGES)


def test_a_text_of_two_metrics_stands_once(pack: MakePack) -> None:
    domain = pack(vi="")
    other = replace(WON, key="acme.other")
    assert messages([WON, other])["Deals won"] == ["acme.won: name", "acme.other: name"]
    assert update_catalogues([WON, other], domain)[0].texts == 6


def test_the_nearest_package_with_a_folder_of_texts_is_the_packs(pack: MakePack, tmp_path: Path) -> None:
    domain = pack(vi="")
    inner = tmp_path / domain.package / "inner"
    inner.mkdir()
    (inner / "__init__.py").write_text("")
    assert Domain.of(f"{domain.package}.inner", "acme").package == domain.package


def test_a_lone_module_has_nowhere_to_keep_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme_alone.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    domain = Domain.of("acme_alone", "acme")
    assert domain.text("Deals won", "vi") == "Deals won"
    with pytest.raises(
        TallymarkError, match="one lone module, which has no folder for translations; make it a package"
    ):
        update_catalogues([WON], domain)


def test_a_formula_that_cannot_be_worded_loses_no_translation(pack: MakePack) -> None:
    domain = pack(vi=entry("giant", "khổng lồ"))
    elsewhere = replace(WON, formula=Flow("acme_calls", on="started_on", value=_.count()))
    wrong = replace(WON, formula=Flow("opportunities", on="closed_on", value=_.amout.sum()))
    for metric, words in ((elsewhere, "acme_calls.*isn't installed"), (wrong, "can't be put into words yet")):
        with pytest.raises(TallymarkError, match=words):
            update_catalogues([metric], domain)
    assert domain.read("vi") == {"giant": "khổng lồ"}
