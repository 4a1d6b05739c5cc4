"""Entries of its record that an agency proposes: each matter has its form, all share the page of the decision."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from agencyqa.accounts.queries import body_choices
from agencyqa.agencies import queries, services
from agencyqa.agencies.enums import Matter
from agencyqa.agencies.models import Agency, Appointment, Person, RecordProposal
from agencyqa.agencies.policies import can_propose, visible_record_proposals
from agencyqa.agencies.proposal_forms import FORMS, Proposed, TieProposal
from agencyqa.agencies.reporting_forms import DecideProposalForm
from agencyqa.agencies.routes import bp
from agencyqa.agencies.routes.loading import load, name_of
from agencyqa.agencies.routes.proposal_steps import decided, possible, withdrawn
from agencyqa.agencies.services.ties import TIED
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.errors import Forbidden, NotVisible
from agencyqa.extensions import db
from agencyqa.files.models import StoredFile
from agencyqa.files.serving import download
from agencyqa.files.uploads import KeptFile, take_upload, takes_files
from agencyqa.web.loading import one_or_404


@bp.route("/<int:agency_id>/proposals/entries/new/<key>", methods=["GET", "POST", "PUT"])
@requires(Permission.RECORD_PROPOSE)
@takes_files(_l("档案变更佐证"))
def propose_entry(agency_id: int, key: str) -> ResponseReturnValue:
    """``key`` names the matter; the row that is to change or end stands in the address as ``target``."""
    agency = load(agency_id)
    if key not in set(Matter):
        raise NotVisible()
    matter = Matter(key)
    actor, session = current_actor(), db.session()
    if not can_propose(actor, agency_id):
        raise Forbidden()
    text = request.args.get("target", "")
    target_id = int(text[:15]) if text.isascii() and text.isdigit() else None
    target = services.find_target(session, agency_id, matter, target_id, day=today())
    subject = queries.subject_of(session, matter, target)
    form, names = _form(matter, agency, target)
    name = name_of(agency_id)

    def save(kept: KeptFile | None) -> str:
        services.propose_entry(
            actor,
            db.session(),
            agency,
            form.bureau_id.data,
            matter,
            form.data_object(),
            target_id=target_id,
            reason=form.why.data,
            stored=kept.stored if kept else None,
            file_name=kept.name if kept else "",
            form_token=form.form_token.data,
            now=utc_now(),
        )
        flash(gettext("变更申请已提交，确认之前档案不变。"), "success")
        return url_for("agencies.show", agency_id=agency_id, _anchor="proposals")

    def page() -> str:
        return render_template(
            "agencies/propose_entry.html",
            form=form,
            names=names,
            matter=matter,
            subject=subject,
            agency_id=agency_id,
            name=name,
        )

    return take_upload(form, save, page=page, constraints=services.CONSTRAINTS)


def _form(matter: Matter, agency: Agency, target: services.Target) -> tuple[Proposed, tuple[str, ...]]:
    session = db.session()
    kind, names = FORMS[matter]
    given: dict[str, Any] = {}
    if matter is Matter.PERSON_CHANGE and isinstance(target, Appointment):
        person = session.get_one(Person, target.person_id)
        given = {each.name: getattr(person, each.name) for each in fields(services.PersonData)}
    bureaus = queries.registered_bureaus(session, agency.id)
    if len(bureaus) == 1:
        given["bureau_id"] = bureaus[0][0]
    form = kind(data=given)
    form.bureau_id.choices = bureaus
    if isinstance(form, TieProposal):
        form.person_id.look_in(partial(queries.person_choices, session, agency.id))
        bureau_ids = [bureau_id for bureau_id, _ in bureaus]
        form.body_id.look_in(partial(body_choices, session, TIED, bureau_ids=bureau_ids))
    return form, names


@bp.get("/<int:agency_id>/proposals/entries/<int:entry_id>")
@requires(Permission.AGENCIES_READ)
def entry_proposal(agency_id: int, entry_id: int) -> ResponseReturnValue:
    found = _load(agency_id, entry_id)
    return _page(found, DecideProposalForm(formdata=None, data={"version": found.version}))


@bp.post("/<int:agency_id>/proposals/entries/<int:entry_id>/decide")
@requires(Permission.AGENCIES_WRITE)
def decide_entry_proposal(agency_id: int, entry_id: int) -> ResponseReturnValue:
    return decided(lambda: _load(agency_id, entry_id), services.decide_entry_proposal, _page)


@bp.post("/<int:agency_id>/proposals/entries/<int:entry_id>/withdraw")
@requires(Permission.RECORD_PROPOSE)
def withdraw_entry_proposal(agency_id: int, entry_id: int) -> ResponseReturnValue:
    return withdrawn(_load(agency_id, entry_id), services.withdraw_entry_proposal)


@bp.get("/<int:agency_id>/proposals/entries/<int:entry_id>/file")
@requires(Permission.AGENCIES_READ)
def entry_proposal_file(agency_id: int, entry_id: int) -> ResponseReturnValue:
    found = _load(agency_id, entry_id)
    if found.file_id is None:
        raise NotVisible()
    return download(db.session().get_one(StoredFile, found.file_id), found.file_name)


def _load(agency_id: int, entry_id: int) -> RecordProposal:
    load(agency_id)
    return one_or_404(
        visible_record_proposals(current_actor()).where(
            RecordProposal.id == entry_id, RecordProposal.agency_id == agency_id
        )
    )


def _page(found: RecordProposal, form: DecideProposalForm) -> ResponseReturnValue:
    form.offer()
    session = db.session()
    kind, names = FORMS[found.matter]
    takes = services.DEEDS[found.matter].takes
    after = services.flat(queries.loaded(takes, found.payload))
    before = services.flat(queries.loaded(takes, found.seen)) if found.seen else {}
    rows = [
        (
            getattr(kind, name).args[0],
            queries.value_text(session, name, before.get(name)),
            queries.value_text(session, name, after.get(name)),
        )
        for name in names
        if after.get(name) != before.get(name)
    ]
    target = services.find_target(session, found.agency_id, found.matter, found.target_id)
    return (
        render_template(
            "agencies/entry_proposal.html",
            proposal=found,
            name=name_of(found.agency_id),
            subject=queries.subject_of(session, found.matter, target),
            rows=[row for row in rows if row[1] or row[2]],
            is_change=bool(found.seen),
            form=form,
            can=possible(found),
        ),
        form.status,
    )
