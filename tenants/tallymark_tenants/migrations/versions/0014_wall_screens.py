"""Wall screens"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "walls",
        *_key(),
        sa.Column("scorecard_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("screens", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("celebrate", sa.Text(), nullable=False),
        sa.Column("stale_hours", sa.SmallInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document", postgresql.JSONB(), nullable=True),
        sa.Column("snapshots", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_for", sa.Text(), server_default="", nullable=False),
        sa.Column("wins_snapshot_id", sa.Uuid(), nullable=True),
        _created(),
        sa.CheckConstraint("people in ('names', 'numbers', 'hidden')", name=op.f("ck_walls_people")),
        sa.CheckConstraint(
            "celebrate in ('off', 'plain', 'amount', 'deal')", name=op.f("ck_walls_celebrate")
        ),
        sa.CheckConstraint("stale_hours between 1 and 720", name=op.f("ck_walls_stale_hours")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_walls_tenant_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "scorecard_id"],
            ["scorecards.tenant_id", "scorecards.id"],
            name="fk_walls_tenant_id_scorecard_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_walls"),
        sa.UniqueConstraint("tenant_id", "name", name="uq_walls_tenant_id_name"),
        sa.UniqueConstraint("token_hash", name="uq_walls_token_hash"),
    )
    op.create_table(
        "wall_wins",
        *_key(),
        sa.Column("wall_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("rep", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", sa.Numeric(38, 4), nullable=True),
        _created(),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_wall_wins_tenant_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "wall_id"],
            ["walls.tenant_id", "walls.id"],
            name="fk_wall_wins_tenant_id_wall_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_wall_wins"),
        sa.UniqueConstraint(
            "tenant_id",
            "wall_id",
            "source_id",
            "deal_id",
            name="uq_wall_wins_tenant_id_wall_id_source_id_deal_id",
        ),
    )


def downgrade() -> None:
    op.drop_table("wall_wins")
    op.drop_table("walls")


def _key() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
    )


def _created() -> sa.Column:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)
