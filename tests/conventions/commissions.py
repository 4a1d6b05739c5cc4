"""What a commission is made of beside the engagement: plan, selection, contract, team and what its members sign."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Agency, Appointment
from agencyqa.engagements.contracts.enums import FeeMethod
from agencyqa.engagements.contracts.services import (
    SubcontractData,
    TermsData,
    enter_terms,
    request_subcontract,
)
from agencyqa.engagements.deliverables.services.pauses import Grounds
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.planning.services import LineData, add_line, begin_plan
from agencyqa.engagements.recusal.enums import ExemptionCause
from agencyqa.engagements.recusal.models import RecusalCase
from agencyqa.engagements.recusal.services import (
    DeclarationData,
    ExemptionData,
    grant_exemption,
    sign_declaration,
)
from agencyqa.engagements.selection.enums import SelectionMethod
from agencyqa.engagements.selection.services import (
    CandidateData,
    ExclusionData,
    SelectionData,
    begin_selection,
    enter_candidate,
    exclude_agency,
)
from agencyqa.engagements.team.enums import TeamRole
from agencyqa.engagements.team.models import TeamMember
from agencyqa.engagements.team.services import ChangeData, enter
from agencyqa.engagements.team.services import propose_change as propose_team_change
from agencyqa.measures.enums import WorkKind
from tests.factories.accounts import (
    NOW,
    actor_of,
)
from tests.factories.agencies import (
    make_evaluator,
    officer_of,
)

if TYPE_CHECKING:
    from tests.conventions.places import Places

SIGNED = date(2022, 3, 1)


def put_independence(places: Places, name: str, bureau: Body, engagement: Engagement) -> None:
    """The principal evaluator is in the team and has signed that there is something to judge."""
    person_id = places.session.scalars(
        select(Appointment.person_id).where(Appointment.agency_id == engagement.agency_id).limit(1)
    ).one()
    officer = officer_of(bureau)
    role = TeamRole.PRINCIPAL_EVALUATOR
    enter(officer, places.session, engagement, person_id, role, valid_from=SIGNED, reason="", now=NOW)
    agency = places.session.get_one(Body, engagement.agency_id).name.removeprefix("机构")
    employed = make_evaluator(
        places.session, bureau, places.session.get_one(Agency, engagement.agency_id), f"主评{agency}二{name}"
    )
    declared = sign_declaration(
        actor_of(places.session, places.people[f"manager {agency}"]),
        places.session,
        engagement,
        DeclarationData(person_id, False, SIGNED, f"声明说明{name}"),
        now=NOW,
    )
    put_exemption(places, name, bureau, engagement)
    change = propose_team_change(
        actor_of(places.session, places.people[f"manager {agency}"]),
        places.session,
        engagement,
        ChangeData(employed.person_id, None, TeamRole.MEMBER, f"变更理由{name}"),
        now=NOW,
    )
    changes = places.drawer(f"team {name}")
    changes.words.add(f"变更理由{name}")
    changes.put("change_id", change.id)
    own, case = places.drawer(f"work {name}"), places.drawer(f"recusal {name}")
    own.words.add(f"声明说明{name}")
    own.put("declaration_id", declared.id)
    found = select(RecusalCase.id).where(RecusalCase.declaration_id == declared.id)
    case.put("case_id", places.session.scalars(found).one())


def put_exemption(places: Places, name: str, bureau: Body, engagement: Engagement) -> None:
    """Somebody was in the team for a week, left the agency and can sign no more."""
    agency = places.session.get_one(Agency, engagement.agency_id)
    gone = make_evaluator(places.session, bureau, agency, f"已故{name}", valid_to=date(2022, 4, 1))
    places.session.add(
        TeamMember(
            engagement_id=engagement.id,
            person_id=gone.person_id,
            role=TeamRole.MEMBER,
            valid_from=SIGNED,
            valid_to=date(2022, 3, 7),
            entered_at=NOW,
        )
    )
    places.session.flush()
    data = ExemptionData(
        gone.person_id, ExemptionCause.DECEASED, Grounds(f"免签理由{name}", f"免签批文{name}")
    )
    made = grant_exemption(officer_of(bureau), places.session, engagement, data, now=NOW)
    own = places.drawer(f"recusal {name}")
    own.words |= {f"免签理由{name}", f"免签批文{name}"}
    own.put("exemption_id", made.id)


def put_selection(
    places: Places, name: str, bureau: Body, agency: Agency, unit: Body, engagement: Engagement
) -> None:
    """Further work on the object, for which nobody is chosen yet; and what keeps the agency out, long ago."""
    officer = officer_of(bureau)
    data = SelectionData(
        engagement.object_id,
        WorkKind.RESEARCH,
        bureau.id,
        unit.id,
        SelectionMethod.DIRECT,
        SIGNED,
        f"选取理由{name}",
    )
    made = begin_selection(officer, places.session, data, now=NOW)
    candidate = enter_candidate(
        officer, places.session, made, CandidateData(agency.id), seen_version=made.version, now=NOW
    )
    out = ExclusionData(agency.id, date(2021, 12, 1), date(2021, 12, 2), f"暂停理由{name}")
    own, held = places.drawer(f"selection {name}"), places.drawer(f"held {name}")
    own.words.add(f"选取理由{name}")
    own.put("selection_id", made.id)
    own.put("candidate_id", candidate.id)
    held.words.add(f"暂停理由{name}")
    held.put("exclusion_id", exclude_agency(officer, places.session, out, now=NOW).id)


def put_contract(places: Places, name: str, agency: str, engagement: Engagement) -> None:
    """What the contract says, and what the agency would like to give away."""
    own = places.drawer(f"contract {name}")
    terms = TermsData(SIGNED, f"合同范围{name}", FeeMethod.AGREED)
    supervisor = places.session.get_one(Body, engagement.bureau_id)
    enter_terms(officer_of(supervisor), places.session, engagement, terms, now=NOW)
    manager = actor_of(places.session, places.people[f"manager {agency}"])
    part = SubcontractData(f"分包方{name}", "测量", 100_000, "专业设备")
    made = request_subcontract(manager, places.session, engagement, part, now=NOW)
    own.words |= {f"合同范围{name}", f"分包方{name}"}
    own.put("subcontract_id", made.id)


def put_plan(places: Places, letter: str, bureau: Body) -> None:
    """A draft of the bureau's plan, with one line about work of its own."""
    officer = officer_of(bureau)
    plan = begin_plan(officer, places.session, 2030, f"计划依据{letter}", now=NOW)
    thing = places.drawer(f"work {letter}1").rows["object_id"][0]
    unit = places.drawer(f"department {letter}1").rows["body_id"][0]
    line = LineData(thing, WorkKind.RESEARCH, bureau.id, unit, date(2030, 6, 30), note=f"列入{letter}")
    added = add_line(officer, places.session, plan, line, seen_version=plan.version, now=NOW)
    own = places.drawer(f"plan {letter}")
    own.words |= {f"计划依据{letter}", f"列入{letter}"}
    own.put("plan_id", plan.id)
    own.put("line_id", added.id)
