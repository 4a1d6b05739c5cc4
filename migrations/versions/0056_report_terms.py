"""the number of working days of a yearly report's term, so that it can be counted again

Revision: 0056, after 0055
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

# The last working hour of a day in Shanghai lies before this hour of the stored time.
_EVENING = timedelta(hours=16)


def upgrade() -> None:
    with op.batch_alter_table("report_years", schema=None) as batch_op:
        batch_op.add_column(sa.Column("working_days", sa.Integer(), nullable=True))
    connection = op.get_bind()
    years = sa.table(
        "report_years",
        sa.column("id", sa.BigInteger),
        sa.column("opened_on", sa.Date),
        sa.column("due_on", sa.Date),
        sa.column("working_days", sa.Integer),
    )
    changes = sa.table(
        "workday_changes",
        sa.column("id", sa.BigInteger),
        sa.column("day", sa.Date),
        sa.column("is_working", sa.Boolean),
        sa.column("entered_at", sa.DateTime),
    )
    entered = connection.execute(sa.select(changes).order_by(changes.c.id)).all()
    for row in connection.execute(sa.select(years.c.id, years.c.opened_on, years.c.due_on)).all():
        days = _between(row.opened_on, row.due_on, _known_on(row.opened_on, entered))
        connection.execute(sa.update(years).where(years.c.id == row.id).values(working_days=days))
    with op.batch_alter_table("report_years", schema=None) as batch_op:
        batch_op.alter_column("working_days", existing_type=sa.Integer(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("report_years", schema=None) as batch_op:
        batch_op.drop_column("working_days")


def _known_on(day: date, entered: Any) -> Mapping[date, bool]:
    """The calendar by which the term was counted: without what was entered after it was opened."""
    from chinese_calendar.constants import holidays, workdays

    known = dict.fromkeys(holidays, False) | dict.fromkeys(workdays, True)
    end = datetime.combine(day, datetime.min.time()) + _EVENING
    return known | {row.day: row.is_working for row in entered if row.entered_at < end}


def _between(opened_on: date, due_on: date, known: Mapping[date, bool]) -> int:
    """A term ends on a working day, so the days from the day after its beginning give back the number typed in."""
    days = (opened_on + timedelta(days=n) for n in range(1, (due_on - opened_on).days + 1))
    return max(1, sum(known.get(day, day.weekday() < 5) for day in days))
