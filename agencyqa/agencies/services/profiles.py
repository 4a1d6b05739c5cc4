from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.naming import sort_key
from agencyqa.agencies import credit_code
from agencyqa.agencies.enums import AgencyKind, Sector
from agencyqa.agencies.history import FIELDS, differences
from agencyqa.agencies.models import Agency, AgencyProfile
from agencyqa.agencies.queries.record import current_profile
from agencyqa.agencies.services.gate import writable
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.errors import Invalid


@dataclass(frozen=True)
class ProfileData:
    name: str
    kind: AgencyKind
    legal_representative: str
    founded_on: date | None = None
    address: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    on_credit_platform: bool = False
    platform_number: str = ""
    platform_filed_on: date | None = None
    head_office_code: str = ""
    sectors: tuple[Sector, ...] = ()


Problems = dict[str, str | tuple[str, dict[str, object]]]


def change_profile(
    actor: Actor,
    session: Session,
    agency: Agency,
    data: ProfileData,
    *,
    effective_on: date,
    reason: str,
    seen_version: int | None,
    now: datetime,
) -> AgencyProfile:
    """A new dated version, shared by every bureau that has the agency in its register.

    Raise NotVisible, Forbidden, Stale, Invalid.
    """
    registration = writable(session, actor, agency.id)
    check_version(agency, seen_version)
    before = current_profile(session, agency.id)
    problems = profile_problems(data, effective_on, now)
    if not reason.strip():
        problems["reason"] = "required"
    if effective_on < before.effective_on:
        problems["effective_on"] = ("profile_before_last", {"day": before.effective_on})
    if problems:
        raise Invalid("invalid", **problems)
    changed = differences(before, data)
    if not changed:
        raise Invalid("profile_unchanged")
    # The agency's own row first: of two writers the second stops here, before it numbers a version.
    agency.changed_at = now
    session.flush()
    before.is_current = False
    profile = new_profile(
        actor,
        agency,
        data,
        number=before.number + 1,
        effective_on=effective_on,
        reason=reason.strip(),
        now=now,
    )
    session.add(profile)
    if before.name != data.name:
        body = session.get_one(Body, agency.id)
        body.name, body.sort_key = data.name, sort_key(data.name)
    session.flush()
    record(
        session,
        actor,
        "agencies.profile.changed",
        agency,
        now=now,
        bureau_id=registration.bureau_id,
        changes={item.field: (item.before, item.after) for item in changed},
        number=profile.number,
        effective_on=effective_on,
        reason=profile.reason,
    )
    return profile


def new_profile(
    actor: Actor,
    agency: Agency,
    data: ProfileData,
    *,
    number: int,
    effective_on: date,
    reason: str,
    now: datetime,
) -> AgencyProfile:
    return AgencyProfile(
        agency_id=agency.id,
        number=number,
        is_current=True,
        effective_on=effective_on,
        reason=reason,
        recorded_at=now,
        recorded_by_id=actor.user_id,
        **profile_values(data),
    )


def profile_values(data: ProfileData) -> dict[str, object]:
    found = {name: value for name, value in asdict(data).items() if name in FIELDS}
    return found | {"head_office_code": credit_code.compact(data.head_office_code)}


def profile_problems(data: ProfileData, effective_on: date, now: datetime) -> Problems:
    """What cannot be taken, by field. The day of a version is never in the future: the register shows the present."""
    today = local_date(now)
    problems: Problems = {
        name: "required" for name in ("name", "legal_representative") if not getattr(data, name).strip()
    }
    if data.contact_email and not _looks_like_email(data.contact_email):
        problems["contact_email"] = "not_an_email"
    if data.founded_on is not None and data.founded_on > today:
        problems["founded_on"] = "day_in_future"
    elif data.founded_on is not None and data.founded_on > effective_on:
        problems["effective_on"] = ("before_founding", {"day": data.founded_on})
    if effective_on > today:
        problems["effective_on"] = "day_in_future"
    if data.platform_filed_on is not None and data.platform_filed_on > today:
        problems["platform_filed_on"] = "day_in_future"
    if (data.platform_number or data.platform_filed_on) and not data.on_credit_platform:
        problems["on_credit_platform"] = "filing_not_ticked"
    if data.head_office_code:
        try:
            credit_code.read(data.head_office_code)
        except credit_code.CreditCodeError as error:
            problems["head_office_code"] = (error.code, error.params)
    return problems


def _looks_like_email(text: str) -> bool:
    """Only what is surely a slip is caught; whether mail arrives nobody can tell from the text."""
    name, at, host = text.rpartition("@")
    return bool(name and at and "." in host.strip(".")) and not any(c.isspace() for c in text)
