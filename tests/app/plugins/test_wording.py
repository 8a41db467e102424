"""The platform shows metrics in the reader's language: on the command line, on pages, in scorecards."""

from __future__ import annotations

import json
from datetime import date
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from click.testing import CliRunner

from tallymark.cli.metrics import metrics as metrics_command
from tallymark.engine import Cell
from tallymark.plugins.loader import load
from tallymark.plugins.registry import Registry, build
from tallymark.plugins.wording import Wording, in_every_language
from tallymark.scorecards.produce import worded
from tallymark_sdk.calendars import calendar

PACK = """
from tallymark_sdk import Derived, Flow, Metric, Part, _, hookimpl, metric_value

WON = Metric(
    key="acme.won", name="Deals won", description="Deals won in the period.", unit="count", better="higher",
    inputs=("opportunities.closed_on", "opportunities.status"),
    formula=Flow("opportunities", on="closed_on", value=_.count(where=_.status == "won"),
                 leave_out={"closed on a holiday": _.status == "lost"}),
)
TWICE = Metric(
    key="acme.twice", name="Twice", description="Twice the deals won.", unit="count", better="higher",
    inputs=("acme.won",), formula=Derived(metric_value("acme.won") * 2),
    parts={"once": Part(name="Once", unit="count", formula=Derived(metric_value("acme.won")))},
)

@hookimpl
def tallymark_metrics():
    return [WON, TWICE]
"""
FA = {"Deals won": "معاملات برده", "Once": "یک بار", "closed on a holiday": "بسته‌شده در تعطیلی"}
OCTOBER = calendar("gregorian").period("month", date(2026, 10, 1))


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    package = tmp_path / "acme_worded"
    folder = package / "locale" / "fa" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (package / "__init__.py").write_text(PACK)
    entries = "".join(f'msgid "{message}"\nmsgstr "{text}"\n\n' for message, text in FA.items())
    (folder / "acme.po").write_text(entries, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return build(load([EntryPoint("acme", "acme_worded", "tallymark.metrics")]))


def test_a_metric_has_its_packs_words(known: Registry) -> None:
    wording = Wording(known, "fa-IR")
    assert wording.name("acme.won") == "معاملات برده"
    assert wording.part("acme.twice", "once") == "یک بار"
    assert wording.formula("acme.twice") == "معاملات برده × ۲"
    assert wording.formula("acme.won").endswith("بدون احتساب: بسته‌شده در تعطیلی")
    assert in_every_language(known, "acme.won", "Deals won") == {
        "en": "Deals won", "vi": "Deals won", "fa": "معاملات برده", "zh-Hant": "Deals won",
    }  # fmt: skip


def test_an_untranslated_text_is_english_and_kept_apart_from_persian(known: Registry) -> None:
    assert Wording(known, "fa").name("acme.twice") == "\u2068Twice\u2069"
    assert Wording(known, "vi").description("acme.won") == "Deals won in the period."
    assert Wording(known, "de").name("acme.won") == "Deals won"


def test_the_reasons_of_a_cell_are_put_into_words(known: Registry) -> None:
    cell = Cell(
        metric="acme.won", part="value", period=OCTOBER, value=None, reason="not connected: opportunities",
        left_out={"closed on a holiday": 2, "no exchange rate": 1},
    )  # fmt: skip
    said = worded(cell, Wording(known, "fa"))
    assert said.reason == "متصل نیست: فرصت‌ها"
    assert said.left_out == {"بسته‌شده در تعطیلی": 2, "بدون نرخ ارز": 1}
    assert worded(cell, Wording(known, "en")) == cell


def test_the_list_has_every_language() -> None:
    done = CliRunner().invoke(metrics_command, ["list", "--json", "--language", "zh-Hant"])
    rows = {row["key"]: row for row in json.loads(done.stdout)}
    assert set(rows["revenue.bookings"]["names"]) == {"en", "vi", "fa", "zh-Hant"}
    assert set(rows["revenue.bookings"]["descriptions"]) == {"en", "vi", "fa", "zh-Hant"}
    assert rows["revenue.bookings"]["name"] == rows["revenue.bookings"]["names"]["en"] == "Sales bookings"
    assert rows["revenue.bookings"]["formula"] == "商機：金額合計（條件：狀態為成交），依結案日計入"


def test_a_language_without_texts_is_refused_with_those_there_are() -> None:
    done = CliRunner().invoke(metrics_command, ["list", "--language", "tlh"])
    assert done.exit_code != 0
    assert "choose en, vi, fa, zh-Hant" in done.output


def test_a_packs_folder_is_brought_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "pack" / "acme_updated").mkdir(parents=True)
    (tmp_path / "pack" / "acme_updated" / "__init__.py").write_text(PACK)
    (tmp_path / "pack" / "pyproject.toml").write_text(
        '[project]\nname = "acme"\n[project.entry-points."tallymark.metrics"]\nacme = "acme_updated"\n'
    )
    run = CliRunner().invoke
    missing = run(metrics_command, ["texts", str(tmp_path / "pack")])
    assert missing.exit_code == 1
    assert 'acme.won: name: "Deals won" has no translation (vi)' in missing.output
    assert run(metrics_command, ["texts", "--update", str(tmp_path / "pack")]).exit_code == 0
    written = (tmp_path / "pack/acme_updated/locale/zh_Hant/LC_MESSAGES/acme.po").read_text("utf-8")
    assert 'msgid "Once"\nmsgstr ""' in written
    unknown = run(metrics_command, ["texts", "revenu"])
    assert 'Did you mean "revenue"?' in unknown.output
