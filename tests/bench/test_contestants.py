"""Everybody who can be asked here gives the same cells for a small tenant."""

from __future__ import annotations

import pytest
from bench.answers import Answers, compare
from bench.contestants import fused
from bench.contestants.compiled import Compiled
from bench.contestants.contestant import Contestant
from bench.contestants.fused import HandWritten
from bench.contestants.naive import Naive
from bench.contestants.postgres import NaiveOnPostgres, OnPostgres, load
from bench.contestants.tallymark import Tallymark
from bench.question import Question, of_keys

from tallymark.engine.session import TenantData
from tallymark.services import postgres
from tallymark.services.secrets_file import Secrets
from tallymark.settings import Settings

ASKED = of_keys(fused.KPIS, fused.BREAKDOWNS)
FEW = of_keys(
    ("revenue.bookings", "pipeline.open_pipeline", "conversion.cycle_length", "revenue.sales_growth"),
    ("rep", "region"),
)
"""For contestants that take long to get ready; the benchmarks themselves check them over the whole catalogue."""


def answers(contestant: Contestant) -> Answers:
    contestant.open()
    try:
        return contestant.read(contestant.ask())
    finally:
        contestant.close()


@pytest.fixture(scope="module")
def ours(small: TenantData) -> Answers:
    return answers(Tallymark(small, ASKED))


def assert_same(ours: Answers, theirs: Answers, asked: Question, **options: bool) -> None:
    told = compare(ours, theirs, asked, **options)
    assert told.different == ()
    assert told.same > 10_000


def test_at_least_thirty_five_kpis_are_written_by_hand() -> None:
    assert len(set(fused.KPIS)) >= 35


def test_hand_written_sql_agrees_with_the_engine(small: TenantData, ours: Answers) -> None:
    theirs = answers(HandWritten(small, ASKED))
    assert {place[0] for place in theirs} == set(fused.KPIS)
    assert_same(ours, theirs, ASKED)


@pytest.mark.parametrize("contestant", [Compiled, Naive])
def test_compiled_sql_agrees(small: TenantData, ours: Answers, contestant: type[Compiled]) -> None:
    told = compare(ours, answers(contestant(small, FEW)), FEW)
    assert told.different == ()
    assert told.same > 1_000


def test_postgresql_agrees(small: TenantData, ours: Answers, services: Settings) -> None:
    address = postgres.admin_url(Secrets.load(services.data_dir.resolve()))
    load(address, small, "bench_small")
    assert_same(ours, answers(OnPostgres(address, "bench_small", ASKED)), ASKED, cents=True)
    naive = answers(NaiveOnPostgres(address, "bench_small", FEW, small))
    assert compare(ours, naive, FEW, cents=True).different == ()


def test_a_sample_is_told_as_one(small: TenantData) -> None:
    sampled = Naive(small, FEW, sample=2)
    sampled.open()
    sampled.close()
    assert sampled.share == pytest.approx(FEW.breakdowns / 2)
