"""Editions verify after whatever happens later, and notice whatever was changed in them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from ibis import _
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError

from tallymark.calendars import tenant as tenant_calendars
from tallymark.explain import Question, explain
from tallymark.plugins import own
from tallymark.plugins.loader import Pack
from tallymark.plugins.registry import Registry, registry
from tallymark.scorecards.seal import basis as sealed_basis
from tallymark.scorecards.seal import verifying
from tallymark.scorecards.seal.findings import Verdict
from tallymark.scorecards.seal.sealing import seal_of
from tallymark_sdk import Flow
from tallymark_sdk.calendars.workdays import Holiday
from tallymark_tenants.accounts.company import change_company
from tallymark_tenants.branding import Branding
from tallymark_tenants.models import Edition, Kpi, Scorecard, Target
from tallymark_tenants.models import Snapshot as SnapshotRow

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
BOOKINGS = "revenue.bookings"


def holds(company, edition_id):
    found = company.verified(edition_id)
    assert (found.problems, found.differences, found.changes) == ((), (), ())
    assert found.verdict is Verdict.VERIFIED
    assert found.composed_alike is True
    assert found.equal == found.figures > 40
    return found


@pytest.mark.parametrize("locale", ["en", "fa"])
def test_it_holds_after_syncs_deletes_and_changed_settings(company, database, deal, locale):
    with company.database.tenant(company.profile.id) as session:
        session.add(Target(metric_key=BOOKINGS, period_start=SEPTEMBER, period_end=OCTOBER, value=700))
    made = company.edition(SEPTEMBER, locale=locale)
    company.land("opportunities", [deal("1", "1.10"), deal("9", "77")], replace=True)
    company.land(
        "calendar_days", [{"id": "1", "on": date(2026, 9, 9), "holiday": "Founders", "is_workday": False}]
    )
    with company.database.tenant(company.profile.id) as session:
        session.execute(update(Target).values(value=900))
        session.execute(
            update(Kpi).where(Kpi.metric_key == BOOKINGS).values(weight=5, section="Else", position=7)
        )
        session.get_one(Scorecard, (company.profile.id, company.scorecard_id)).name = "Called otherwise"
        session.get_one(Scorecard, (company.profile.id, company.scorecard_id)).layout = {"paper": "letter"}
    with database.auth() as session:
        change_company(session, company.profile.id, calendar="jalali", timezone="Asia/Tehran", name="Renamed")
    assert holds(company, made).notes == ()


def test_a_running_period_holds_days_later(company, monkeypatch):
    made = company.edition(NOVEMBER)
    assert company.stored(made).basis["calendar"]["as_of"].startswith("20")

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2031, 1, 5, tzinfo=UTC) if tz else datetime(2031, 1, 5)  # noqa: DTZ001

    monkeypatch.setattr("tallymark.scorecards.gather.datetime", Later)
    assert holds(company, made).notes == ()


def test_its_looks_are_sealed_with_it(company):
    look = Branding(
        primary_colour="#123456", deep_colour="#012345", agency_line="Bright Ltd", label="Confidential"
    )
    made = company.edition(SEPTEMBER, branding=look)
    assert company.stored(made).document["cover"]["label"] == "Confidential"
    holds(company, made)


def test_public_holidays_that_the_library_corrects_change_nothing(company, database, monkeypatch):
    with database.auth() as session:
        change_company(session, company.profile.id, country="VN")
    made = company.edition(NOVEMBER)
    monkeypatch.setattr(
        tenant_calendars, "public_holidays", lambda _country: (Holiday(on=date(2026, 11, 3)),)
    )
    holds(company, made)


@pytest.fixture
def second_version(monkeypatch):
    """The pack of bookings as version 2: lost deals count, too."""
    known = registry()
    metric = known[BOOKINGS]
    formula = metric.formula
    assert isinstance(formula, Flow)
    changed = replace(
        metric,
        version=2,
        name="Bookings, and lost ones",
        formula=replace(formula, value=_.amount_base.sum(where=_.status.isin(["won", "lost"])), where=None),
    )

    def install():
        pack = replace(known.pack_of(BOOKINGS), version="9.9.9", metrics=(changed,))
        newer: Registry = known.laid_over(
            [Pack(**{name: getattr(pack, name) for name in pack.__dataclass_fields__})]
        )
        for module in (own, sealed_basis):
            monkeypatch.setattr(module, "registry", lambda: newer)
        monkeypatch.setattr("tallymark.scorecards.produce.registry", lambda: newer)

    return install


def test_a_new_version_of_a_metric_is_computed_as_it_was_sealed(company, second_version):
    made = company.edition(SEPTEMBER)
    second_version()
    found = holds(company, made)
    assert found.by_sealed_definition > 10
    (note,) = [str(note) for note in found.notes if BOOKINGS in str(note)]
    assert note.startswith(
        "revenue.bookings is version 2 (tallymark-metrics 9.9.9) now and was sealed with version 1 ("
    )


def test_a_new_version_is_named_as_the_cause_of_what_it_changes(company, second_version):
    company.edition(SEPTEMBER)
    second_version()
    october = company.edition(OCTOBER)
    (row,) = [row for row in company.restated(october) if row["metric"] == BOOKINGS]
    assert (row["was"]["exact"], row["now"]["exact"]) == ("690.1", "760.1")
    ((text, change),) = [(cause["text"], cause["change"]["exact"]) for cause in row["causes"]]
    assert text.startswith("Changed definition: version 1 (tallymark-metrics ")
    assert text.endswith("version 2 (tallymark-metrics 9.9.9) now")
    assert change == "70"
    assert holds(company, october)


def test_a_metric_that_is_gone_is_computed_by_its_sealed_definition(company, monkeypatch):
    made = company.edition(SEPTEMBER)
    known = registry()
    fewer = Registry(
        metrics={key: metric for key, metric in known.metrics.items() if key != BOOKINGS}, packs=known.packs
    )
    monkeypatch.setattr(sealed_basis, "registry", lambda: fewer)
    assert any("isn't installed any more" in str(note) for note in holds(company, made).notes)


def test_what_is_changed_in_it_is_noticed(company):
    made = company.stored(company.edition(SEPTEMBER))

    def checked(**changed):
        with company.database.tenant(company.profile.id) as session:
            for name, value in changed.items():
                setattr(made, name, value)
            return verifying.verify(
                session, company.lake, made, editions=company.settings.editions_dir, secret=company.secret
            )

    assert checked().verdict is Verdict.VERIFIED
    document, basis, seal = made.document, made.basis, made.seal
    forged = json.loads(json.dumps(document).replace("690.1", "990.1"))
    found = checked(document=forged)
    assert found.verdict is Verdict.TAMPERED
    assert "The seal doesn't fit" in str(found.problems[0])
    assert any(change.was == "990.1" and change.now == "690.1" for change in found.changes)
    figures = json.loads(json.dumps(basis).replace('"690.1"', '"990.1"'))
    found = checked(document=document, basis=figures)
    assert found.verdict is Verdict.TAMPERED
    assert {(each.was, each.now) for each in found.differences} == {("990.1", "690.1")}
    version, content, key, signature = seal.split(":")
    for wrong in (
        ":".join((version, content, key, signature[::-1])),
        "no seal",
        f"{version}:{content[::-1]}:{key}:{signature}",
    ):
        assert checked(basis=basis, seal=wrong).verdict is Verdict.TAMPERED, wrong
    assert checked(seal=seal, basis={"schema": 1}).verdict is Verdict.TAMPERED
    assert checked(basis=basis, scope={"dimension": "rep", "member": "an"}).verdict is Verdict.TAMPERED
    earlier = checked(scope={}, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert (earlier.verdict, [str(each) for each in earlier.problems]) == (
        Verdict.TAMPERED,
        ["The edition's time isn't the one that was sealed."],
    )
    found = checked(scope={}, snapshots={**made.snapshots, "reps": made.snapshots["opportunities"]})
    assert "list of snapshots" in str(found.problems[0])


def test_a_forger_with_the_database_but_without_the_secret_is_noticed(company):
    made = company.stored(company.edition(SEPTEMBER))
    made.document = json.loads(json.dumps(made.document).replace("690.1", "990.1"))
    made.seal = seal_of(made.basis, made.document, "a secret that the forger made up himself")
    with company.database.tenant(company.profile.id) as session:
        found = verifying.verify(
            session, company.lake, made, editions=company.settings.editions_dir, secret=company.secret
        )
    assert found.verdict is Verdict.DIFFERS
    assert "signed with another key" in str(found.notes[0])


def test_a_secret_that_was_replaced_is_told_from_forgery(company):
    found = company.verified(company.edition(SEPTEMBER), secret="another secret, after the old one leaked")
    assert found.verdict is Verdict.VERIFIED
    assert "signed with another key" in str(found.notes[0])


def test_another_pdf_is_noticed_and_a_lost_one_is_told(company):
    made = company.edition(SEPTEMBER)
    path = company.settings.editions_dir / company.stored(made).pdf_path
    path.write_bytes(b"%PDF-1.7 with other figures")
    assert company.verified(made).verdict is Verdict.TAMPERED
    path.unlink()
    found = company.verified(made)
    assert (found.verdict, found.equal) == (Verdict.PARTLY, found.figures)
    assert "restore it from a backup" in str(found.problems[0])


def test_other_bytes_in_a_snapshot_are_noticed_and_a_lost_file_is_told(company):
    made = company.edition(SEPTEMBER)
    with company.database.tenant(company.profile.id) as session:
        (file,) = company.lake.pinned(session)["reps"].files
    kept = file.read_bytes()
    file.chmod(0o640)
    file.write_bytes(kept + b"\0")
    assert any("other bytes" in str(problem) for problem in company.verified(made).problems)
    file.unlink()
    found = company.verified(made)
    assert found.verdict is Verdict.PARTLY
    assert found.not_computed == found.figures
    assert "file of the snapshot of reps is missing" in str(found.problems[0])


def test_its_snapshots_outlive_every_sweep(company, deal):
    made = company.edition(SEPTEMBER)
    for number in range(4):
        company.land("opportunities", [deal("1", f"10{number}")])
    for _again in range(2):
        with company.database.tenant(company.profile.id) as session:
            company.lake.sweep(session, older_than=timedelta(), keep=1)
    with company.database.tenant(company.profile.id) as session:
        left = session.scalars(select(SnapshotRow).where(SnapshotRow.dataset == "opportunities")).all()
    assert len(left) == 2
    holds(company, made)


@pytest.mark.parametrize("column", ["seal", "basis", "document", "snapshots", "scope", "created_at"])
def test_the_application_can_change_nothing_that_is_sealed(company, column):
    made = company.edition(SEPTEMBER)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        company.database.tenant(company.profile.id) as session,
    ):
        session.execute(
            update(Edition).where(Edition.id == made).values(**{column: getattr(Edition, column)})
        )


def test_an_edition_from_before_seals_says_so(company):
    made = company.stored(company.edition(SEPTEMBER))
    made.seal = None
    with company.database.tenant(company.profile.id) as session:
        found = verifying.verify(
            session, company.lake, made, editions=company.settings.editions_dir, secret=company.secret
        )
    assert found.verdict is Verdict.UNSEALED


def test_verifying_writes_nothing(company):
    made = company.edition(SEPTEMBER)
    with company.database.tenant(company.profile.id) as session:
        found = session.get_one(Edition, (company.profile.id, made))
        session.execute(text("set transaction read only"))
        verifying.verify(
            session, company.lake, found, editions=company.settings.editions_dir, secret=company.secret
        )


def test_its_figures_are_explained_by_the_definition_it_was_sealed_with(company, second_version):
    made = company.edition(SEPTEMBER)
    second_version()
    with company.database.tenant(company.profile.id) as session:
        told = explain(
            session, company.lake, company.profile, Question(metric=BOOKINGS, period="2026-09", edition=made)
        )
    assert told.cell.value == Decimal("690.1")
    assert told.metric.version == 1
