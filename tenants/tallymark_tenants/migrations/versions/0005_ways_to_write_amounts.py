"""Ways to write amounts"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tenants", sa.Column("money_display", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_tenants_money_display"), "tenants", "money_display in ('', 'toman', 'yuan')"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_tenants_money_display"), "tenants")
    op.drop_column("tenants", "money_display")
