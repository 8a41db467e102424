"""Formulas and reasons in words, in four languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import ibis
import pytest

from tallymark_sdk import (
    Derived,
    Flow,
    InvalidMetric,
    Metric,
    Parameter,
    PerPeriod,
    Ratio,
    Stock,
    View,
    _,
    metric_value,
    monthly,
    previous,
    rolling,
    share,
    target,
    year_before,
)
from tallymark_sdk.binding import bind
from tallymark_sdk.formula import Function, Number, Operand, PeriodDays, Total
from tallymark_sdk.reasons import reason_in_words
from tallymark_sdk.text import in_words, metric_in_words
from tallymark_sdk.texts import LANGUAGES, SDK, places, translator
from tallymark_sdk.vocabulary import messages

NAMES = {"revenue.revenue": {"vi": "Doanh thu", "fa": "درآمد", "zh_Hant": "營收", "en": "Revenue"}}
WON = Flow("opportunities", on="closed_on", value=_.amount_base.sum(where=_.status == "won"))
REVENUE = metric_value("revenue.revenue")


def said(operand: Operand, language: str = "en") -> str:
    return in_words(operand, translator(SDK, language), lambda key: NAMES[key][language])


def where(condition: Any, dataset: str = "opportunities", on: str = "closed_on", language: str = "en") -> str:
    """The words of a condition alone."""
    words = said(Flow(dataset, on=on, value=_.count(), where=condition), language)
    return words.partition(" where ")[2].partition(", by the day")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_kit_is_translated_with_the_same_places(language: str) -> None:
    there = SDK.read(language)
    assert set(there) == messages()
    assert {text for text, said in there.items() if places(text) != places(said)} == set()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "sum of amount over opportunities where status is won, by the day “closed on”"),
        ("vi", "tổng giá trị của cơ hội với điều kiện trạng thái là thắng, tính theo ngày đóng"),
        ("fa", "مجموع مبلغ در فرصت‌ها به شرط آنکه وضعیت «برده» باشد، بر اساس تاریخ بسته شدن"),
        ("zh_Hant", "商機：金額合計（條件：狀態為成交），依結案日計入"),
    ],
)
def test_a_formula_reads_in_each_language(language: str, words: str) -> None:
    assert said(WON, language) == words


@pytest.mark.parametrize(
    ("operand", "english", "chinese"),
    [
        (Ratio(REVENUE - previous(REVENUE), previous(REVENUE)),
         "(Revenue − (Revenue, the period before)) ÷ (Revenue, the period before)",
         "（營收−（前一期的營收））÷（前一期的營收）"),
        (year_before(REVENUE), "Revenue, a year before", "去年同期的營收"),
        (rolling(REVENUE, 3), "Revenue, added up over 3 periods up to this one", "營收至本期為止 3 期的合計"),
        (monthly(REVENUE), "Revenue, added up over the months of the period", "營收於本期各月的合計"),
        (previous(Ratio(REVENUE, Number(2))),
         "(Revenue ÷ 2), the period before", "前一期的（營收÷2）"),
        (share(REVENUE), "Revenue ÷ (Revenue, of all members)", "營收÷（全體的營收）"),
        (Derived(REVENUE / PeriodDays()), "Revenue ÷ days of the period", "營收÷本期天數"),
        (Ratio(REVENUE, target("revenue.revenue")), "Revenue ÷ target of Revenue", "營收÷營收的目標"),
        (Function("if", (Function(">", (REVENUE, Number(5))), REVENUE, Number(0))),
         "Revenue if (Revenue is above 5), else 0", "若（營收大於 5）則營收，否則 0"),
        (Function("max", (REVENUE, Number(1), Total(REVENUE))),
         "the largest of Revenue, 1, (Revenue, of all members)", "營收、1、（全體的營收）中的最大值"),
        (Function("round", (REVENUE, Number(2))),
         "Revenue, rounded to 2 decimals", "營收（取至小數 2 位）"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
def test_every_kind_of_operand_has_words(operand: Operand, english: str, chinese: str) -> None:
    assert said(operand) == english
    assert said(operand, "zh_Hant") == chinese


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("start", "at the period's start"),
        ("end", "at the period's end"),
        ("during", "on at least one day of the period"),
        ("both", "at the period's start and still at its end"),
    ],
)
def test_a_stock_says_when_its_rows_count(at: Any, words: str) -> None:
    def held(dataset: str, start: str, end: str) -> str:
        return said(Stock(dataset, start=start, end=end, at=at, value=_.id.count()))

    assert held("reps", "hired_on", "left_on") == f"number of reps, employed {words}"
    assert held("opportunities", "created_on", "closed_on") == f"number of opportunities, open {words}"
    assert held("subscriptions", "started_on", "ended_on") == f"number of subscriptions, valid {words}"


def test_a_stock_whose_rows_never_end_says_up_to_when() -> None:
    def moved(at: Any) -> str:
        return said(Stock("stock_movements", start="moved_on", end=None, at=at, value=_.quantity.sum()))

    summed = "sum of quantity over stock movements"
    assert moved("start") == moved("both") == f"{summed}, up to the period's start"
    assert moved("end") == moved("during") == f"{summed}, up to the period's end"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (_.amount_base.count(), "number of opportunities whose amount is known"),
        (_.account_id.nunique(), "number of different accounts in opportunities"),
        (_.id.nunique(), "number of opportunities"),
        (_.amount_base.median(), "median of amount over opportunities"),
        ((_.amount_base * _.probability).sum(), "sum of amount × probability over opportunities"),
        ((_.amount_base - _.recurring_amount_base).sum(), "sum of (amount − recurring amount) over opportunities"),
        (_.closed_on.delta(_.created_on, unit="day").max(),
         "largest days from created on to closed on of opportunities"),
    ],
)  # fmt: skip
def test_a_reduction_says_what_it_takes(value: Any, words: str) -> None:
    assert said(Flow("opportunities", on="closed_on", value=value)) == f"{words}, by the day “closed on”"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (_.status.isin(["won", "lost"]), "status is won or lost"),
        (~_.status.isin(["won", "lost"]), "status is not won or lost"),
        ((_.status == "won") & (_.amount > 5) & (_.status == "won"), "status is won and amount is above 5"),
        ((_.status == "won") | (_.kind == "new") & (_.amount <= 0),
         "status is won or (kind is new and amount is at most 0)"),
        (~(_.closed_on < _.created_on), "closed on is not before created on"),
        (~(_.closed_on < _.created_on).fill_null(False), "closed on is not before created on, or unknown"),
        ((_.status != "won").fill_null(True), "status is not won, or unknown"),
        (_.amount.between(1, 5), "amount is from 1 to 5"),
        (_.competitor.notnull() & (_.competitor != ""), "competitor is known"),
        (~_.competitor.isnull(), "competitor is known"),
        (_.name.lower().contains("Demo day"), "name contains “Demo day”"),
        (_.closed_on <= _.created_on + ibis.interval(days=14), "closed on is not after 14 days after created on"),
        (_.closed_on < date(2026, 1, 2), "closed on is before 2026-01-02"),
        ((_.status == "won").cast("int64") + (_.kind == "new").cast("int64") >= 2,
         "(how many of these hold: status is won, kind is new) is at least 2"),
        (ibis.ifelse(_.kind == "new", _.amount, 0) > 1, "(amount if kind is new, else 0) is above 1"),
    ],
    ids=str,
)  # fmt: skip
def test_conditions_read_as_they_are_meant(condition: Any, words: str) -> None:
    assert where(condition) == words


def test_a_flag_is_its_own_condition() -> None:
    assert where(_.is_connected, "activities", "occurred_on") == "someone was reached"
    denied = where(_.is_connected == False, "activities", "occurred_on")  # noqa: E712  deferred
    assert denied == "it isn't so that someone was reached"


def test_a_views_column_has_the_words_that_the_view_gives_it() -> None:
    read = {"status": "opportunities.status", "amount": "opportunities.amount"}
    words = {"status": "how it stands", "amount": "its worth"}
    made = View(name="worth", grain="opportunities", requires=(), columns=read, words=words,
                build=lambda tables: tables["opportunities"])  # fmt: skip
    formula = PerPeriod(made, value=_.amount.sum(where=_.status == "won"))
    assert said(formula) == "sum of its worth over opportunities where how it stands is won"
    beside = Ratio(formula, Flow("opportunities", on="closed_on", value=_.amount.sum()))
    assert said(beside).endswith("÷ (sum of amount over opportunities, by the day “closed on”)")
    with pytest.raises(InvalidMetric, match="has words for amout, which isn't its column"):
        replace(made, words={"amout": "its worth"})


def test_chinese_is_set_apart_from_letters_and_digits_but_a_quoted_text_stays() -> None:
    counted = Flow(
        "subscriptions", on="started_on", value=_.mrr.sum(), where=(_.mrr > 5) & (_.plan == "企業A")
    )
    assert said(counted, "zh_Hant") == "訂閱：MRR 合計（條件：MRR 大於 5 且方案為「企業A」），依開始日計入"


def test_parameters_read_as_the_values_they_have() -> None:
    days = Parameter(name="days", description="Days within which it counts.", default=14)
    limit = Parameter(name="within", description="At most so many days.", default=None)
    span = _.closed_on.delta(_.created_on, unit="day")
    formula = Flow(
        "opportunities", on="closed_on", value=_.count(),
        where=(span <= days.value) & ((span <= limit.value) | limit.value.isnull()),
    )  # fmt: skip
    metric = Metric(
        key="acme.x", name="X", description="X.", unit="count", better="higher", parameters=(days, limit),
        inputs=("opportunities.closed_on", "opportunities.created_on"), formula=formula,
    )  # fmt: skip
    span_words = "days from created on to closed on"
    assert f"where {span_words} is at most 14, by" in said(bind(metric, {}).formula)
    assert metric_in_words(metric).endswith("; with days = 14")
    set_to = bind(metric, {"days": 7, "within": 30})
    assert metric_in_words(set_to).endswith("; with days = 7, within = 30")
    assert metric_in_words(set_to, translator(SDK, "fa")).endswith("؛ با تعداد روز = ۷، within = ۳۰")
    bound = said(set_to.formula)
    assert f"where {span_words} is at most 7 and {span_words} is at most 30, by" in bound


def test_persian_has_its_digits_and_keeps_foreign_letters_apart() -> None:
    words = said(
        Flow(
            "opportunities", on="closed_on", value=_.count(), where=(_.amount > 1500) & (_.name == "Acme X")
        ),
        "fa",
    )
    assert "۱۵۰۰" in words
    assert "«\u2068Acme X\u2069»" in words
    assert not re.search("[A-Za-z0-9]", words.replace("Acme X", ""))


@pytest.mark.parametrize(
    ("reason", "vietnamese", "chinese"),
    [
        ("nothing to divide by", "không có gì để chia", "沒有可作為除數的資料"),
        ("not connected: order lines", "chưa kết nối: dòng đơn hàng", "尚未連接：訂單明細"),
        ("no date (closed on)", "không có ngày (ngày đóng)", "沒有日期（結案日）"),
        ("no amount", "không có giá trị", "沒有金額"),
        ("no exchange rate (in the period compared with)", "không có tỷ giá (trong kỳ so sánh)", "沒有匯率（比較期間）"),
        ("stopped after 10 seconds", "bị dừng sau 10 giây", "執行 10 秒後停止"),
        ("raised ValueError: no", "gây lỗi ValueError: no", "發生錯誤：ValueError: no"),
        ("no such luck", "no such luck", "no such luck"),
    ],
)  # fmt: skip
def test_reasons_are_put_into_words(reason: str, vietnamese: str, chinese: str) -> None:
    assert reason_in_words(reason, str) == reason
    assert reason_in_words(reason, translator(SDK, "vi")) == vietnamese
    assert reason_in_words(reason, translator(SDK, "zh-Hant")) == chinese
