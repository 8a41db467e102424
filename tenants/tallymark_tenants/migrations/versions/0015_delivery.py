"""Delivery: channels, recipients of schedules, and what became of each message"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TENANT = sa.text("nullif(current_setting('app.tenant', true), '')::uuid")
_SCHEDULE = (
    *("name", "covers", "gate", "days", "previewed_at"),
    *("started_at", "removed_at", "created_by", "created_at"),
)


def upgrade() -> None:
    for column in (
        _text("name"),
        _text("covers", "complete"),
        _json("gate", "{}"),
        _json("days", "[]"),
        _when("previewed_at"),
        _when("started_at"),
        _when("removed_at"),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        _now("created_at"),
    ):
        op.add_column("schedules", column)
    op.create_check_constraint(op.f("ck_schedules_covers"), "schedules", "covers in ('complete', 'running')")
    _table(
        "delivery_channels",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _text("hint"),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        _when("removed_at"),
        _now("created_at"),
        _now("changed_at"),
        sa.CheckConstraint("kind in ('slack', 'teams', 'webhook')", name=op.f("ck_delivery_channels_kind")),
    )
    _recipients()
    _deliveries()


def downgrade() -> None:
    for table in ("deliveries", "delivery_recipients", "delivery_channels"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_schedules_covers"), "schedules", type_="check")
    for column in _SCHEDULE:
        op.drop_column("schedules", column)


def _recipients() -> None:
    name = "delivery_recipients"
    _table(
        name,
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        _text("name"),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("channel_id", sa.Uuid(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        _json("scope", "{}"),
        _text("attach", "pdf"),
        _when("paused_at"),
        sa.Column("paused_reason", postgresql.JSONB(), nullable=True),
        _now("created_at"),
        sa.CheckConstraint("kind in ('email', 'member', 'channel')", name=op.f(f"ck_{name}_kind")),
        sa.CheckConstraint("attach in ('pdf', 'pdf_xlsx', 'link')", name=op.f(f"ck_{name}_attach")),
        sa.CheckConstraint(
            "(kind = 'email') = (address is not null) and (kind = 'member') = (user_id is not null) "
            "and (kind = 'channel') = (channel_id is not null)",
            name=op.f(f"ck_{name}_whom"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=f"fk_{name}_user_id", ondelete="CASCADE"),
        _key(name, "schedule_id", "schedules", "CASCADE"),
        _key(name, "channel_id", "delivery_channels", "CASCADE"),
    )
    _index(name, "tenant_id", "schedule_id")
    _index(name, "tenant_id", "channel_id")
    _index(name, "user_id")


def _deliveries() -> None:
    states = ("queued", "sending", "sent", "unsure", "held", "failed", "bounced", "discarded")
    _table(
        "deliveries",
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        _text("purpose", "edition"),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        _text("name"),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        _json("scope", "{}"),
        _text("attach", "pdf"),
        sa.Column("grain", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("edition_id", sa.Uuid(), nullable=True),
        _text("state", "queued"),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _now("due_at"),
        sa.Column("gate", postgresql.JSONB(), nullable=True),
        sa.Column("reason", postgresql.JSONB(), nullable=True),
        *(_text(column) for column in ("response", "subject", "message_id")),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        _when("sent_at"),
        sa.Column("link_hash", sa.LargeBinary(), nullable=True),
        _when("link_expires_at"),
        _when("link_revoked_at"),
        sa.Column("link_opened", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _now("created_at"),
        _one_of("purpose", "edition", "test", "notice"),
        _one_of("kind", "email", "slack", "teams", "webhook"),
        _one_of("state", *states),
        _one_of("attach", "pdf", "pdf_xlsx", "link"),
        _one_of("grain", "day", "week", "month", "quarter", "year"),
        sa.CheckConstraint("period_start < period_end", name=op.f("ck_deliveries_period")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_deliveries_user_id", ondelete="SET NULL"),
        _key("deliveries", "schedule_id", "schedules", "CASCADE"),
        _key("deliveries", "recipient_id", "delivery_recipients", "SET NULL (recipient_id)"),
        _key("deliveries", "run_id", "runs", "SET NULL (run_id)"),
        _key("deliveries", "edition_id", "editions", "SET NULL (edition_id)"),
        sa.UniqueConstraint(
            "tenant_id", "schedule_id", "occurrence", "purpose", "recipient_id", "user_id",
            name="uq_deliveries_occurrence", postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["due_at"],
        postgresql_where=sa.text("state in ('queued', 'sending')"),
    )
    for second in ("created_at", "recipient_id", "edition_id", "run_id"):
        _index("deliveries", "tenant_id", second)
    _index("deliveries", "user_id")


def _one_of(column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} in ({listed})", name=op.f(f"ck_deliveries_{column}"))


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


def _key(table: str, column: str, target: str, action: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=f"fk_{table}_tenant_id_{column}",
        ondelete=action,
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _json(name: str, default: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(), server_default=sa.text(f"'{default}'"), nullable=False)


def _when(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)
