"""A register from a workbook: the template, what each row would do, and the doing of all or nothing.

``examine`` only reads. ``carry_out`` reads the kept file anew, asks that every row would still do what the preview
said, and enters the rows through the same service as the form.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import credit_code
from agencyqa.agencies.enums import AgencyKind, Entry, Sector
from agencyqa.agencies.import_table import COLUMNS, Columns, flag_of, member_of, specs
from agencyqa.agencies.models import Agency, AgencyImport, Registration
from agencyqa.agencies.names import Names, plain_name
from agencyqa.agencies.policies import can_register
from agencyqa.agencies.services import AgencyData, ProfileData, register_agency
from agencyqa.agencies.services.profiles import profile_problems
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.errors import Forbidden, Invalid, Stale, WrongState
from agencyqa.files.models import StoredFile
from agencyqa.spreadsheets.tables import Limits, Problem, TableRow, read_table

MOST_ROWS = 500


class Verdict(StrEnum):
    """What confirming would do with a row."""

    NEW = "new"
    JOINS = "joins"
    KNOWN = "known"


@dataclass(frozen=True)
class ImportRow:
    """``similar``: names of other agencies that look alike. ``known_as``: how an agency of this code is called."""

    number: int
    code: str
    data: AgencyData
    verdict: Verdict
    known_as: str = ""
    known_id: int | None = None
    similar: tuple[str, ...] = ()


@dataclass(frozen=True)
class Examination:
    """``rows`` only where there are no ``problems``. ``plan`` names all that confirming would do."""

    rows: list[ImportRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    plan: str = ""

    def count(self, verdict: Verdict) -> int:
        return Counter(row.verdict for row in self.rows)[verdict]

    @property
    def brings_something(self) -> bool:
        return any(row.verdict is not Verdict.KNOWN for row in self.rows)


def examine(session: Session, actor: Actor, content: bytes, *, now: datetime) -> Examination:
    """Every fault of the file at once, each with its cell, or what each row would do. Changes nothing."""
    table, problems = read_table(content, specs())
    if len(table) > MOST_ROWS:
        return Examination(problems=[Problem(table[0].sheet, None, "import.too_many", {"rows": MOST_ROWS})])
    read = [_read(row, problems, now) for row in table]
    _find_repeated(table, read, problems)
    entered = [(row, found) for row, found in zip(table, read, strict=True) if found is not None]
    rows = _judged(session, actor, entered, problems)
    if problems:
        return Examination(problems=_in_order(problems))
    return Examination(rows, [], _plan(content, rows))


def note_upload(
    actor: Actor, session: Session, stored: StoredFile, name: str, *, now: datetime
) -> AgencyImport:
    """Keep the workbook for its preview. Raise Forbidden, and Invalid for one too large to be read."""
    if not can_register(actor) or actor.bureau_id is None:
        raise Forbidden()
    most = Limits().file_bytes
    if stored.size > most:
        raise Invalid(file=("table.file_too_large", {"megabytes": most // 1024 // 1024}))
    session.flush()
    made = AgencyImport(
        bureau_id=actor.bureau_id,
        file_id=stored.id,
        file_name=name,
        sha256=stored.sha256,
        size=stored.size,
        uploaded_at=now,
        uploaded_by_id=actor.user_id,
    )
    session.add(made)
    session.flush()
    record(
        session,
        actor,
        "agencies.import.uploaded",
        made,
        now=now,
        bureau_id=actor.bureau_id,
        file_name=name,
        sha256=stored.sha256,
    )
    return made


def carry_out(
    actor: Actor, session: Session, wanted: AgencyImport, content: bytes, plan: str, *, now: datetime
) -> Examination:
    """Enter every row of the preview that bore this ``plan``, or nothing at all.

    Raise Forbidden, Stale where the register or the file is not what the preview showed, WrongState where it was
    carried out already.
    """
    if not can_register(actor) or wanted.bureau_id != actor.bureau_id:
        raise Forbidden()
    # Of two who confirm at once the second waits here, and then finds it done.
    session.refresh(wanted, with_for_update=True)
    if wanted.confirmed_at is not None:
        raise WrongState("import_done")
    if hashlib.sha256(content).hexdigest() != wanted.sha256:
        raise Stale("import_file_changed")
    found = examine(session, actor, content, now=now)
    if not found.rows or found.plan != plan:
        raise Stale("import_stale")
    if not found.brings_something:
        raise WrongState("import_brings_nothing")
    for row in found.rows:
        if row.verdict is not Verdict.KNOWN:
            _enter(actor, session, row, now)
    wanted.confirmed_at, wanted.confirmed_by_id = now, actor.user_id
    wanted.added, wanted.joined, wanted.skipped = (
        found.count(verdict) for verdict in (Verdict.NEW, Verdict.JOINS, Verdict.KNOWN)
    )
    session.flush()
    record(
        session,
        actor,
        "agencies.import.confirmed",
        wanted,
        now=now,
        bureau_id=wanted.bureau_id,
        file_name=wanted.file_name,
        sha256=wanted.sha256,
        added=wanted.added,
        joined=wanted.joined,
        skipped=wanted.skipped,
    )
    return found


def _enter(actor: Actor, session: Session, row: ImportRow, now: datetime) -> None:
    try:
        register_agency(actor, session, row.data, now=now)
    except (Invalid, IntegrityError):
        # It was good a moment ago: somebody has just entered the same agency.
        raise Stale("import_overtaken", row=row.number, name=row.data.profile.name) from None


# ---------------------------------------------------------------------------------------------- one row


def _read(row: TableRow, problems: list[Problem], now: datetime) -> AgencyData | None:
    """The row as it would be typed into the form; None where a cell of it cannot be taken."""
    before = len(problems)
    values = row.values

    def fault(key: str, code: str, **params: Any) -> None:
        problems.append(Problem(row.sheet, row.address(key), code, params))

    for key, column in COLUMNS.items():
        text = values[key]
        if isinstance(text, str) and column.maximum and len(text) > column.maximum:
            fault(key, "too_long", maximum=column.maximum, length=len(text))
    kind = entry = None
    is_filed: bool | None = False
    if values[Columns.KIND] is not None and (kind := member_of(AgencyKind, values[Columns.KIND])) is None:
        fault(Columns.KIND, "import.not_offered", value=values[Columns.KIND])
    if values[Columns.ENTRY] is None:
        entry = Entry.APPLICATION
    elif (entry := member_of(Entry, values[Columns.ENTRY])) is None:
        fault(Columns.ENTRY, "import.not_offered", value=values[Columns.ENTRY])
    if values[Columns.ON_PLATFORM] is not None and (is_filed := flag_of(values[Columns.ON_PLATFORM])) is None:
        fault(Columns.ON_PLATFORM, "import.not_yes_or_no", value=values[Columns.ON_PLATFORM])
    if values[Columns.CREDIT_CODE] is not None:
        try:
            credit_code.read(values[Columns.CREDIT_CODE])
        except credit_code.CreditCodeError as error:
            fault(Columns.CREDIT_CODE, error.code, **error.params)
    sectors = []
    for text in filter(None, re.split(r"[、,，;；/\s]+", values[Columns.SECTORS] or "")):
        if (sector := member_of(Sector, text)) is None:
            fault(Columns.SECTORS, "import.not_offered", value=text)
        else:
            sectors.append(sector)
    profile = ProfileData(
        # A missing cell was reported already; the rest of the row is looked at all the same.
        name=" ".join((values[Columns.NAME] or "—").split()),
        kind=kind or AgencyKind.CONSULTING_FIRM,
        legal_representative=values[Columns.LEGAL_REPRESENTATIVE] or "—",
        founded_on=values[Columns.FOUNDED_ON],
        address=values[Columns.ADDRESS] or "",
        contact_name=values[Columns.CONTACT_NAME] or "",
        contact_phone=values[Columns.CONTACT_PHONE] or "",
        contact_email=values[Columns.CONTACT_EMAIL] or "",
        on_credit_platform=bool(is_filed),
        platform_number=values[Columns.PLATFORM_NUMBER] or "",
        platform_filed_on=values[Columns.PLATFORM_FILED_ON],
        head_office_code=credit_code.compact(values[Columns.HEAD_OFFICE_CODE] or ""),
        sectors=tuple(sector for sector in Sector if sector in sectors),
    )
    effective_on = values[Columns.EFFECTIVE_ON]
    for name, problem in profile_problems(profile, effective_on or date.min, now).items():
        if name == Columns.EFFECTIVE_ON and effective_on is None:
            continue
        code, params = (problem, {}) if isinstance(problem, str) else problem
        fault(name, code, **params)
    is_complete = all(values[key] is not None for key, column in COLUMNS.items() if column.is_required)
    if len(problems) > before or not is_complete or entry is None:
        return None
    return AgencyData(values[Columns.CREDIT_CODE], profile, effective_on, entry, values[Columns.REASON] or "")


def _find_repeated(
    table: Sequence[TableRow], read: Sequence[AgencyData | None], problems: list[Problem]
) -> None:
    """The same code twice in one file: which of the rows is meant cannot be known."""
    first: dict[str, TableRow] = {}
    for row, data in zip(table, read, strict=True):
        if data is None:
            continue
        code = credit_code.compact(data.credit_code)
        if code in first:
            params = {"first": first[code].address(Columns.CREDIT_CODE)}
            problems.append(
                Problem(row.sheet, row.address(Columns.CREDIT_CODE), "import.repeated_code", params)
            )
        else:
            first[code] = row


# ---------------------------------------------------------------------------------------------- the register


def _judged(
    session: Session,
    actor: Actor,
    entered: Sequence[tuple[TableRow, AgencyData]],
    problems: list[Problem],
) -> list[ImportRow]:
    codes = {credit_code.compact(data.credit_code) for _, data in entered}
    known = {
        found.credit_code: found
        for found in session.execute(
            select(Agency.credit_code, Agency.id, Body.name)
            .join(Body, Body.id == Agency.id)
            .where(Agency.credit_code.in_(codes))
        )
    }
    own = {
        found.id: found
        for found in session.execute(
            select(Agency.id, Agency.credit_code, Body.name)
            .join(Registration, Registration.agency_id == Agency.id)
            .join(Body, Body.id == Agency.id)
            .where(Registration.bureau_id == actor.bureau_id)
        )
    }
    names = Names(
        [(found.credit_code, found.name) for found in own.values()]
        + [(credit_code.compact(data.credit_code), data.profile.name) for _, data in entered]
    )
    rows = []
    for row, data in entered:
        code = credit_code.compact(data.credit_code)
        found = known.get(code)
        verdict = Verdict.NEW
        if found is not None:
            verdict = Verdict.KNOWN if found.id in own else Verdict.JOINS
        if (
            found is not None
            and found.id not in own
            and plain_name(found.name) != plain_name(data.profile.name)
        ):
            params = {"name": found.name}
            problems.append(Problem(row.sheet, row.address(Columns.NAME), "name_of_another", params))
        similar = () if verdict is Verdict.KNOWN else names.like(data.profile.name, apart_from=code)
        rows.append(
            ImportRow(
                row.number,
                code,
                data,
                verdict,
                known_as=found.name if found else "",
                known_id=found.id if found and verdict is Verdict.KNOWN else None,
                similar=similar,
            )
        )
    return rows


def _in_order(problems: list[Problem]) -> list[Problem]:
    """As somebody goes through the sheet: row by row, from left to right; the sheet as a whole first."""

    def place(problem: Problem) -> tuple[int, int, str]:
        cell = problem.cell or ""
        letters = cell.rstrip("0123456789")
        return int(cell[len(letters) :] or 0), len(letters), letters

    return sorted(problems, key=place)


def _plan(content: bytes, rows: Sequence[ImportRow]) -> str:
    """One short name for the file and all that confirming it would do."""
    verdicts = [[row.number, row.code, row.verdict.value] for row in rows]
    digest = hashlib.sha256(content)
    digest.update(json.dumps(verdicts, separators=(",", ":")).encode())
    return digest.hexdigest()
