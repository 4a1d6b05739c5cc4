from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Choice, Identified, Json, UtcDateTime
from agencyqa.jobs.enums import RunState


class JobRun(Identified, Base):
    """One due run of one job. The unique row is the claim: two runners never do the same run twice.

    ``claim`` is the secret of the runner that holds the run at present; ``attempts`` counts the holders.
    A failure is kept as a code with parameters, never as the text of an exception.
    """

    __tablename__ = "job_runs"
    __table_args__ = (UniqueConstraint("job", "due_at"), Index(None, "due_at", "id"))

    job: Mapped[str] = mapped_column(String(60))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str] = mapped_column(String(120))
    claim: Mapped[str] = mapped_column(String(32))
    attempts: Mapped[int] = mapped_column(Integer, default=1)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    duration_ms: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[RunState] = mapped_column(Choice(RunState))
    affected: Mapped[int | None] = mapped_column(Integer)
    error_code: Mapped[str] = mapped_column(String(80), default="")
    error_params: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
