"""Filling in a draft. Rows are added, removed and moved by submit buttons; a script is not needed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm.exc import StaleDataError

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import Forbidden, Invalid, Stale, WrongState
from agencyqa.evaluations import policies, services
from agencyqa.evaluations.data import MOST_INDICATORS
from agencyqa.evaluations.forms.fields import RecordForm
from agencyqa.evaluations.forms.page import Page, check_page, page_of, page_typed
from agencyqa.evaluations.forms.typed import is_action
from agencyqa.evaluations.models import EvaluationRecord
from agencyqa.evaluations.queries.content import answering_choices, content_of, standard_for
from agencyqa.evaluations.queries.records import names_of
from agencyqa.evaluations.routes import bp
from agencyqa.evaluations.routes.loading import engagement_of, load
from agencyqa.evaluations.services.access import expect_draft
from agencyqa.evaluations.standards import band_label, rules_of
from agencyqa.evaluations.views import told
from agencyqa.extensions import db
from agencyqa.web import refusals
from agencyqa.web.messages import sentence


@bp.route("/<int:record_id>/edit", methods=["GET", "POST"])
@requires(Permission.EVALUATIONS_WRITE)
def edit(record_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    record = load(record_id)
    engagement = engagement_of(record)
    if not policies.is_author(actor, record.agency_id):
        raise Forbidden()
    form = RecordForm()
    choices, standard = (
        answering_choices(session, engagement),
        rules_of(standard_for(session, engagement)),
    )
    if request.method == "GET":
        if not policies.can_edit(actor, record, engagement):
            return redirect(url_for("evaluations.show", record_id=record_id))
        form.version.data = record.version
        return _shown(record, page_of(content_of(session, record), form, choices, standard))
    action = request.form.get("do", "save")
    if is_action(action):
        page, focus = page_typed(form, request.form, choices, standard, action=action)
        return _shown(record, page, focus=focus, is_unsaved=True)
    page, _ = page_typed(form, request.form, choices, standard)
    try:
        if not check_page(page) or page.data is None:
            expect_draft(actor, session, record)
            return _shown(record, page, status=Invalid.status)
        services.save_draft(actor, session, record, page.data, seen_version=form.version.data, now=utc_now())
        session.commit()
    except (Stale, StaleDataError):
        return _stale(record_id, form)
    except WrongState as error:
        return _too_late(record_id, page, error)
    flash(gettext("草稿已保存，核对结果见各行及“总体”。"), "success")
    if action == "submit":
        return redirect(url_for("evaluations.submit", record_id=record_id))
    return redirect(url_for("evaluations.edit", record_id=record_id))


def _stale(record_id: int, form: RecordForm) -> ResponseReturnValue:
    """What was typed, on top of the newest version: saved again, it takes its place."""
    db.session.rollback()
    refusals.tell(Stale())
    record = load(record_id)
    engagement = engagement_of(record)
    session = db.session()
    choices, standard = (
        answering_choices(session, engagement),
        rules_of(standard_for(session, engagement)),
    )
    page, _ = page_typed(form, request.form, choices, standard)
    form.version.data = record.version
    return _shown(record, page, is_stale=True, status=Stale.status)


def _too_late(record_id: int, page: Page, error: WrongState) -> ResponseReturnValue:
    """The draft is no longer open: say so, and show what was typed and is not in it."""
    db.session.rollback()
    refusals.tell(error)
    text = sentence(error.code, **error.params)
    answer = render_template("evaluations/too_late.html", page=page, text=text, record_id=record_id)
    return answer, error.status


def _shown(
    record: EvaluationRecord,
    page: Page,
    *,
    focus: tuple[str, int] | None = None,
    is_unsaved: bool = False,
    is_stale: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    session = db.session()
    standard = rules_of(standard_for(session, engagement_of(record)))
    result = page.result
    figures: dict[str, Any] = {
        "total": result.total if result else None,
        "maximum": result.maximum if result else None,
        "grade": band_label(result.grade) if result and result.grade else None,
        "share": result.results_share if result else None,
    }
    answer = render_template(
        "evaluations/edit.html",
        record=record,
        names=names_of(session, record),
        page=page,
        form=page.form,
        figures=figures,
        grades=[band_label(band) for band in standard.bands] if standard else [],
        row_checks={row: [told(each, standard) for each in found] for row, found in page.checks.items()},
        checks_at={
            place: [told(each, standard) for each in page.checks_at(place)]
            for place in ("total", "maximum", "grade", "share", "rows")
        },
        dimension_checks=[
            told(each, standard)
            for each in (result.checks if result else ())
            if each.place.startswith("dimension:")
        ],
        focus=focus,
        is_unsaved=is_unsaved,
        is_stale=is_stale,
        most=MOST_INDICATORS,
    )
    return answer, status
