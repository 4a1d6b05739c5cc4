"""The list, its workbook, and the entry of an agency."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select

from agencyqa.agencies import exports, queries, services
from agencyqa.agencies.credit_code import compact
from agencyqa.agencies.enums import AgencyKind, PersonRole, Standing
from agencyqa.agencies.forms import AgencyFilter, RegisterForm
from agencyqa.agencies.hooks import grades
from agencyqa.agencies.policies import can_export, can_register
from agencyqa.agencies.routes import bp
from agencyqa.agencies.services import AgencyData
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.errors import Invalid
from agencyqa.extensions import db
from agencyqa.web.labels import label_of
from agencyqa.web.tables import paginate

# How many agencies fit side by side on a page.
MOST = 4
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/")
@requires(Permission.AGENCIES_READ)
def index() -> ResponseReturnValue:
    actor = current_actor()
    filters, statement = _filtered()
    return render_template(
        "agencies/index.html",
        page=paginate(db.session(), statement, queries.ORDER, request.args),
        filters=filters,
        today=today(),
        kinds={kind: label_of(kind) for kind in AgencyKind},
        standings=list(Standing),
        has_bureaus="bureau_id" in filters or actor.is_agency,
        can={"register": can_register(actor), "export": can_export(actor)},
    )


@bp.get("/compare")
@requires(Permission.AGENCIES_READ)
def compare() -> ResponseReturnValue:
    """Two to four agencies of the list side by side; what else the address names is passed over."""
    wanted = [int(text[:15]) for text in request.args.getlist("agency") if text.isascii() and text.isdigit()]
    found = queries.comparison(db.session(), current_actor(), list(dict.fromkeys(wanted))[:MOST], today())
    return render_template("agencies/compare.html", agencies=found, most=MOST, roles=list(PersonRole))


@bp.get("/export")
@requires(Permission.AGENCIES_EXPORT)
def export() -> ResponseReturnValue:
    filters, statement = _filtered()
    conditions = gettext("；").join(
        f"{field.label.text}{gettext('：')}{_shown(field)}"
        for field in filters
        if hasattr(field, "is_blank") and not field.is_blank()
    )
    now = utc_now()
    target = BytesIO()
    exports.write_register(db.session(), current_actor(), statement, conditions, target, now=now)
    target.seek(0)
    name = gettext("第三方机构库") + f"-{today():%Y%m%d}.xlsx"
    return send_file(target, mimetype=WORKBOOK, as_attachment=True, download_name=name)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def new() -> ResponseReturnValue:
    form = RegisterForm()
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            now = utc_now()
            _expect_unlike(form)
            data = AgencyData(
                credit_code=form.credit_code.data,
                profile=form.profile(),
                effective_on=form.effective_on.data,
                entry=form.entry.data,
                reason=form.reason.data,
            )
            agency = services.register_agency(current_actor(), db.session(), data, now=now)
            is_new = agency.created_at == now
            db.session.commit()
            if is_new:
                flash(gettext("机构已登记。"), "success")
            else:
                flash(
                    gettext(
                        "该机构已有共享档案，已沿用并登记到本局机构库。本次填写的其他信息未采用，如有变化请办理信息变更。"
                    ),
                    "info",
                )
            return redirect(url_for("agencies.show", agency_id=agency.id))
    return render_template("agencies/new.html", form=form), form.status


def _expect_unlike(form: RegisterForm) -> None:
    """A name much like one of the own register is shown before a second agency of that name is made."""
    actor = current_actor()
    if form.similar_seen.data or actor.bureau_id is None:
        return
    code = compact(form.credit_code.data)
    if queries.agency_of_code(db.session(), actor.bureau_id, code) is not None:
        # The code itself says it better.
        return
    similar = queries.similar_agencies(db.session(), actor.bureau_id, form.name.data, apart_from=code)
    if similar:
        raise Invalid(similar_seen=("similar_names", {"names": [item.name for item in similar]}))


def _filtered() -> tuple[AgencyFilter, Select[*tuple[Any, ...]]]:
    actor = current_actor()
    bureaus = queries.bureau_choices(db.session(), actor)
    offered = grades[0].choices(db.session(), actor) if grades else []
    filters = AgencyFilter.read(choices={"bureau_id": bureaus, "grade": offered})
    statement = queries.register_rows(
        actor,
        day=today(),
        q=filters.q.data,
        kind=filters.kind.data,
        standing=filters.standing.data,
        on=filters.on.data,
        lapse=filters.lapse.data,
        bureau_id=filters.bureau_id.data,
        sector=filters.sector.data,
        person=filters.person.data,
        least_evaluators=filters.least_evaluators.data,
        most_load=filters.most_load.data,
        grade=filters.grade.data,
    )
    if not offered:
        del filters.grade
    if len(bureaus) < 2:
        # With one register there is nothing to choose.
        del filters.bureau_id
    return filters, statement


def _shown(field: Any) -> str:
    """The text of the choice, not its stored value."""
    return str(field.written(field.data))
