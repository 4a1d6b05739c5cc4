"""What this area does by itself; when stands in ``jobs.schedule``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

JOBS: dict[str, Callable[[Session, datetime], int | None]] = {}
