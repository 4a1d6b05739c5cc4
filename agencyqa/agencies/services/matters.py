"""What an agency may propose beside its profile: what each matter takes, what is wrong with it, what it enters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from agencyqa.agencies import plain
from agencyqa.agencies.enums import DocumentKind, Matter
from agencyqa.agencies.models import (
    Agency,
    Appointment,
    Branch,
    Credential,
    Person,
    PersonRecord,
    Qualification,
    RecordProposal,
    Registration,
    Tie,
)
from agencyqa.agencies.services.evaluators import (
    AppointmentData,
    PersonChange,
    PersonData,
    appoint_evaluator,
    change_person,
    change_problems,
    end_appointment,
    facts_to_keep,
    person_problems,
)
from agencyqa.agencies.services.organisation import (
    BranchData,
    add_document,
    branch_problems,
    close_branch,
    open_branch,
)
from agencyqa.agencies.services.people import (
    CredentialData,
    add_credential,
    credential_problems,
    withdraw_entry,
)
from agencyqa.agencies.services.person_versions import versions_to_add
from agencyqa.agencies.services.qualifications import (
    QualificationData,
    add_qualification,
    qualification_problems,
    withdraw_qualification,
)
from agencyqa.agencies.services.ties import TieData, declare_tie, end_tie, tie_problems, withdraw_tie
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.db import open_period
from agencyqa.errors import Invalid, NotVisible, Stale
from agencyqa.files.models import StoredFile

Entry = Appointment | Tie | Branch | Qualification | Credential | PersonRecord
Target = Entry | None
Problems = dict[str, Any]


@dataclass(frozen=True)
class EndData:
    """``on`` is the last day."""

    on: date
    reason: str = ""


@dataclass(frozen=True)
class DocumentData:
    kind: DocumentKind
    valid_from: date


@dataclass(frozen=True)
class WithdrawalData:
    """Nothing but the reason, which every proposal has."""


@dataclass(frozen=True)
class Asked:
    """A proposal while it is put or decided; ``registration`` is the agency's row in the register it was put to."""

    session: Session
    agency: Agency
    registration: Registration
    target: Target
    data: Any
    now: datetime


@dataclass(frozen=True)
class Decided:
    """``reason`` is that of the decision, which stands for the note where a condition is not met."""

    actor: Actor
    proposal: RecordProposal
    asked: Asked
    reason: str


@dataclass(frozen=True)
class Deed:
    """``takes`` is a dataclass; ``target`` the table of the row that changes or ends, if there is one."""

    takes: type[Any]
    problems: Callable[[Asked], Problems]
    enter: Callable[[Decided], object]
    target: type[Entry] | None = None
    needs_file: bool = False


def find_target(
    session: Session, agency_id: int, matter: Matter, target_id: int | None, *, day: date | None = None
) -> Target:
    """The row of the agency that the matter is about. Raise NotVisible.

    ``day``: as who proposes on that day sees it, for whom what belongs to a person ends with his appointment. None:
    as it was proposed once, though he may have left since.
    """
    table = DEEDS[matter].target
    if table is None:
        return None
    is_own: ColumnElement[bool]
    if issubclass(table, Credential | PersonRecord):
        people = select(Appointment.person_id).where(Appointment.agency_id == agency_id, _not_over(day))
        is_own = table.person_id.in_(people)
    else:
        is_own = table.agency_id == agency_id
        if matter in {Matter.PERSON_CHANGE, Matter.CREDENTIAL}:
            is_own &= _not_over(day)
    found: Target = session.scalars(select(table).where(table.id == target_id, is_own)).one_or_none()  # type: ignore[assignment]
    if found is None:
        raise NotVisible()
    return found


def _not_over(day: date | None) -> ColumnElement[bool]:
    return true() if day is None else or_(Appointment.valid_to.is_(None), Appointment.valid_to >= day)


def seen_of(session: Session, matter: Matter, target: Target) -> dict[str, Any]:
    """What the row that is to change holds now, so that nothing is confirmed that was made from an older one."""
    if matter is not Matter.PERSON_CHANGE:
        return {}
    return plain.dump(_as_it_is(session, target))


def _as_it_is(session: Session, target: Target) -> PersonData:
    assert isinstance(target, Appointment)
    person = session.get_one(Person, target.person_id)
    return PersonData(**{each.name: getattr(person, each.name) for each in fields(PersonData)})


def _end_problems(asked: Asked) -> Problems:
    assert isinstance(asked.target, Appointment | Tie | Branch)
    if isinstance(asked.target, Tie) and asked.target.withdrawn_at is not None:
        return {"": "entry_withdrawn"}
    if asked.target.valid_to is not None:
        return {"on": "entry_over"}
    if asked.data.on < asked.target.valid_from:
        return {"on": ("ends_before_start_of", {"day": asked.target.valid_from})}
    return {}


def _withdrawal_problems(asked: Asked) -> Problems:
    """A record against a person is withdrawn by the bureau that entered it, a tie by the one whose it is."""
    entry = asked.target
    assert isinstance(entry, Qualification | Credential | PersonRecord | Tie)
    if isinstance(entry, Credential | PersonRecord):
        _place_of(asked)
    if isinstance(entry, PersonRecord | Tie) and entry.bureau_id != asked.registration.bureau_id:
        return {"bureau_id": "not_a_choice"}
    return {"": "entry_withdrawn"} if entry.withdrawn_at is not None else {}


def _place_of(asked: Asked) -> Appointment:
    """Where the person works for the agency now. Raise Invalid: what a former employer kept is no longer his."""
    assert isinstance(asked.target, Credential | PersonRecord)
    found = asked.session.scalars(
        select(Appointment)
        .where(
            Appointment.agency_id == asked.agency.id,
            Appointment.person_id == asked.target.person_id,
            open_period(Appointment.valid_from, Appointment.valid_to, local_date(asked.now)),
        )
        .order_by(Appointment.id.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        raise Invalid("person_not_here")
    return found


def _of_person(asked: Asked) -> Problems:
    problems = change_problems(asked.data, asked.now)
    before = _as_it_is(asked.session, asked.target)
    data = _without_record(asked.data, before)
    if not problems and data.person() == before:
        assert isinstance(asked.target, Appointment)
        person = asked.session.get_one(Person, asked.target.person_id)
        if not versions_to_add(
            asked.session, person.id, *facts_to_keep(asked.session, person, data, asked.now)
        ):
            # Nothing is said of any field: the sentence stands above the form.
            return {"": "profile_unchanged"}
    return problems


def _without_record(data: PersonChange, known: PersonData) -> PersonChange:
    """Whether there is a record against somebody is not for the agency to say."""
    return replace(data, has_disqualifying_record=known.has_disqualifying_record)


def _appoint(decided: Decided) -> object:
    asked = decided.asked
    data = replace(asked.data, note=asked.data.note.strip() or decided.reason)
    return appoint_evaluator(decided.actor, asked.session, asked.agency, data, now=asked.now)


def _change_person(decided: Decided) -> None:
    asked = decided.asked
    assert isinstance(asked.target, Appointment)
    now_known = _as_it_is(asked.session, asked.target)
    if plain.dump(now_known) != decided.proposal.seen:
        raise Stale("proposal_overtaken")
    data = _without_record(asked.data, now_known)
    person = asked.session.get_one(Person, asked.target.person_id)
    change_person(
        decided.actor,
        asked.session,
        asked.target,
        person,
        data,
        seen_version=person.version,
        now=asked.now,
    )


def _end_appointment(decided: Decided) -> None:
    asked = decided.asked
    assert isinstance(asked.target, Appointment)
    data: EndData = asked.data
    end_appointment(decided.actor, asked.session, asked.target, on=data.on, reason=data.reason, now=asked.now)


def _add_credential(decided: Decided) -> object:
    asked = decided.asked
    assert isinstance(asked.target, Appointment)
    return add_credential(decided.actor, asked.session, asked.target, asked.data, now=asked.now)


def _end_tie(decided: Decided) -> None:
    asked = decided.asked
    assert isinstance(asked.target, Tie)
    end_tie(decided.actor, asked.session, asked.target, on=asked.data.on, now=asked.now)


def _close_branch(decided: Decided) -> None:
    asked = decided.asked
    assert isinstance(asked.target, Branch)
    close_branch(decided.actor, asked.session, asked.target, on=asked.data.on, now=asked.now)


def _add_document(decided: Decided) -> object:
    asked, proposal = decided.asked, decided.proposal
    assert proposal.file_id is not None
    return add_document(
        decided.actor,
        asked.session,
        asked.agency,
        asked.data.kind,
        asked.session.get_one(StoredFile, proposal.file_id),
        proposal.file_name,
        valid_from=asked.data.valid_from,
        now=asked.now,
    )


def _withdraw_qualification(decided: Decided) -> None:
    asked, reason = decided.asked, decided.proposal.reason
    assert isinstance(asked.target, Qualification)
    withdraw_qualification(decided.actor, asked.session, asked.target, reason=reason, now=asked.now)


def _withdraw_entry(decided: Decided) -> None:
    asked, reason = decided.asked, decided.proposal.reason
    assert isinstance(asked.target, Credential | PersonRecord)
    place = _place_of(asked)
    withdraw_entry(decided.actor, asked.session, place, asked.target, reason=reason, now=asked.now)


def _withdraw_tie(decided: Decided) -> None:
    asked, reason = decided.asked, decided.proposal.reason
    assert isinstance(asked.target, Tie)
    withdraw_tie(decided.actor, asked.session, asked.target, reason=reason, now=asked.now)


def _added(
    service: Callable[..., object],
) -> Callable[[Decided], object]:
    def enter(decided: Decided) -> object:
        asked = decided.asked
        return service(decided.actor, asked.session, asked.agency, asked.data, now=asked.now)

    return enter


DEEDS: dict[Matter, Deed] = {
    Matter.QUALIFICATION: Deed(
        QualificationData,
        lambda asked: qualification_problems(asked.data, asked.now),
        _added(add_qualification),
    ),
    Matter.PERSON: Deed(
        AppointmentData, lambda asked: person_problems(asked.data.person, asked.now), _appoint
    ),
    Matter.PERSON_CHANGE: Deed(PersonChange, _of_person, _change_person, Appointment),
    Matter.PERSON_END: Deed(EndData, _end_problems, _end_appointment, Appointment),
    Matter.CREDENTIAL: Deed(
        CredentialData,
        lambda asked: credential_problems(asked.data, asked.now),
        _add_credential,
        Appointment,
    ),
    Matter.TIE: Deed(
        TieData,
        lambda asked: tie_problems(asked.session, asked.registration, asked.data),
        _added(declare_tie),
    ),
    Matter.TIE_END: Deed(EndData, _end_problems, _end_tie, Tie),
    Matter.BRANCH: Deed(
        BranchData, lambda asked: branch_problems(asked.data, asked.now), _added(open_branch)
    ),
    Matter.BRANCH_END: Deed(EndData, _end_problems, _close_branch, Branch),
    Matter.DOCUMENT: Deed(DocumentData, lambda asked: {}, _add_document, needs_file=True),
    Matter.QUALIFICATION_WITHDRAWAL: Deed(
        WithdrawalData, _withdrawal_problems, _withdraw_qualification, Qualification
    ),
    Matter.CREDENTIAL_WITHDRAWAL: Deed(WithdrawalData, _withdrawal_problems, _withdraw_entry, Credential),
    Matter.RECORD_WITHDRAWAL: Deed(WithdrawalData, _withdrawal_problems, _withdraw_entry, PersonRecord),
    Matter.TIE_WITHDRAWAL: Deed(WithdrawalData, _withdrawal_problems, _withdraw_tie, Tie),
}


def flat(data: Any) -> dict[str, Any]:
    """The fields of what a matter takes in one layer, for a page that lists them."""
    found: dict[str, Any] = {}
    for name, value in asdict(data).items():
        found.update(value if isinstance(value, dict) else {name: value})
    return found
