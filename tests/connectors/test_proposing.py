"""Proposals: header synonyms in four languages, held against what the columns hold."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tallymark_connectors.csv_xlsx import guess_dataset, propose, questions, sniff, with_currency
from tallymark_connectors.csv_xlsx.words import all_choice_sections, all_sections
from tallymark_sdk.model import DATASETS

Write = Callable[..., Path]


@pytest.mark.parametrize(
    "text",
    [
        "Opportunity ID,Deal Name,Account Name,Sales Agent,Deal Stage,Amount,Close Date\n1,Big,ACME,Ann,Closed Won,12.5,2017-01-25\n2,Small,ACME,Bob,Prospecting,2.5,2017-01-26\n",
        "Mã cơ hội;Tên cơ hội;Khách hàng;Nhân viên kinh doanh;Giai đoạn;Giá trị;Ngày chốt\n1;Lớn;ACME;Ánh;Thắng;1,5 tỷ;25/01/2017\n2;Nhỏ;ACME;Bình;Gặp;2,5 triệu;26/01/2017\n",
        "شناسه فرصت,نام فرصت,مشتری,کارشناس فروش,مرحله,مبلغ,تاریخ بستن\n1,بزرگ,فولاد,آرش,برنده,۱۲٫۵,۱۴۰۵/۰۷/۰۱\n2,کوچک,فولاد,بابک,مذاکره,۲٫۵,۱۴۰۵/۰۷/۰۲\n",
        "商機編號,商機名稱,客戶,業務,階段,金額,成交日期\n1,大,台積電,安,成交,12.5,民國115年7月1日\n2,小,台積電,波,洽談,2.5,民國115年7月2日\n",
    ],
    ids=["English", "Vietnamese", "Persian", "Chinese"],
)
def test_proposes_in_four_languages(csv_file: Write, import_all: Callable[..., Any], text: str) -> None:
    path = csv_file(text)
    sniffed = sniff(path)
    assert guess_dataset(sniffed)[0].dataset == "opportunities"
    mapping = propose(sniffed, "opportunities")
    wanted = {"id", "name", "account_id", "rep_id", "stage_id", "status", "amount", "closed_at"}
    assert wanted == set(mapping.columns)
    assert mapping.columns["status"].suggested
    rows, rejected, _ = import_all(path, mapping)
    assert not rejected
    assert [row["status"] for row in rows] == ["won", "open"]


def test_writes_what_was_proven_and_asks_for_the_rest(csv_file: Write) -> None:
    sniffed = sniff(
        csv_file("Id,Amount,Status,Close Date\n1,5,won,25/03/2017\n2,6,Maybe,01/02/2017\n3,1,lost,\n")
    )
    mapping = propose(sniffed, "opportunities")
    assert mapping.columns["closed_at"].date_order == "dmy"
    ambiguous = sniff(
        csv_file("Id,Close Date,Status\n1,01/02/2017,won\n2,01/03/2017,Hm\n3,01/04/2017,lost\n")
    )
    found = questions(ambiguous, propose(ambiguous, "opportunities"))
    assert {question.setting for question in found} == {"date_order", "values"}
    unmapped = replace(propose(ambiguous, "opportunities").columns["status"], values={}, suggested=False)
    mapping = replace(
        propose(ambiguous, "opportunities"),
        columns={**propose(ambiguous, "opportunities").columns, "status": unmapped},
    )
    assert ("Hm",) in {question.values for question in questions(ambiguous, mapping)}


def test_a_created_date_fills_both_the_opening_and_the_creation(
    csv_file: Write, import_all: Callable[..., Any]
) -> None:
    text = "Opportunity ID,Opportunity Name,Amount,Created Date,Close Date,Stage\n"
    path = csv_file(
        text + "1,Big,12.5,2017-01-25,2017-02-25,Closed Won\n2,Small,2.5,2017-01-26,,Prospecting\n"
    )
    mapping = propose(sniff(path), "opportunities")
    assert mapping.columns["opened_at"].sources == mapping.columns["created_at"].sources == ("Created Date",)
    rows, _, _ = import_all(path, mapping)
    assert [row["created_at"].day for row in rows] == [25, 26]
    other = csv_file("Id,Engage Date,Amount\n1,2017-01-25,5\n2,2017-01-26,6\n")
    assert "created_at" not in propose(sniff(other), "opportunities").columns


def test_a_mark_that_the_currency_explains_is_no_question(csv_file: Write) -> None:
    sniffed = sniff(csv_file('Id,Name,Amount\n1,a,"$500,000"\n2,b,"$1,200"\n'))
    mapping = propose(sniffed, "opportunities")
    assert [question.setting for question in questions(sniffed, mapping)] == ["decimal"]
    assert [question.setting for question in questions(sniffed, mapping, "BHD")] == ["decimal"]
    assert questions(sniffed, mapping, "USD") == ()
    numbers = with_currency(sniffed, mapping, "USD").column("Amount").numbers
    assert numbers is not None
    assert numbers.proof == (
        "amounts in USD have at most two decimals, so the comma in $500,000 on line 2 groups thousands"
    )


def test_takes_the_line_number_where_nothing_is_an_id(csv_file: Write) -> None:
    sniffed = sniff(csv_file("month,channel,spend\n2023-01,ads,5\n2023-01,mail,6\n"))
    assert guess_dataset(sniffed)[0].dataset == "costs"
    assert propose(sniffed, "costs").columns["id"].line


def test_every_synonym_belongs_to_a_column_and_every_word_to_a_choice() -> None:
    common = {column.name for model in DATASETS.values() for column in model.import_columns}
    for section, columns in all_sections().items():
        known = common if section == "common" else {c.name for c in DATASETS[section].import_columns}
        assert set(columns) <= known, section
    for section, columns in all_choice_sections().items():
        for name, words in columns.items():
            assert set(words) <= set(DATASETS[section].column(name).choices), (section, name)
