"""The checklists of the bureaus, and entering a bureau's own from a day on."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.errors import Forbidden
from agencyqa.extensions import db
from agencyqa.inspections.checklist_format import items_of, title_of
from agencyqa.inspections.forms import EMPTY_ROWS, LONGEST_CHECKLIST, checklist_form
from agencyqa.inspections.models import Checklist
from agencyqa.inspections.policies import can_inspect, visible_checklists
from agencyqa.inspections.queries.checklists import checklist_in_force, checklist_rows
from agencyqa.inspections.queries.faults import faults_by_code, offered_faults
from agencyqa.inspections.queries.faults import title_of as fault_title
from agencyqa.inspections.queries.provisions import rule_choices
from agencyqa.inspections.routes import bp
from agencyqa.inspections.services.checklists import enter_checklist
from agencyqa.measures.queries import provision_label, provisions_cited
from agencyqa.web.loading import one_or_404

CONSTRAINTS = {"uq_checklists_form_token": ("form_token", "already_submitted")}


@bp.get("/checklists")
@requires(Permission.INSPECTIONS_WRITE)
def checklists() -> ResponseReturnValue:
    actor = current_actor()
    rows = checklist_rows(db.session(), actor)
    return render_template(
        "inspections/checklists.html",
        rows=[(row[0], title_of(row[0]), row[1]) for row in rows],
        today=today(),
        can={"enter": can_inspect(actor)},
    )


@bp.get("/checklists/<int:checklist_id>")
@requires(Permission.INSPECTIONS_WRITE)
def checklist(checklist_id: int) -> ResponseReturnValue:
    session = db.session()
    found = one_or_404(visible_checklists(current_actor()).where(Checklist.id == checklist_id))
    items = items_of(found)
    day = max(found.valid_from, today()) if found.valid_to is None else found.valid_to
    cited = provisions_cited(session, sorted({item.provision for item in items}), day)
    faults = faults_by_code(session, {item.fault for item in items if item.fault})
    return render_template(
        "inspections/checklist.html",
        found=found,
        title=title_of(found),
        items=items,
        provisions={
            key: (
                provision_label(provision),
                url_for("measures.show", key=provision.measure_version.measure.key),
            )
            for key, provision in cited.items()
        },
        faults={code: fault_title(fault) for code, fault in faults.items()},
    )


@bp.route("/checklists/new", methods=["GET", "POST"])
@requires(Permission.INSPECTIONS_WRITE)
def new_checklist() -> ResponseReturnValue:
    actor = current_actor()
    if not can_inspect(actor) or actor.bureau_id is None:
        raise Forbidden()
    session = db.session()
    provisions = rule_choices(session, today())
    faults = offered_faults(session)
    wants_more = "more" in request.form
    if request.method == "POST":
        given = request.form.get("row_count", "")
        count = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else EMPTY_ROWS
        form = checklist_form(count + EMPTY_ROWS if wants_more else count, provisions, faults)
    else:
        # Most bureaus change a few lines of what holds now.
        start = checklist_in_force(session, actor.bureau_id, today())
        items = items_of(start) if start is not None else []
        data: dict[str, Any] = {"valid_from": today()}
        for n, item in enumerate(items):
            data |= {f"text_{n}": item.text, f"provision_{n}": item.provision, f"fault_{n}": item.fault}
        form = checklist_form(len(items) + EMPTY_ROWS, provisions, faults, **data)
    form.row_count.data, form.row_count.raw_data = len(form.rows()), None
    if not wants_more and form.validate_on_submit():
        with form.catching(CONSTRAINTS):
            found = enter_checklist(actor, session, form.data_object(), now=utc_now())
            session.commit()
            flash(gettext("清单已录入。此前登记的抽查仍用原来的清单。"), "success")
            return redirect(url_for("inspections.checklist", checklist_id=found.id))
    page = render_template(
        "inspections/checklist_new.html",
        form=form,
        rows=form.rows(),
        can_grow=len(form.rows()) < LONGEST_CHECKLIST,
    )
    return page, form.status
