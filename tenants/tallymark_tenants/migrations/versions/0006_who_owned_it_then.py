"""Who owned it then"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tenants", sa.Column("attribution", sa.Text(), server_default="as_is", nullable=False))
    op.create_check_constraint(
        op.f("ck_tenants_attribution"), "tenants", "attribution in ('as_is', 'as_was')"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_tenants_attribution"), "tenants")
    op.drop_column("tenants", "attribution")
