"""What agencies handed in and supervisors found, in drawers of their own: each row and each file names its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Agency
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.models import Engagement
from agencyqa.evaluations.data import ProblemData
from agencyqa.evaluations.enums import ProblemKind
from agencyqa.evaluations.models import EvaluationImport
from agencyqa.files.models import StoredFile
from agencyqa.inspections.enums import FindingState
from agencyqa.inspections.models import Checklist, RecordTemplate
from tests.factories.accounts import NOW
from tests.factories.deliverables import make_deliverable, make_handed_in, make_version
from tests.factories.evaluations import first_problem, make_record, make_record_assignment, record_data
from tests.factories.files import make_stored, pdf
from tests.factories.imports import make_import
from tests.factories.inspections import make_checklist, make_evidence, make_finding, make_spot_check
from tests.factories.milestones import make_milestone
from tests.factories.opinions import make_opinion
from tests.factories.orders import make_answer, make_answer_evidence, make_order
from tests.factories.reviews import make_open_comment

if TYPE_CHECKING:
    from tests.conventions.places import Places


def put_evidence(
    places: Places, app: Flask, name: str, bureau: Body, agency: Agency, engagement: Engagement, unit: Body
) -> None:
    _papers(places, app, name, engagement)
    _record(places, app, name, bureau, engagement, unit)
    _inspection(places, app, name, bureau, agency, engagement)


def _stored(places: Places, app: Flask, text: str) -> StoredFile:
    return make_stored(app, places.session, pdf(text))


def _papers(places: Places, app: Flask, name: str, engagement: Engagement) -> None:
    session = places.session
    version = make_handed_in(session, engagement, DeliverableKind.DRAFT, app=app, name=f"初稿{name}.pdf")
    own = places.drawer(f"paper {name}")
    own.words |= {f"初稿{name}", version.sha256}
    own.put("deliverable_id", version.deliverable_id)
    own.put("version_id", version.id)
    own.put("opinion_id", make_opinion(session, engagement, version, f"单位意见{name}").id)
    own.words.add(f"单位意见{name}")
    assert version.submission_id is not None
    # The evaluated unit reads the draft, and the receipt is between the parties of the contract.
    between = places.drawer(f"receipt {name}")
    between.put("submission_id", version.submission_id)
    between.put("milestone_id", make_milestone(session, engagement, f"节点{name}").id)
    between.words.add(f"节点{name}")
    waiting = make_version(
        session,
        engagement,
        make_deliverable(session, engagement, DeliverableKind.PLAN, is_required=False),
        stored=_stored(places, app, f"plan {name}"),
        name=f"未交计划{name}.pdf",
    )
    # The reviewed report of an agency, and what its people say to each other about it.
    report = make_version(
        session,
        engagement,
        make_deliverable(session, engagement, DeliverableKind.REPORT, is_required=False),
        stored=_stored(places, app, f"report {name}"),
        name=f"未交报告{name}.pdf",
    )
    hidden = places.drawer(f"waiting {name}")
    hidden.words |= {f"未交报告{name}", f"内审意见{name}"}
    hidden.put("version_id", report.id)
    hidden.put("comment_id", make_open_comment(session, engagement, f"内审意见{name}").id)
    hidden.words |= {f"未交计划{name}", waiting.sha256}
    hidden.put("version_id", waiting.id)


def _record(places: Places, app: Flask, name: str, bureau: Body, engagement: Engagement, unit: Body) -> None:
    session = places.session
    problem = ProblemData(ProblemKind.FUNDS, f"支出问题{name}", unit.id, None, f"改进建议{name}")
    record = make_record(session, engagement, record_data(unit, problems=(problem,)))
    own = places.drawer(f"record {name}")
    own.words |= {f"支出问题{name}", f"改进建议{name}"}
    own.put("record_id", record.id)
    own.put("problem_id", first_problem(session, record).id)
    assignment = make_record_assignment(session, record, _further(places, bureau))
    places.drawer(f"record shown {name}").put("assignment_id", assignment.id)
    taken = EvaluationImport(
        record_id=record.id,
        file_id=_stored(places, app, f"book {name}").id,
        file_name=f"导入{name}.xlsx",
        record_version=1,
        handed_in_at=NOW,
    )
    session.add(taken)
    session.flush()
    books = places.drawer(f"import {name}")
    books.words.add(f"导入{name}")
    books.put("import_id", taken.id)


def _further(places: Places, bureau: Body) -> Body:
    """A department that has nothing else to do with the work."""
    name = f"{bureau.name[-1]}X"
    rows = places.drawer(f"department {name}").rows
    if "body_id" not in rows:
        return places.department(name, bureau)
    return places.session.get_one(Body, rows["body_id"][0])


def _inspection(
    places: Places, app: Flask, name: str, bureau: Body, agency: Agency, engagement: Engagement
) -> None:
    session = places.session
    check = make_spot_check(session, bureau, agency, engagement, checklist=_checklist(places, app, bureau))
    own = places.drawer(f"check {name}")
    own.put("check_id", check.id)
    final = make_finding(session, check, facts=f"认定事实{name}")
    proof = make_evidence(session, final, _stored(places, app, f"proof {name}"), name=f"佐证{name}.pdf")
    own.words |= {f"认定事实{name}", f"佐证{name}"}
    own.put("finding_id", final.id)
    own.put("file_id", proof.id)
    order = make_order(session, check, [final], demand=f"整改要求{name}")
    answer = make_answer(session, order, f"整改说明{name}")
    photo = make_answer_evidence(
        session, answer, _stored(places, app, f"photo {name}"), name=f"照片{name}.pdf"
    )
    own.words |= {f"整改要求{name}", f"整改说明{name}", f"照片{name}"}
    own.put("order_id", order.id)
    own.put("evidence_id", photo.id)
    drafted = make_finding(session, check, state=FindingState.DRAFT, facts=f"拟定事实{name}")
    hidden = places.drawer(f"drafted {name}")
    hidden.words.add(f"拟定事实{name}")
    hidden.put("finding_id", drafted.id)
    dropped = make_finding(session, check, state=FindingState.DROPPED, facts=f"不予认定{name}")
    hidden.words.add(f"不予认定{name}")
    hidden.put("finding_id", dropped.id)
    session.flush()


def _checklist(places: Places, app: Flask, bureau: Body) -> Checklist:
    """One for each bureau, with a template beside it."""
    letter = bureau.name[-1]
    own = places.drawer(f"papers of bureau {letter}")
    if "checklist_id" not in own.rows:
        made = make_checklist(places.session, bureau, title=f"检查表{letter}")
        own.put("checklist_id", made.id)
        template = RecordTemplate(
            bureau_id=bureau.id, number=1, file_id=None, file_name=f"模板{letter}.docx", entered_at=NOW
        )
        places.session.add(template)
        places.session.flush()
        own.words.add(f"模板{letter}")
        own.put("template_id", template.id)
        book = make_import(app, places.session, bureau, f"机构名单{letter}.xlsx")
        # Workbooks of agencies and of evaluations have one name in an address, so none may have the other's number.
        book.id += 900
        places.session.flush()
        own.words.add(f"机构名单{letter}")
        own.put("import_id", book.id)
        places.checklists[bureau.id] = made
    return places.checklists[bureau.id]
