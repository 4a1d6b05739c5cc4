"""What keeps the database itself quick; when stands in ``jobs.schedule``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session


def refresh_statistics(session: Session, now: datetime) -> int | None:
    """Count anew how many rows share a value of each index; the number of indexes and tables that have rows.

    SQLite chooses its plans by these figures and never gathers them by itself: without them a page over 200,000
    engagements takes seconds instead of a tenth. All rows are looked at (two seconds for such a register): with a
    sample, ``analysis_limit``, duties took ten times as long, because a bureau that owns everything looked like one of
    many. PostgreSQL's autovacuum does it by itself, so there this does nothing: None.
    """
    if session.get_bind().dialect.name != "sqlite":
        return None
    # A connection reads the figures once, with the schema. A table that is made anew changes the schema, so that all
    # workers read it again.
    session.execute(sa.text("DROP TABLE IF EXISTS sqlite_stat1"))
    session.execute(sa.text("ANALYZE"))
    counted: int | None = session.scalar(sa.text("SELECT count(*) FROM sqlite_stat1"))
    return counted


JOBS: dict[str, Callable[[Session, datetime], int | None]] = {
    "database.refresh_statistics": refresh_statistics
}
