"""The fault codes that an inspector can find; what only the system counts is not among them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from agencyqa.db import read_rows
from agencyqa.measures.models import FaultCode
from agencyqa.measures.texts import reader_language


def offered_faults(session: Session) -> list[tuple[str, str]]:
    """(code, title in the reader's language) in the order of the catalogue, for a select box."""
    return [(row.code, title_of(row)) for row in session.scalars(_offered())]


def offered_codes(session: Session) -> frozenset[str]:
    return frozenset(row.code for row in session.scalars(_offered()))


def faults_by_code(session: Session, codes: Collection[str]) -> dict[str, FaultCode]:
    statement = select(FaultCode).where(FaultCode.code.in_(codes)).order_by(FaultCode.position)
    return {row.code: row for row in session.scalars(statement)}


def all_faults(session: Session) -> list[tuple[str, str]]:
    """Every code with its title, for filters: what was offered once may have been found then."""
    is_english = reader_language() == "en"
    rows = read_rows(session, _ALL).all()
    return [(row.code, row.title_en if is_english else row.title) for row in rows]


_ALL = select(FaultCode.code, FaultCode.title, FaultCode.title_en).order_by(FaultCode.position, FaultCode.id)


def title_of(fault: FaultCode) -> str:
    return fault.title_en if reader_language() == "en" else fault.title


def unit_of(fault: FaultCode) -> str:
    return fault.unit_en if reader_language() == "en" else fault.unit


def _offered() -> Select[FaultCode]:
    return (
        select(FaultCode)
        .where(FaultCode.is_counted_by_system.is_(False))
        .order_by(FaultCode.position, FaultCode.id)
    )
