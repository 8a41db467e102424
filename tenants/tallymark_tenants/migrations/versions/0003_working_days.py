"""Calendars of weeks, and what a tenant's working days are counted by"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_WEEKDAY = "(monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_CHECKS = {
    "year_end": f"year_end ~ '^(nearest|last) {_WEEKDAY}$'",
    "country": "country ~ '^([A-Z]{2})?$'",
    "weekend": f"weekend ~ '^(none|{_WEEKDAY}(,{_WEEKDAY})*)?$'",
    "alignment": "alignment in ('', 'tet', 'lunar_new_year', 'nowruz')",
}
_BEFORE = "calendar in ('gregorian', 'jalali')"
_AFTER = "calendar in ('gregorian', 'jalali', '4-4-5', '4-5-4', '5-4-4', 'iso-week')"


def upgrade() -> None:
    for column, default in {
        "year_end": "nearest saturday",
        "country": "",
        "weekend": "",
        "alignment": "",
    }.items():
        op.add_column("tenants", sa.Column(column, sa.Text(), server_default=default, nullable=False))
    for column, condition in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_tenants_{column}"), "tenants", condition)
    _calendars(_AFTER)


def downgrade() -> None:
    op.execute("update tenants set calendar = 'gregorian' where calendar not in ('gregorian', 'jalali')")
    _calendars(_BEFORE)
    for column in _CHECKS:
        op.drop_constraint(op.f(f"ck_tenants_{column}"), "tenants")
        op.drop_column("tenants", column)


def _calendars(condition: str) -> None:
    op.drop_constraint(op.f("ck_tenants_calendar"), "tenants")
    op.create_check_constraint(op.f("ck_tenants_calendar"), "tenants", condition)
