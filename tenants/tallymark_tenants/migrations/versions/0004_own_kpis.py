"""Own KPIs"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_kpis",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kpi_set_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("better", sa.Text(), nullable=False),
        sa.Column("breakdowns", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("expression", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint(
            "unit in ('money', 'ratio', 'count', 'rate', 'days', 'score', 'index')",
            name=op.f("ck_own_kpis_unit"),
        ),
        sa.CheckConstraint("better in ('higher', 'lower', 'neutral')", name=op.f("ck_own_kpis_better")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_own_kpis_tenant_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "kpi_set_id"],
            ["kpi_sets.tenant_id", "kpi_sets.id"],
            name="fk_own_kpis_tenant_id_kpi_set_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_own_kpis"),
        sa.UniqueConstraint("tenant_id", "key", name="uq_own_kpis_tenant_id_key"),
    )
    op.create_index("ix_own_kpis_tenant_id_kpi_set_id", "own_kpis", ["tenant_id", "kpi_set_id"])


def downgrade() -> None:
    op.drop_table("own_kpis")
