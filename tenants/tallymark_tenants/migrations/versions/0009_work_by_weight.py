"""Work by weight, cancelled runs, and an outbox that holds unfinished work only"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _statuses("'queued', 'running', 'done', 'failed', 'cancelled'")
    op.add_column("outbox", sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("weight", sa.Double(), server_default=sa.text("0"), nullable=False))
    op.drop_index("ix_outbox_due", "outbox")
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["worker_class", "priority", "due_at"],
        postgresql_where=sa.text("dispatched_at is null"),
    )
    op.create_index(
        "ix_outbox_sent", "outbox", ["dispatched_at"], postgresql_where=sa.text("dispatched_at is not null")
    )
    op.create_table(
        "run_weights",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_run_weights_tenant_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_run_weights"),
        sa.UniqueConstraint("tenant_id", "kind", name="uq_run_weights_tenant_id_kind"),
    )
    # Row-level security is forced on the owner too, and a migration names no tenant.
    op.execute("alter table outbox no force row level security")
    op.execute("alter table runs no force row level security")
    op.execute("""
        delete from outbox using runs
        where runs.tenant_id = outbox.tenant_id and runs.id = outbox.run_id
          and runs.status not in ('queued', 'running')
    """)


def downgrade() -> None:
    op.drop_table("run_weights")
    op.drop_index("ix_outbox_sent", "outbox")
    op.drop_index("ix_outbox_due", "outbox")
    op.create_index("ix_outbox_due", "outbox", ["due_at"], postgresql_where=sa.text("dispatched_at is null"))
    op.drop_column("outbox", "weight")
    op.drop_column("outbox", "priority")
    op.execute("alter table runs no force row level security")
    op.execute("update runs set status = 'failed' where status = 'cancelled'")
    _statuses("'queued', 'running', 'done', 'failed'")


def _statuses(names: str) -> None:
    op.drop_constraint(op.f("ck_runs_status"), "runs")
    op.create_check_constraint(op.f("ck_runs_status"), "runs", f"status in ({names})")
