"""Branding: a tenant's colours, words and logos"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TENANT = sa.text("nullif(current_setting('app.tenant', true), '')::uuid")


def upgrade() -> None:
    op.create_table(
        "brandings",
        sa.Column("tenant_id", sa.Uuid(), server_default=_TENANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("primary_colour", sa.Text(), server_default="", nullable=False),
        sa.Column("deep_colour", sa.Text(), server_default="", nullable=False),
        sa.Column("sender_name", sa.Text(), server_default="", nullable=False),
        sa.Column("agency_line", sa.Text(), server_default="", nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("logo", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_brandings_tenant_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_brandings"),
        sa.UniqueConstraint("tenant_id", name="uq_brandings_tenant_id"),
    )
    op.create_table(
        "logos",
        sa.Column("tenant_id", sa.Uuid(), server_default=_TENANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("mime in ('image/png', 'image/jpeg')", name=op.f("ck_logos_mime")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_logos_sha256")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_logos_tenant_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_logos"),
        sa.UniqueConstraint("tenant_id", "sha256", name="uq_logos_tenant_id_sha256"),
    )


def downgrade() -> None:
    op.drop_table("logos")
    op.drop_table("brandings")
