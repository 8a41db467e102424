"""Whose rows an edition shows, what it is sealed with, and what was agreed and remarked beside it"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "editions", sa.Column("scope", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column("editions", sa.Column("basis", postgresql.JSONB(), nullable=True))
    op.add_column("editions", sa.Column("seal", sa.Text(), nullable=True))
    _table(
        "scorecard_actions",
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    _table(
        "scorecard_remarks",
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.UniqueConstraint(
            "tenant_id",
            "scorecard_id",
            "period_start",
            name="uq_scorecard_remarks_tenant_id_scorecard_id_period_start",
        ),
    )
    op.create_index(
        "ix_scorecard_actions_tenant_id_scorecard_id", "scorecard_actions", ["tenant_id", "scorecard_id"]
    )


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=f"fk_{name}_tenant_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "scorecard_id"],
            ["scorecards.tenant_id", "scorecards.id"],
            name=f"fk_{name}_tenant_id_scorecard_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{name}"),
    )


def downgrade() -> None:
    op.drop_table("scorecard_remarks")
    op.drop_table("scorecard_actions")
    for column in ("seal", "basis", "scope"):
        op.drop_column("editions", column)
