"""Alerts: rules that watch KPIs, what they found, and who has read it"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TENANT = sa.text("nullif(current_setting('app.tenant', true), '')::uuid")
_GRAINS = "grain in ('day', 'week', 'month', 'quarter', 'year')"


def upgrade() -> None:
    _table(
        "alert_rules",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("metric_key", sa.Text(), nullable=False),
        *_whose(),
        sa.Column("grain", sa.Text(), server_default="month", nullable=False),
        _json("parameters", "{}"),
        sa.Column("quiet_from", sa.Text(), nullable=True),
        sa.Column("quiet_until", sa.Text(), nullable=True),
        _json("recipients", "[]"),
        _json("channels", "[]"),
        sa.Column("repeat_after_days", sa.Integer(), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        _json("result", "{}"),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        _now("created_at"),
        _now("changed_at"),
        sa.CheckConstraint("kind in ('threshold', 'pace', 'anomaly')", name=op.f("ck_alert_rules_kind")),
        sa.CheckConstraint(_GRAINS, name=op.f("ck_alert_rules_grain")),
        sa.CheckConstraint("(quiet_from is null) = (quiet_until is null)", name=op.f("ck_alert_rules_quiet")),
        sa.CheckConstraint(
            "repeat_after_days between 1 and 366", name=op.f("ck_alert_rules_repeat_after_days")
        ),
    )
    op.create_index(
        "ix_alert_rules_active",
        "alert_rules",
        ["tenant_id"],
        postgresql_where=sa.text("enabled and removed_at is null"),
    )
    _alerts()
    _table(
        "alert_reads",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        _now("read_at"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_alert_reads_user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "alert_id"],
            ["alerts.tenant_id", "alerts.id"],
            name="fk_alert_reads_tenant_id_alert_id",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "tenant_id", "alert_id", "user_id", name="uq_alert_reads_tenant_id_alert_id_user_id"
        ),
    )
    op.create_index("ix_alert_reads_user_id", "alert_reads", ["user_id"])
    op.create_index("ix_alert_reads_tenant_id_user_id", "alert_reads", ["tenant_id", "user_id"])


def downgrade() -> None:
    op.drop_table("alert_reads")
    op.drop_table("alerts")
    op.drop_table("alert_rules")


def _alerts() -> None:
    _table(
        "alerts",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("metric_key", sa.Text(), nullable=False),
        *_whose(),
        sa.Column("grain", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Numeric(), nullable=True) for name in ("value", "expected", "low", "high")),
        sa.Column("words", postgresql.JSONB(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        _json("delivery", "{}"),
        _now("created_at"),
        sa.CheckConstraint("state in ('raised', 'repeated', 'recovered')", name=op.f("ck_alerts_state")),
        sa.CheckConstraint(_GRAINS, name=op.f("ck_alerts_grain")),
        sa.CheckConstraint("period_start < period_end", name=op.f("ck_alerts_period")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "rule_id"],
            ["alert_rules.tenant_id", "alert_rules.id"],
            name="fk_alerts_tenant_id_rule_id",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("tenant_id", "rule_id", "key", name="uq_alerts_tenant_id_rule_id_key"),
    )
    op.create_index("ix_alerts_tenant_id_created_at", "alerts", ["tenant_id", "created_at"])
    op.create_index(
        "ix_alerts_due", "alerts", ["tenant_id", "due_at"], postgresql_where=sa.text("delivered_at is null")
    )


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("tenant_id", sa.Uuid(), server_default=_TENANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=f"fk_{name}_tenant_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{name}"),
    )


def _whose() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("dimension", sa.Text(), server_default="", nullable=False),
        sa.Column("member", sa.Text(), server_default="", nullable=False),
    )


def _json(name: str, default: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(), server_default=sa.text(f"'{default}'"), nullable=False)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)
