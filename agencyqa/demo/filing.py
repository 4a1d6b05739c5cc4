"""Puts what the demo's agencies and inspectors hand in into the store, the way an upload does."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy.orm import Session

from agencyqa.demo.papers import Paper, Press, WorkPaper, work_papers
from agencyqa.files.services import keep_bytes
from agencyqa.files.uploads import KeptFile


@cache
def _press() -> Press:
    """One for all who file: reading the font takes longer than setting a paper."""
    return Press()


class Filing:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._press = _press()

    def paper(self, paper: Paper, name: str, now: datetime) -> KeptFile:
        return self._keep(self._press.pdf(paper, now), f"{name}.pdf", now)

    def work_papers(self, title: str, rows: list[WorkPaper], name: str, now: datetime) -> KeptFile:
        return self._keep(work_papers(title, rows, now), f"{name}.xlsx", now)

    def _keep(self, content: bytes, name: str, now: datetime) -> KeptFile:
        return KeptFile(keep_bytes(self._session, content, now=now), name)
