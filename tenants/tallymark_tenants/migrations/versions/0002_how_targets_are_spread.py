"""How targets are spread"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("targets", sa.Column("spread", sa.Text(), nullable=True))
    op.add_column(
        "targets",
        sa.Column("weights", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
    )
    op.create_table(
        "target_spreads",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("metric_key", sa.Text(), server_default="", nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "method in ('evenly', 'seasonality', 'working-days', 'level')",
            name=op.f("ck_target_spreads_method"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_target_spreads_tenant_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_target_spreads"),
        sa.UniqueConstraint("tenant_id", "metric_key", name="uq_target_spreads_tenant_id_metric_key"),
    )


def downgrade() -> None:
    op.drop_table("target_spreads")
    op.drop_column("targets", "weights")
    op.drop_column("targets", "spread")
