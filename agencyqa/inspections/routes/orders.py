"""Rectification orders: the list, the story of one, issuing, verdicts."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.errors import Forbidden, WrongState
from agencyqa.extensions import db
from agencyqa.inspections import order_policies, order_workflow, policies
from agencyqa.inspections.enums import CheckState, OrderAction, OrderState
from agencyqa.inspections.models import RectificationOrder, SpotCheck
from agencyqa.inspections.numbering import check_label, finding_label
from agencyqa.inspections.order_forms import (
    CloseForm,
    IssueForm,
    OrderFilter,
    RecheckForm,
    RejectForm,
    VerifyForm,
)
from agencyqa.inspections.order_page import order_page
from agencyqa.inspections.queries import orders as queries
from agencyqa.inspections.routes import bp
from agencyqa.inspections.services.orders import (
    BASES,
    OrderData,
    RecheckData,
    close_order,
    expect_judge,
    issue_order,
    record_recheck,
    reject_answer,
    standing_findings,
    verify_answer,
)
from agencyqa.measures.queries import provision_label, provisions_in_force
from agencyqa.measures.workdays import working_calendar
from agencyqa.web.loading import one_or_404
from agencyqa.web.tables import paginate

# What a rejection proposes; the officer names the day.
NEW_TERM = 10


@bp.get("/orders", endpoint="orders")
@requires(Permission.INSPECTIONS_READ)
def orders() -> ResponseReturnValue:
    actor = current_actor()
    finders = {} if actor.is_agency else {"agency_id": partial(queries.agency_choices, db.session(), actor)}
    filters = OrderFilter.read(finders=finders)
    if actor.is_agency:
        del filters.agency_id
    statement = queries.order_rows(
        actor,
        state=filters.state.data,
        is_overdue=filters.overdue.data,
        agency_id=None if actor.is_agency else filters.agency_id.data,
        agency="" if actor.is_agency else filters.agency_id.sought,
    )
    return render_template(
        "inspections/orders.html",
        page=paginate(db.session(), statement, queries.ORDERS, request.args),
        filters=filters,
        actor=actor,
        order_label=queries.order_label,
        check_label=check_label,
    )


@bp.get("/orders/<int:order_id>", endpoint="order")
@requires(Permission.INSPECTIONS_READ)
def order(order_id: int) -> ResponseReturnValue:
    actor = current_actor()
    found = load_order(order_id)
    page = order_page(db.session(), actor, found)
    return render_template("inspections/order.html", order=found, page=page, can=_can(actor, found))


@bp.route("/<int:check_id>/orders/new", methods=["GET", "POST"])
@requires(Permission.RECTIFICATIONS_VERIFY)
def issue(check_id: int) -> ResponseReturnValue:
    actor = current_actor()
    check = one_or_404(policies.visible_checks(actor).where(SpotCheck.id == check_id))
    if not order_policies.can_issue(actor, check):
        raise Forbidden("only_own_bureau_orders")
    if check.state is not CheckState.RECORDED:
        raise WrongState("wrong_state")
    session, now = db.session(), utc_now()
    form = IssueForm()
    findings = queries.orderable_findings(session, check_id)
    form.finding_ids.choices = [
        (row.id, f"{finding_label(row.year, row.number)} {queries.fault_name(row)}") for row in findings
    ]
    in_force = provisions_in_force(session, BASES, today())
    form.provision_key.choices = [(key, provision_label(in_force[key])) for key in BASES if key in in_force]
    if form.validate_on_submit():
        with form.catching():
            made = issue_order(
                actor,
                session,
                check,
                OrderData(
                    form.finding_ids.data,
                    form.demand.data,
                    form.working_days.data,
                    form.provision_key.data,
                ),
                now=now,
            )
            db.session.commit()
            flash(gettext("整改要求已下达，机构已收到通知。"), "success")
            return redirect(url_for("inspections.order", order_id=made.id))
    elif not form.is_submitted():
        form.finding_ids.data = [row.id for row in findings]
        form.provision_key.data = next((key for key in BASES if key in in_force), None)
    calendar = working_calendar(session)
    return render_template(
        "inspections/order_new.html",
        form=form,
        check=check,
        check_name=check_label(check.year, check.number),
        has_findings=bool(findings),
        usual_due=calendar.add(today(), form.working_days.data or 0) if not form.errors else None,
    ), form.status


@bp.route("/orders/<int:order_id>/verify", methods=["GET", "POST"])
@requires(Permission.RECTIFICATIONS_VERIFY)
def verify_order(order_id: int) -> ResponseReturnValue:
    found = _load_to_judge(order_id)
    form = VerifyForm()
    if form.validate_on_submit():
        with form.catching():
            verify_answer(
                current_actor(),
                db.session(),
                found,
                note=form.note.data,
                recheck_on=form.recheck_on.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("已记录为核查通过。"), "success")
            return redirect(url_for("inspections.order", order_id=order_id))
    elif not form.is_submitted():
        order_workflow.next_state(found.state, OrderAction.VERIFY)
        form.version.data = found.version
    return _form_page("order_verify", form, found)


@bp.route("/orders/<int:order_id>/reject", methods=["GET", "POST"])
@requires(Permission.RECTIFICATIONS_VERIFY)
def reject_order(order_id: int) -> ResponseReturnValue:
    found = _load_to_judge(order_id)
    form = RejectForm()
    if form.validate_on_submit():
        with form.catching():
            reject_answer(
                current_actor(),
                db.session(),
                found,
                note=form.note.data,
                due_on=form.due_on.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("已要求机构继续整改。"), "success")
            return redirect(url_for("inspections.order", order_id=order_id))
    elif not form.is_submitted():
        order_workflow.next_state(found.state, OrderAction.VERIFY)
        form.version.data = found.version
        form.due_on.data = working_calendar(db.session()).add(today(), NEW_TERM).on
    return _form_page("order_reject", form, found)


@bp.route("/orders/<int:order_id>/recheck", methods=["GET", "POST"])
@requires(Permission.RECTIFICATIONS_VERIFY)
def recheck_order(order_id: int) -> ResponseReturnValue:
    found = _load_to_judge(order_id)
    form = RecheckForm()
    if form.validate_on_submit():
        with form.catching():
            record_recheck(
                current_actor(),
                db.session(),
                found,
                RecheckData(
                    form.result.data == "passed",
                    form.note.data,
                    form.reviewed_on.data,
                    form.due_on.data,
                ),
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("复查情况已记录。"), "success")
            return redirect(url_for("inspections.order", order_id=order_id))
    elif not form.is_submitted():
        order_workflow.next_state(found.state, OrderAction.CLOSE)
        form.version.data, form.reviewed_on.data = found.version, today()
    return _form_page("order_recheck", form, found)


@bp.route("/orders/<int:order_id>/close", methods=["GET", "POST"], endpoint="close_order")
@requires(Permission.RECTIFICATIONS_VERIFY)
def close(order_id: int) -> ResponseReturnValue:
    found = _load_to_judge(order_id)
    form = CloseForm()
    is_lifted = found.state is not OrderState.VERIFIED
    if form.validate_on_submit():
        with form.catching():
            close_order(
                current_actor(),
                db.session(),
                found,
                reason=form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("整改已办结。"), "success")
            return redirect(url_for("inspections.order", order_id=order_id))
    elif not form.is_submitted():
        if is_lifted and found.state is not OrderState.CLOSED and standing_findings(db.session(), found):
            raise WrongState("order_still_has_findings")
        order_workflow.next_state(found.state, OrderAction.LIFT if is_lifted else OrderAction.CLOSE)
        form.version.data = found.version
    return _form_page("order_close", form, found, is_lifted=is_lifted)


def load_order(order_id: int) -> RectificationOrder:
    return one_or_404(order_policies.visible_to(current_actor()).where(RectificationOrder.id == order_id))


def _load_to_judge(order_id: int) -> RectificationOrder:
    """Raise Forbidden or Refused before a page is shown to somebody who could not use it."""
    found = load_order(order_id)
    expect_judge(current_actor(), db.session(), found, now=utc_now())
    return found


def _form_page(
    template: str,
    form: VerifyForm | RejectForm | RecheckForm | CloseForm,
    found: RectificationOrder,
    **more: bool,
) -> ResponseReturnValue:
    return (
        render_template(
            f"inspections/{template}.html",
            form=form,
            order=found,
            label=queries.order_label(found.year, found.number),
            **more,
        ),
        form.status,
    )


def _can(actor: Actor, found: RectificationOrder) -> dict[str, bool]:
    allows = order_workflow.allows
    judges = order_policies.can_verify(actor, found) and not order_policies.has_conflict(
        db.session(), actor, found.spot_check_id
    )
    can_lift = judges and allows(found.state, OrderAction.LIFT)
    return {
        "answer": order_policies.can_answer(actor, found) and allows(found.state, OrderAction.ANSWER),
        "verify": judges and allows(found.state, OrderAction.VERIFY),
        "recheck": judges and allows(found.state, OrderAction.CLOSE),
        "close": judges and allows(found.state, OrderAction.CLOSE),
        "lift": can_lift and not standing_findings(db.session(), found),
    }
