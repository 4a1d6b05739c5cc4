"""What an application lists before there is a register to hold it, as plain values; and what it still lacks. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Self

from agencyqa.agencies.conditions import Admission, Career, Conditions, examine, overall
from agencyqa.agencies.enums import ConditionOutcome, DocumentKind, GapCode

MOST_ITEMS = 20


class _Item:
    """Dates are kept as ISO text, for the list is stored as JSON."""

    @classmethod
    def load(cls, values: Mapping[str, Any]) -> Self:
        found: dict[str, Any] = {}
        for each in fields(cls):  # type: ignore[arg-type]
            value = values.get(each.name)
            is_day = each.name.endswith(("_on", "_since"))
            found[each.name] = date.fromisoformat(value) if is_day and value else value
        return cls(**found)

    def dump(self) -> dict[str, Any]:
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()  # type: ignore[call-overload]
        }


@dataclass(frozen=True)
class AppliedQualification(_Item):
    name: str
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True)
class AppliedPerson(_Item):
    """Somebody who is to be a principal evaluator."""

    name: str
    title: str = ""
    licence: str = ""
    work_since: date | None = None
    evaluation_since: date | None = None


@dataclass(frozen=True)
class Gap:
    """``is_blocking``: without it nothing is handed in; the others are for the bureau to weigh.

    ``needed`` counts what there must be at least, ``paper`` is the kind that is missing.
    """

    code: GapCode
    detail: str = ""
    is_blocking: bool = True
    needed: int | None = None
    paper: DocumentKind | None = None


def gaps(
    application: Any,
    papers: Collection[DocumentKind],
    conditions: Conditions | None,
    admission: Admission | None,
    day: date,
) -> tuple[Gap, ...]:
    """In the order of the form. ``application`` carries the columns of the table of that name.

    Without conditions for admission nothing is asked for by number or by kind of paper.
    """
    found = [
        Gap(code)
        for code, is_there in (
            (GapCode.REPRESENTATIVE, application.legal_representative.strip()),
            (GapCode.FOUNDED, application.founded_on),
            (GapCode.ADDRESS, application.address.strip()),
            (
                GapCode.CONTACT,
                application.contact_name.strip()
                and (application.contact_phone.strip() or application.contact_email.strip()),
            ),
            (GapCode.DECLARATION, application.has_declared),
        )
        if not is_there
    ]
    if admission is not None:
        found.extend(
            Gap(code, needed=needed)
            for code, items, needed in (
                (GapCode.QUALIFICATION, application.qualifications, admission.min_qualifications),
                (GapCode.EVALUATOR, application.people, admission.min_evaluators),
            )
            if len(items) < needed
        )
        found.extend(Gap(GapCode.PAPER, paper=kind) for kind in admission.papers if kind not in papers)
    found.extend(
        Gap(GapCode.QUALIFICATION_EXPIRED, item.name, is_blocking=False)
        for item in map(AppliedQualification.load, application.qualifications)
        if item.expires_on is not None and item.expires_on < day
    )
    found.extend(
        Gap(GapCode.CONDITIONS_UNMET, person.name, is_blocking=False)
        for person in map(AppliedPerson.load, application.people)
        if conditions is not None and not _meets(person, conditions, day)
    )
    return tuple(found)


def _meets(person: AppliedPerson, conditions: Conditions, day: date) -> bool:
    career = Career(
        person.title,
        person.licence,
        person.work_since,
        person.evaluation_since,
        has_disqualifying_record=False,
    )
    return overall(examine(career, conditions, day)) is ConditionOutcome.MET
