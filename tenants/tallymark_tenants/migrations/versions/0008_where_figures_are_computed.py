"""Where figures are computed"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tenants", sa.Column("engine", sa.Text(), server_default="duckdb", nullable=False))
    op.create_check_constraint(op.f("ck_tenants_engine"), "tenants", "engine in ('duckdb', 'spark')")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_tenants_engine"), "tenants")
    op.drop_column("tenants", "engine")
