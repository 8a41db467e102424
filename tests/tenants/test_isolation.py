"""What each role can see and do, tried out on rows of two tenants."""

from uuid import uuid4

import pytest
from sqlalchemy import func, insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from tallymark_tenants import models
from tallymark_tenants.accounts import audit, sign_up
from tallymark_tenants.db import Database, Refusal
from tallymark_tenants.models import (
    AuditEntry,
    Base,
    Connection,
    Dataset,
    Kpi,
    KpiSet,
    Membership,
    Outbox,
    Run,
    Snapshot,
    Tenant,
    User,
    UserSession,
)


def a_run(**columns):
    return Run(**({"kind": "scorecard", "key": uuid4().hex, "input_version": "1"} | columns))


def test_a_tenant_sees_only_its_own_rows_in_every_table(database, make_tenant):
    mine, other = make_tenant(), make_tenant()
    with database.tenant(other.id) as session:
        kpi_set = KpiSet(name="Sales")
        session.add_all([kpi_set, a_run(), Connection(kind="csv", name="Deals")])
        session.flush()
        session.add(Kpi(kpi_set_id=kpi_set.id, metric_key="revenue.bookings"))
    with database.tenant(mine.id) as session:
        for table in ("kpi_sets", "kpis", "runs", "connections"):
            assert session.scalar(text(f"select count(*) from {table}")) == 0
        assert session.scalars(select(Tenant.id)).all() == [mine.id]
    with database.tenant(other.id) as session:
        assert session.scalar(select(func.count()).select_from(Kpi)) == 1


def test_another_tenants_rows_cannot_be_written(database, make_tenant):
    mine, other = make_tenant(), make_tenant()
    with database.tenant(other.id) as session:
        session.add(KpiSet(name="Sales"))
    with pytest.raises(ProgrammingError, match="row-level security"), database.tenant(mine.id) as session:
        session.add(KpiSet(name="Sales", tenant_id=other.id))
    with database.tenant(mine.id) as session:
        assert session.execute(update(KpiSet).values(name="Stolen")).rowcount == 0
        session.add(KpiSet(name="Mine"))
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        database.tenant(mine.id) as session,
    ):
        session.execute(update(KpiSet).values(tenant_id=other.id))


def test_a_row_cannot_point_at_another_tenants_row(database, make_tenant):
    mine, other = make_tenant(), make_tenant()
    with database.tenant(other.id) as session:
        foreign = KpiSet(name="Sales")
        session.add(foreign)
    with pytest.raises(IntegrityError, match="foreign key"), database.tenant(mine.id) as session:
        session.add(Kpi(kpi_set_id=foreign.id, metric_key="revenue.bookings"))


def test_a_session_without_a_tenant_sees_nothing_and_writes_nothing(database, tenant):
    with database.tenant(tenant.id) as session:
        session.add(a_run())
        session.add(KpiSet(name="Sales"))
    with Session(database._engine("app")) as session:
        for table in inspect(session.connection()).get_table_names():
            readable = session.scalar(text("select has_any_column_privilege(:t, 'SELECT')"), {"t": table})
            if readable and table != "alembic_version":
                assert session.scalar(text(f"select count(*) from (select 1 from {table}) as rows")) == 0, (
                    table
                )
        with pytest.raises(DBAPIError, match=r"null value|row-level security"):
            session.execute(insert(KpiSet).values(name="Sales"))


def test_the_owner_too_sees_nothing_without_a_tenant(database, tenant):
    with database.tenant(tenant.id) as session:
        session.add(KpiSet(name="Sales"))
    with database.owner() as session:
        assert session.scalar(select(func.count()).select_from(KpiSet)) == 0
        session.execute(text("select set_config('app.tenant', :t, true)"), {"t": str(tenant.id)})
        assert session.scalar(select(func.count()).select_from(KpiSet)) == 1


def test_the_tenant_does_not_stay_on_a_pooled_connection(settings, tenant):
    database = Database(settings.urls)  # of its own, so that its pool has one connection
    with database.tenant(tenant.id) as session:
        connection = session.scalar(text("select pg_backend_pid()"))
    with Session(database._engine("app")) as session:
        assert session.scalar(text("select pg_backend_pid()")) == connection
        assert session.scalar(text("select current_setting('app.tenant', true)")) in (None, "")
    database.close()


def test_the_tenant_is_named_again_after_a_commit(database, tenant):
    with database.tenant(tenant.id) as session:
        session.add(KpiSet(name="One"))
        session.commit()
        session.add(KpiSet(name="Two"))
        session.flush()
        assert session.scalar(select(func.count()).select_from(KpiSet)) == 2


def test_the_app_sees_its_members_but_not_their_passwords_or_sessions(database, tenant):
    with database.auth() as session:
        colleague, stranger = (
            User(email=f"{uuid4().hex}@example.com", name=name, password_hash="x") for name in ("Ann", "Bob")
        )
        session.add_all([colleague, stranger])
        session.flush()
        session.add(Membership(tenant_id=tenant.id, user_id=colleague.id, role="viewer"))
    with database.tenant(tenant.id) as session:
        assert [user.name for user in session.scalars(select(User))] == ["Ann"]
    for forbidden in (
        select(User.password_hash),
        select(UserSession.id),
        update(Membership).values(role="owner"),
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            database.tenant(tenant.id) as session,
        ):
            session.execute(forbidden)


def test_the_dispatcher_sees_runs_of_all_tenants_and_no_data(database, make_tenant):
    first, second = make_tenant(), make_tenant()
    for profile in (first, second):
        with database.tenant(profile.id) as session:
            run = a_run()
            session.add(run)
            session.flush()
            session.add(Outbox(run_id=run.id))
    with database.dispatcher() as session:
        for model in (Run, Outbox):
            assert {first.id, second.id} <= set(session.scalars(select(model.tenant_id)))
        assert session.get(Tenant, first.id).timezone == "UTC"
    with pytest.raises(ProgrammingError, match="permission denied"), database.dispatcher() as session:
        session.scalar(select(KpiSet.id))


def test_the_auth_role_reads_no_business_data(database):
    for model in (Run, KpiSet, Snapshot, Dataset, Connection):
        with pytest.raises(ProgrammingError, match="permission denied"), database.auth() as session:
            session.scalar(select(model.id))


def test_the_audit_trail_only_grows(database, tenant):
    actor = uuid4()
    with database.tenant(tenant.id, actor=actor) as session:
        audit(session, "kpi set changed", object_kind="kpi_set", object_id=uuid4(), name="Sales")
    with database.tenant(tenant.id) as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.user_id, entry.tenant_id, entry.detail) == (actor, tenant.id, {"name": "Sales"})
    for statement in ("update audit set action = 'x'", "delete from audit", "truncate audit"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            database.tenant(tenant.id) as session,
        ):
            session.execute(text(statement))
        with database.owner() as session:
            session.execute(text("select set_config('app.tenant', :t, true)"), {"t": str(tenant.id)})
            with pytest.raises(ProgrammingError, match="its rows stay as written"):
                session.execute(text(statement))


def test_a_snapshot_is_never_changed_but_ages(database, tenant):
    with database.tenant(tenant.id) as session:
        snapshot = Snapshot(dataset="opportunities", files=["a.parquet"], row_count=1, schema_version="1.0.0")
        session.add(snapshot)
    with pytest.raises(ProgrammingError, match="permission denied"), database.tenant(tenant.id) as session:
        session.execute(update(Snapshot).values(row_count=2))
    with database.tenant(tenant.id) as session:
        session.delete(session.get(Snapshot, (tenant.id, snapshot.id)))
    with database.tenant(tenant.id) as session:
        assert session.scalars(select(Snapshot.id)).all() == []


def test_a_current_snapshot_does_not_age(database, tenant):
    with database.tenant(tenant.id) as session:
        snapshot = Snapshot(dataset="opportunities", files=[], row_count=0, schema_version="1.0.0")
        session.add(snapshot)
        session.flush()
        session.add(Dataset(name="opportunities", current_snapshot_id=snapshot.id))
    with pytest.raises(IntegrityError, match="datasets"), database.tenant(tenant.id) as session:
        session.delete(session.get(Snapshot, (tenant.id, snapshot.id)))


def test_a_refusal_keeps_what_was_written_and_any_other_error_does_not(database, tenant):
    def write(name, error):
        with database.tenant(tenant.id) as session:
            session.add(KpiSet(name=name))
            session.flush()
            raise error

    for name, error in (("Kept", Refusal), ("Lost", ZeroDivisionError)):
        with pytest.raises(error):
            write(name, error)
    with database.tenant(tenant.id) as session:
        assert session.scalars(select(KpiSet.name)).all() == ["Kept"]


def test_every_model_is_exported():
    mapped = {mapper.class_.__name__ for mapper in Base.registry.mappers}
    assert mapped <= set(models.__all__)


def test_signing_up_needs_no_tenant(database):
    with database.auth() as session:
        made = sign_up(
            session, company="Acme", email=f"{uuid4().hex}@example.com", password="long enough 1", name="Ann"
        )
    with database.tenant(made.profile.id) as session:
        assert session.scalars(select(Membership.role)).all() == ["owner"]
