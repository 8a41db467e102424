"""The first schema"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _people()
    _data()
    _kpis()
    _work()


def downgrade() -> None:
    op.drop_constraint("fk_snapshots_tenant_id_sync_id", "snapshots")
    # Children before parents.
    for table in (
        *("schedules", "editions", "outbox", "runs", "scorecards", "targets", "kpis", "kpi_sets"),
        *("datasets", "syncs", "snapshots", "connections"),
        *("audit", "invitations", "memberships", "sessions", "users", "tenants"),
    ):
        op.drop_table(table)
    op.execute("drop function if exists refuse_change()")


def _people() -> None:
    op.create_table(
        "tenants",
        _id(),
        _text("slug"),
        _text("name"),
        _text("currency", default="USD"),
        _text("timezone", default="UTC"),
        _text("calendar", default="gregorian"),
        _integer("fiscal_start", default=1),
        _text("locale", default="en"),
        sa.Column("amounts_include_tax", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _now("created_at"),
        _check("tenants", "calendar", "calendar in ('gregorian', 'jalali')"),
        _check("tenants", "currency", "currency ~ '^[A-Z]{3}$'"),
        _check("tenants", "slug", "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'"),
        _check("tenants", "fiscal_start", "fiscal_start between 1 and 12"),
        sa.PrimaryKeyConstraint("id", name="pk_tenants"),
        _unique("tenants", "slug"),
    )
    op.create_table(
        "users",
        _id(),
        _text("email"),
        _text("name"),
        _text("password_hash", nullable=True),
        _text("locale", default="en"),
        _time("disabled_at", nullable=True),
        _now("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
    op.create_index("uq_users_email", "users", [sa.text("lower(email)")], unique=True)
    op.create_table(
        "sessions",
        _id(),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        _uuid("user_id"),
        _text("user_agent", nullable=True),
        _time("created_at"),
        _time("last_seen_at"),
        _time("expires_at"),
        _time("revoked_at", nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        _unique("sessions", "token_hash"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    _members()


def _members() -> None:
    _create(
        "memberships",
        _uuid("user_id"),
        _text("role"),
        _now("created_at"),
        _check("memberships", "role", "role in ('owner', 'admin', 'analyst', 'viewer')"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_memberships_user_id"),
        _unique("memberships", "tenant_id", "user_id"),
    )
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"])
    _create(
        "invitations",
        _text("email"),
        _text("role"),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        _uuid("invited_by", nullable=True),
        _time("expires_at"),
        _time("accepted_at", nullable=True),
        _now("created_at"),
        _check("invitations", "role", "role in ('owner', 'admin', 'analyst', 'viewer')"),
        sa.ForeignKeyConstraint(["invited_by"], ["users.id"], name="fk_invitations_invited_by"),
        _unique("invitations", "token_hash"),
    )
    op.create_index(
        "uq_invitations_open",
        "invitations",
        ["tenant_id", sa.text("lower(email)")],
        unique=True,
        postgresql_where=sa.text("accepted_at is null"),
    )
    op.create_table(
        "audit",
        _id(),
        _uuid("tenant_id", nullable=True),
        _now("at"),
        _uuid("user_id", nullable=True),
        _uuid("on_behalf_of", nullable=True),
        _text("action"),
        _text("object_kind", default=""),
        _text("object_id", default=""),
        _json("detail"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_tenant_id_at", "audit", ["tenant_id", "at"])
    op.create_index("ix_audit_user_id_at", "audit", ["user_id", "at"])


def _data() -> None:
    _create(
        "connections",
        _text("kind"),
        _text("name"),
        _json("settings"),
        _json("mappings"),
        _now("created_at"),
        _unique("connections", "tenant_id", "kind", "name"),
    )
    _create(
        "snapshots",
        _text("dataset"),
        sa.Column("files", postgresql.JSONB(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        _text("schema_version"),
        _uuid("sync_id", nullable=True),
        _now("created_at"),
    )
    op.create_index(
        "ix_snapshots_tenant_id_dataset_created_at", "snapshots", ["tenant_id", "dataset", "created_at"]
    )
    _create(
        "syncs",
        _uuid("connection_id", nullable=True),
        _text("dataset"),
        _text("status", default="running"),
        sa.Column("rows_in", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_rejected", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        _json("rejected", default="[]"),
        _uuid("snapshot_id", nullable=True),
        _text("error", nullable=True),
        _now("started_at"),
        _time("finished_at", nullable=True),
        _check("syncs", "status", "status in ('running', 'done', 'failed')"),
        _same_tenant("syncs", "connection_id", "connections", "CASCADE"),
        _same_tenant("syncs", "snapshot_id", "snapshots", "SET NULL (snapshot_id)"),
    )
    op.create_index("ix_syncs_tenant_id_dataset_started_at", "syncs", ["tenant_id", "dataset", "started_at"])
    # Syncs and snapshots point at each other, so one of the two keys comes last.
    op.create_foreign_key(
        "fk_snapshots_tenant_id_sync_id",
        "snapshots",
        "syncs",
        ["tenant_id", "sync_id"],
        ["tenant_id", "id"],
        ondelete="SET NULL (sync_id)",
    )
    _create(
        "datasets",
        _text("name"),
        _uuid("current_snapshot_id", nullable=True),
        _unique("datasets", "tenant_id", "name"),
        _same_tenant("datasets", "current_snapshot_id", "snapshots"),
    )


def _kpis() -> None:
    _create(
        "kpi_sets",
        _text("name"),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _now("created_at"),
        _unique("kpi_sets", "tenant_id", "name"),
    )
    op.create_index(
        "uq_kpi_sets_default", "kpi_sets", ["tenant_id"], unique=True, postgresql_where=sa.text("is_default")
    )
    _create(
        "kpis",
        _uuid("kpi_set_id"),
        _text("metric_key"),
        _integer("position"),
        _text("section", default=""),
        sa.Column("weight", sa.Numeric(), server_default=sa.text("1"), nullable=False),
        _json("thresholds"),
        _json("parameters"),
        _same_tenant("kpis", "kpi_set_id", "kpi_sets", "CASCADE"),
    )
    op.create_index("ix_kpis_tenant_id_kpi_set_id", "kpis", ["tenant_id", "kpi_set_id"])
    _create(
        "targets",
        _text("metric_key"),
        _text("dimension", default=""),
        _text("member", default=""),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        _check("targets", "period", "period_start < period_end"),
        sa.UniqueConstraint(
            *("tenant_id", "metric_key", "dimension", "member", "period_start", "period_end"),
            name="uq_targets_period",
        ),
    )
    _create(
        "scorecards",
        _uuid("kpi_set_id"),
        _text("name"),
        _text("grain", default="month"),
        _text("locale", default="en"),
        _json("layout"),
        _now("created_at"),
        _check("scorecards", "grain", "grain in ('day', 'week', 'month', 'quarter', 'year')"),
        _unique("scorecards", "tenant_id", "name"),
        _same_tenant("scorecards", "kpi_set_id", "kpi_sets"),
    )


def _work() -> None:
    _create(
        "runs",
        _text("kind"),
        _text("key"),
        _text("input_version"),
        _json("params"),
        _text("status", default="queued"),
        _integer("attempts"),
        _integer("fence"),
        _time("lease_until", nullable=True),
        sa.Column("progress", sa.Double(), server_default=sa.text("0"), nullable=False),
        _text("step", default=""),
        sa.Column("result", postgresql.JSONB()),
        _text("error", nullable=True),
        _now("created_at"),
        _time("started_at", nullable=True),
        _time("finished_at", nullable=True),
        _check("runs", "status", "status in ('queued', 'running', 'done', 'failed')"),
        _check("runs", "progress", "progress between 0 and 1"),
        _unique("runs", "tenant_id", "kind", "key", "input_version"),
    )
    op.create_index("ix_runs_lease", "runs", ["lease_until"], postgresql_where=sa.text("status = 'running'"))
    _create(
        "outbox",
        _uuid("run_id"),
        _text("worker_class", default="default"),
        _now("due_at"),
        _time("dispatched_at", nullable=True),
        _same_tenant("outbox", "run_id", "runs", "CASCADE"),
    )
    op.create_index("ix_outbox_due", "outbox", ["due_at"], postgresql_where=sa.text("dispatched_at is null"))
    op.create_index("ix_outbox_tenant_id_run_id", "outbox", ["tenant_id", "run_id"])
    _create(
        "schedules",
        _uuid("scorecard_id"),
        _text("rule"),
        _time("next_at", nullable=True),
        _time("last_at", nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        _same_tenant("schedules", "scorecard_id", "scorecards", "CASCADE"),
    )
    op.create_index("ix_schedules_due", "schedules", ["next_at"], postgresql_where=sa.text("enabled"))
    _editions()


def _editions() -> None:
    _create(
        "editions",
        _uuid("run_id"),
        _uuid("scorecard_id"),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        _text("grain"),
        _text("locale"),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("snapshots", postgresql.JSONB(), nullable=False),
        _text("pdf_path", nullable=True),
        _text("sha256", nullable=True),
        _now("created_at"),
        _check("editions", "grain", "grain in ('day', 'week', 'month', 'quarter', 'year')"),
        _check("editions", "period", "period_start < period_end"),
        _unique("editions", "tenant_id", "run_id"),
        _same_tenant("editions", "run_id", "runs"),
        _same_tenant("editions", "scorecard_id", "scorecards"),
    )
    op.create_index(
        "ix_editions_tenant_id_scorecard_id_period_start",
        "editions",
        ["tenant_id", "scorecard_id", "period_start"],
    )


def _create(table: str, *parts: Any) -> None:
    """A table of a tenant: key (tenant_id, id), the tenant from the transaction."""
    op.create_table(
        table,
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        _id(),
        *parts,
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{table}"),
    )


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid(), nullable=False)


def _uuid(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, *, default: str | None = None, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=nullable)


def _integer(name: str, default: int = 0) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), server_default=sa.text(str(default)), nullable=False)


def _json(name: str, default: str = "{}") -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(), server_default=sa.text(f"'{default}'"), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _now(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _same_tenant(
    table: str, column: str, target: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=f"fk_{table}_tenant_id_{column}",
        ondelete=ondelete,
    )
