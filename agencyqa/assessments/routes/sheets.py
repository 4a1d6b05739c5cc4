"""The list of sheets, which is also the to-do list of scorers and reviewers, and the page of one sheet."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from agencyqa.assessments import policies
from agencyqa.assessments.agreement.far_sheets import far_sheets
from agencyqa.assessments.agreement.second_look import FarMark
from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.forms.explained import explained_sheet
from agencyqa.assessments.forms.fields import SheetFilter
from agencyqa.assessments.queries.scorers import scorer_ids
from agencyqa.assessments.queries.sheets import ORDERS, revisions_of, sheet_rows, snapshots_of
from agencyqa.assessments.routes import bp
from agencyqa.assessments.routes.context import beside_documents, load_sheet, reports_beside
from agencyqa.assessments.routes.record import sheet_record
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.extensions import db
from agencyqa.measures.enums import Purpose
from agencyqa.web.labels import label_of
from agencyqa.web.tables import paginate

TODO, ALL = "todo", "all"
# What happens next, and who does it.
_NEXT_STEP = {
    SheetState.DRAFT: _l("下一步：评分单位填完各项后提交。"),
    SheetState.RETURNED: _l("下一步：评分单位按退回理由修改后重新提交。"),
    SheetState.SUBMITTED: _l("下一步：财政部门由没有填写过本表的监管人员审核，定稿或者退回。"),
    SheetState.FINAL: _l("下一步：计入年度考核，随年度结果一并发布；此前发现错误的，由财政部门开启更正。"),
    SheetState.PUBLISHED: _l(
        "已随年度结果发布，内容不再改动；确有错误的，由财政部门开启更正，形成新的版次。"
    ),
}


@bp.get("/sheets/")
@requires(Permission.SHEETS_READ)
def sheets() -> ResponseReturnValue:
    actor = current_actor()
    filters = SheetFilter.read()
    can_have_tasks = actor.has(Permission.SHEETS_SCORE)
    view = request.args.get("view", TODO if can_have_tasks and not filters.is_used else ALL)
    statement = sheet_rows(
        actor,
        state=SheetState(filters.state.data) if filters.state.data else None,
        role=Purpose(filters.role.data) if filters.role.data else None,
        year=filters.year.data,
        is_overdue=bool(filters.overdue.data),
        is_waiting=can_have_tasks and view == TODO,
    )
    page = paginate(db.session(), statement, ORDERS, request.args)
    return render_template(
        "assessments/sheets.html",
        page=page,
        filters=filters,
        view=view,
        can_have_tasks=can_have_tasks,
        far=_far(actor, [row.id for row in page.rows]),
        may_score={row.id for row in page.rows if _is_mine(row.scorer_body_id, row.state)},
        can_open=actor.has(Permission.SHEETS_FINALISE),
    )


def _far(actor: Actor, sheet_ids: list[int]) -> Mapping[int, FarMark]:
    """For supervisors only: nobody else compares one scorer's sheet with another's."""
    return far_sheets(db.session(), actor, sheet_ids) if actor.has(Permission.AGREEMENT_READ) else {}


def _is_mine(scorer_body_id: int, state: SheetState) -> bool:
    actor = current_actor()
    return (
        actor.has(Permission.SHEETS_SCORE)
        and actor.body_id == scorer_body_id
        and state in {SheetState.DRAFT, SheetState.RETURNED}
    )


@bp.get("/sheets/<int:sheet_id>")
@requires(Permission.SHEETS_READ)
def sheet(sheet_id: int) -> ResponseReturnValue:
    """The sheet as it stands, with the figures, reasons and decisions, for whoever may see it."""
    actor = current_actor()
    context = load_sheet(actor, sheet_id)
    found = context.sheet
    # Who scored it matters only while it waits for somebody who did not.
    is_waiting = found.state is SheetState.SUBMITTED
    scorers = scorer_ids(db.session(), [found.id]) if is_waiting else frozenset()
    insider = actor.is_bureau or policies.is_scorer(actor, found)
    record = sheet_record(actor, context, with_changes=actor.is_bureau)
    reports = reports_beside(actor, found)
    page = render_template(
        "assessments/sheet.html",
        context=context,
        sheet=found,
        trace=explained_sheet(context.program, context.texts, found, record.lines),
        record=record,
        revisions=revisions_of(db.session(), actor, found),
        snapshots=snapshots_of(db.session(), found) if insider else [],
        steps=_steps(found.state),
        next_step=_NEXT_STEP[found.state],
        insider=insider,
        far=_far(actor, [found.id]).get(found.id),
        can={
            "score": policies.can_score(actor, found),
            "review": policies.can_review(actor, found, scorers),
            "correct": policies.can_correct(actor, found),
            "blocked": is_waiting
            and actor.has(Permission.SHEETS_FINALISE)
            and actor.bureau_id == found.bureau_id
            and actor.user_id in scorers,
            "engagement": actor.has(Permission.ENGAGEMENTS_READ),
            # Everybody else finds the files on the page of the engagement.
            "files": actor.has(Permission.DELIVERABLES_READ) and not actor.has(Permission.ENGAGEMENTS_READ),
        },
        back=url_for("assessments.sheets"),
        reports=reports,
        engagement_id=found.engagement_id,
    )
    return beside_documents(page, reports)


def _steps(state: SheetState) -> list[tuple[str, str, None]]:
    """The path of a sheet with what is done; a returned sheet is back at the beginning."""
    path = [SheetState.DRAFT, SheetState.SUBMITTED, SheetState.FINAL, SheetState.PUBLISHED]
    reached = path.index(SheetState.DRAFT if state is SheetState.RETURNED else state)
    is_over = state is SheetState.PUBLISHED
    return [
        (label_of(each), "done" if n < reached or is_over else "current" if n == reached else "todo", None)
        for n, each in enumerate(path)
    ]
