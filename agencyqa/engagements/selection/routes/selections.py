from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.agencies.queries import agency_choices
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.engagements.checks import CheckView, views
from agencyqa.engagements.queries import commissioner_choices, unit_choices
from agencyqa.engagements.refusals import CommissionRefused
from agencyqa.engagements.ruling import revived
from agencyqa.engagements.selection import policies, queries, services
from agencyqa.engagements.selection.enums import SelectionAction
from agencyqa.engagements.selection.forms import (
    CancelForm,
    CandidateForm,
    DecideForm,
    SelectionFilter,
    SelectionForm,
)
from agencyqa.engagements.selection.models import Selection, SelectionCandidate
from agencyqa.engagements.selection.routes import bp
from agencyqa.engagements.selection.workflow import allowed
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.measures.enums import WorkKind
from agencyqa.objects.queries import object_choices
from agencyqa.web.forms import VersionedForm
from agencyqa.web.loading import given_choice, given_id, one_or_404
from agencyqa.web.tables import paginate


@bp.get("/")
@requires(Permission.ENGAGEMENTS_READ)
def index() -> ResponseReturnValue:
    actor = current_actor()
    filters = SelectionFilter.read()
    rows = queries.selection_rows(actor, state=filters.state.data, method=filters.method.data)
    return render_template(
        "selection/index.html",
        page=paginate(db.session(), rows, queries.ORDER, request.args),
        filters=filters,
        can={"begin": policies.can_select(actor), "exclusions": actor.has(Permission.AGENCIES_READ)},
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def new() -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    form = SelectionForm()
    form.commissioner_id.look_in(partial(commissioner_choices, session, actor))
    form.evaluated_unit_id.look_in(partial(unit_choices, session, actor))
    if not form.is_submitted():
        # A line of the annual plan leads here with what it says.
        for field in (form.object_id, form.commissioner_id, form.evaluated_unit_id):
            field.data = given_id(field.name)
        form.work_kind.data = given_choice("work_kind", WorkKind)
        form.held_on.data = today()
    form.object_id.look_in(partial(object_choices, session, actor))
    if form.validate_on_submit():
        with form.catching():
            selection = services.begin_selection(actor, session, form.data_object(), now=utc_now())
            db.session.commit()
            flash(gettext("选取记录已建立，请登记候选机构。"), "success")
            return redirect(url_for("selection.show", selection_id=selection.id))
    return render_template("selection/new.html", form=form), form.status


@bp.get("/<int:selection_id>")
@requires(Permission.ENGAGEMENTS_READ)
def show(selection_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    selection = _load(selection_id)
    steps = allowed(selection.state) if policies.can_change(actor, selection) else frozenset()
    rows = queries.candidates_of(session, selection_id)
    found = {
        row[0].id: views(session, [revived(item) for item in row[0].findings or ()], selection.held_on)
        for row in rows
    }
    offers = {row[0].agency_id: row[0].offer for row in rows}
    return render_template(
        "selection/show.html",
        selection=selection,
        names=queries.names_of(session, selection),
        rows=rows,
        found=found,
        offer=offers.get(selection.chosen_agency_id),
        can={
            "edit": SelectionAction.EDIT in steps,
            "decide": SelectionAction.DECIDE in steps and bool(rows),
            "cancel": SelectionAction.CANCEL in steps,
            "commission": SelectionAction.USE in steps,
            # Why somebody else was not chosen names ties and standing, which are the register's.
            "findings": actor.is_bureau,
        },
    )


@bp.route("/<int:selection_id>/candidates/new", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def new_candidate(selection_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    selection = _load_writable(selection_id)
    form = CandidateForm(obj=selection)
    form.agency_id.look_in(partial(agency_choices, session, actor))
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.enter_candidate(
                actor,
                session,
                selection,
                form.data_object(),
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("候选机构已登记。"), "success")
            return redirect(url_for("selection.show", selection_id=selection_id))
    return render_template("selection/candidate.html", form=form, selection_id=selection_id), form.status


@bp.route("/<int:selection_id>/candidates/<int:candidate_id>/remove", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def remove_candidate(selection_id: int, candidate_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    selection = _load_writable(selection_id)
    candidate = one_or_404(
        select(SelectionCandidate).where(
            SelectionCandidate.id == candidate_id, SelectionCandidate.selection_id == selection_id
        )
    )
    form = VersionedForm(obj=selection)
    if form.validate_on_submit():
        with form.catching():
            services.remove_candidate(
                actor, session, selection, candidate, seen_version=form.version.data, now=utc_now()
            )
            db.session.commit()
            flash(gettext("候选机构已移除。"), "success")
            return redirect(url_for("selection.show", selection_id=selection_id))
    return render_template("selection/remove.html", form=form, selection_id=selection_id), form.status


@bp.route("/<int:selection_id>/decide", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def decide(selection_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    selection = _load_writable(selection_id)
    held_on = selection.held_on
    form = DecideForm(obj=selection)
    form.agency_id.choices = [
        (row[0].agency_id, row.name) for row in queries.candidates_of(session, selection_id)
    ]
    if not form.is_submitted():
        form.reason.data = ""
    refused: list[CheckView] = []
    if form.validate_on_submit():
        with form.catching():
            try:
                services.decide_selection(
                    actor,
                    session,
                    selection,
                    form.agency_id.data,
                    form.reason.data,
                    seen_version=form.version.data,
                    now=utc_now(),
                )
                db.session.commit()
            except CommissionRefused as error:
                refused = views(session, error.checks, held_on)
                raise
            flash(gettext("机构已选定。"), "success")
            return redirect(url_for("selection.show", selection_id=selection_id))
    page = render_template("selection/decide.html", form=form, selection_id=selection_id, refused=refused)
    return page, form.status


@bp.route("/<int:selection_id>/cancel", methods=["GET", "POST"])
@requires(Permission.ENGAGEMENTS_WRITE)
def cancel(selection_id: int) -> ResponseReturnValue:
    selection = _load_writable(selection_id)
    form = CancelForm(obj=selection)
    if not form.is_submitted():
        form.reason.data = ""
    if form.validate_on_submit():
        with form.catching():
            services.cancel_selection(
                current_actor(),
                db.session(),
                selection,
                form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("选取已取消。"), "success")
            return redirect(url_for("selection.show", selection_id=selection_id))
    return render_template("selection/cancel.html", form=form, selection_id=selection_id), form.status


def _load(selection_id: int) -> Selection:
    return one_or_404(policies.visible_selections(current_actor()).where(Selection.id == selection_id))


def _load_writable(selection_id: int) -> Selection:
    selection = _load(selection_id)
    if not policies.can_change(current_actor(), selection):
        raise Forbidden()
    return selection
