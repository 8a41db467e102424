"""A person's own language: none chosen means that of the company"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("users", "locale", existing_type=sa.Text(), nullable=True, server_default=None)
    # Until now the column held the company's language of the day of signing up, which nobody chose for themselves.
    op.execute("alter table users no force row level security")
    op.execute("update users set locale = null")


def downgrade() -> None:
    op.execute("alter table users no force row level security")
    op.execute("update users set locale = 'en' where locale is null")
    op.alter_column("users", "locale", existing_type=sa.Text(), nullable=False, server_default="en")
