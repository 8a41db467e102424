"""A scorecard in its reader's language: formulas, reasons and amounts."""

from datetime import date

import pyarrow as pa
import pytest

from tallymark.i18n import catalogue
from tallymark.i18n.isolation import bare
from tallymark.lake import Lake
from tallymark.scorecards.document import Document
from tallymark.scorecards.gather import gather
from tallymark.scorecards.produce import produce
from tallymark.scorecards.render.page import render_page
from tallymark.scorecards.starter import ensure_starter_set
from tallymark_sdk.model import dataset

JUNE = date(2026, 6, 1)
WON = {"source_id": "crm", "status": "won", "closed_at": 1_781_000_000_000_000}


@pytest.fixture
def made(database, settings, make_tenant):
    """June's scorecard of a company with a deal in rial, one in toman, and one in a currency without a rate."""

    def make(locale: str, money_display: str = "") -> Document:
        tenant = make_tenant(name="Acme", currency="IRR", money_display=money_display)
        rows = [
            WON | {"id": "1", "amount": 2_000_000_000},
            WON | {"id": "2", "amount": 50_000_000, "currency": "IRT"},
            WON | {"id": "3", "amount": 7, "currency": "USD"},
        ]
        lake = Lake(settings.lake_dir)
        batch = pa.RecordBatch.from_pylist(rows, dataset("opportunities").import_schema)
        with database.tenant(tenant.id) as session:
            lake.land(session, tenant, "opportunities", [batch])
            basis = gather(session, lake, ensure_starter_set(session), grain="month", day=JUNE)
        return produce(basis, lake, title="Sales", locale=locale)

    return make


def passport(document: Document, key: str):
    (appendix,) = [section for section in document.sections if section.kind == "appendix"]
    return next(each for each in appendix.passports if each.metric == key)


def test_a_persian_reader_gets_words_reasons_and_toman(made):
    document = made("fa", "toman")
    bookings = passport(document, "revenue.bookings")
    assert bookings.formula == ("مجموع مبلغ در فرصت‌ها به شرط آنکه وضعیت «برده» باشد، بر اساس تاریخ بسته شدن")
    assert bare(bookings.value.text) == "۲۵۰\N{NO-BREAK SPACE}میلیون\N{NO-BREAK SPACE}تومان"
    assert [(each.reason, bare(each.rows.text)) for each in bookings.left_out] == [("بدون نرخ ارز", "۱")]
    assert passport(document, "revenue.revenue").reason == "متصل نیست: اقلام سفارش"
    assert "تومان" in str(render_page(document, texts=catalogue("fa")))


@pytest.mark.parametrize(
    ("locale", "reason"),
    [
        ("vi", "chưa kết nối: dòng đơn hàng"),
        ("zh-Hant", "尚未連接：訂單明細"),
        ("en", "not connected: order lines"),
    ],
)
def test_other_readers_get_theirs(made, locale, reason):
    assert passport(made(locale), "revenue.revenue").reason == reason
