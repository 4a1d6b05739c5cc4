"""The work list, what waits for the bureau, and the terms it set for itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.duties.enums import Duty
from agencyqa.duties.forms import DutyFilter, TermForm
from agencyqa.duties.items import Scope
from agencyqa.duties.models import DutyTerm
from agencyqa.duties.narrowings import Narrowing, is_due_from, is_due_until, is_late, is_mine
from agencyqa.duties.queries import Listing
from agencyqa.duties.routes import bp
from agencyqa.duties.terms import REMIND_WORKING_DAYS, can_set_terms, set_term, term_rows
from agencyqa.duties.waiting import waiting_page
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.measures.reckoning import reckon


@bp.get("/duties")
@requires(Permission.DUTIES_READ)
def index() -> ResponseReturnValue:
    """One's own next steps; with ``view=all`` also what waits for others, as far as one may see it."""
    actor, reckoning = current_actor(), reckon(db.session(), today())
    filters = DutyFilter.read()
    is_all = request.args.get("view") == "all"
    listing = Listing(Scope(actor, reckoning))
    narrowings, parameters = _narrowings(filters, is_all=is_all)
    page = listing.page(
        db.session(), request.args, *narrowings, duty=filters.duty.data, parameters=parameters
    )
    return render_template(
        "duties/index.html",
        page=page,
        items=listing.items(page.rows),
        filters=filters,
        is_all=is_all,
        reckoning=reckoning,
        can={"waiting": actor.has(Permission.WAITING_READ)},
    )


def _narrowings(filters: DutyFilter, *, is_all: bool) -> tuple[list[Narrowing], dict[str, Any]]:
    """With the values that they need."""
    first, last = filters.due_from.data, filters.due_to.data
    found: list[Narrowing] = [] if is_all else [is_mine]
    values: dict[str, Any] = {}
    if first:
        found.append(is_due_from)
        values["due_from"] = first
    if last:
        found.append(is_due_until)
        values["due_until"] = last
    if filters.late.data:
        found.append(is_late)
    return found, values


@bp.get("/duties/waiting")
@requires(Permission.WAITING_READ)
def waiting() -> ResponseReturnValue:
    actor = current_actor()
    text, session = request.args.get("duty", ""), db.session()
    duty = Duty(text) if text in set(Duty) else None
    return render_template(
        "duties/waiting.html",
        found=waiting_page(session, Scope(actor, reckon(session, today())), duty),
        duty=duty,
        has_bureaus=len(actor.bureau_ids) > 1,
        can={"set": can_set_terms(actor)},
    )


@bp.get("/duties/terms")
@requires(Permission.WAITING_READ)
def terms() -> ResponseReturnValue:
    actor = current_actor()
    return render_template(
        "duties/terms.html",
        rows=_with_state(term_rows(db.session(), {actor.bureau_id or 0})),
        reminder=REMIND_WORKING_DAYS,
        can={"set": can_set_terms(actor)},
    )


def _with_state(rows: Sequence[DutyTerm]) -> list[tuple[DutyTerm, str]]:
    """``future``, ``current`` or ``past``; the rows of one kind come newest first."""
    day, found, seen = today(), [], set()
    for row in rows:
        name = (row.kind, row.duty)
        if row.valid_from > day:
            state = "future"
        else:
            state = "past" if name in seen else "current"
            seen.add(name)
        found.append((row, state))
    return found


@bp.route("/duties/terms/new", methods=["GET", "POST"])
@requires(Permission.TERMS_WRITE)
def new_term() -> ResponseReturnValue:
    actor = current_actor()
    if not can_set_terms(actor):
        raise Forbidden()
    form = TermForm()
    if not form.is_submitted():
        form.valid_from.data = today()
        text = request.args.get("duty", "")
        form.duty.data = Duty(text) if text in set(Duty) else None
    if form.validate_on_submit():
        with form.catching(CONSTRAINTS):
            set_term(actor, db.session(), form.data_object(), now=utc_now())
            db.session.commit()
            flash(gettext("已保存。"), "success")
            return redirect(url_for("duties.terms"))
    return render_template("duties/new_term.html", form=form), form.status


# Two leads in the same moment: the second is told to look again.
CONSTRAINTS = {
    "uq_duty_terms_bureau_id_kind_duty_valid_from": ("valid_from", "duty_term_taken"),
    "uq_duty_terms_reminder": ("valid_from", "duty_term_taken"),
}
