"""Filling in a sheet: the page that works without scripts, and the autosave that shares every line of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm.exc import StaleDataError

from agencyqa.assessments import policies
from agencyqa.assessments.forms.entry import Entry, Typed, criterion_of, read_entry, write_entry
from agencyqa.assessments.forms.fields import EntryForm
from agencyqa.assessments.forms.page import (
    Judged,
    first_control,
    judge,
    judge_entry,
    label_of_field,
    sections_of,
)
from agencyqa.assessments.queries.provisions import citations
from agencyqa.assessments.routes import bp
from agencyqa.assessments.routes.context import SheetContext, load_sheet
from agencyqa.assessments.services.content import entry_of
from agencyqa.assessments.services.scoring import save_draft, submit_sheet
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import Forbidden, Invalid, Stale, WrongState
from agencyqa.extensions import db
from agencyqa.scoring import format_points
from agencyqa.web import refusals
from agencyqa.web.formats import moment
from agencyqa.web.messages import sentence


@bp.route("/sheets/<int:sheet_id>/edit", methods=["GET", "POST"])
@requires(Permission.SHEETS_SCORE)
def edit(sheet_id: int) -> ResponseReturnValue:
    actor = current_actor()
    context = load_sheet(actor, sheet_id)
    if not policies.is_scorer(actor, context.sheet):
        raise Forbidden("not_the_scorer")
    form = EntryForm()
    if request.method == "POST" and form.validate_on_submit():
        return _posted(actor, context, form)
    if not policies.can_score(actor, context.sheet):
        return redirect(url_for("assessments.sheet", sheet_id=sheet_id))
    form.version.data = context.sheet.version
    judged = judge_entry(context.program, context.texts, entry_of(context.sheet))
    return _page(context, form, judged)


def _posted(actor: Actor, context: SheetContext, form: EntryForm) -> ResponseReturnValue:
    """Save or submit what was typed. Whatever is refused is shown again as typed, and nothing is stored."""
    sheet, program, sheet_id = context.sheet, context.program, context.sheet.id
    typed = read_entry(program.scheme, request.form)
    judged = judge(program, context.texts, typed)
    is_submission = request.form.get("intent") == "submit"
    try:
        if typed.foreign:
            _check_open(actor, context)
            return _page(context, form, judged, foreign=typed.foreign, status=Invalid.status)
        if judged.errors:
            _check_open(actor, context)
            return _page(context, form, judged, errors=judged.errors, status=Invalid.status)
        if is_submission:
            submit_sheet(
                actor,
                db.session(),
                sheet,
                program,
                typed.entry,
                seen_version=form.version.data,
                now=utc_now(),
            )
        else:
            save_draft(
                actor,
                db.session(),
                sheet,
                program,
                typed.entry,
                seen_version=form.version.data,
                editing_key=_editing_key(form.editing_key.data),
                now=utc_now(),
            )
        db.session.commit()
    except Invalid:
        db.session.rollback()
        return _page(context, form, judged, errors={**judged.errors, **judged.gaps}, status=Invalid.status)
    except (Stale, StaleDataError):
        return _stale(sheet_id, form, typed)
    except WrongState as error:
        return _too_late(context, typed, error)
    if is_submission:
        flash(gettext("评分表已提交，等待财政部门审核。"), "success")
        return redirect(url_for("assessments.sheet", sheet_id=sheet_id))
    flash(gettext("草稿已保存。"), "success")
    return redirect(url_for("assessments.edit", sheet_id=sheet_id))


def _check_open(actor: Actor, context: SheetContext) -> None:
    if not policies.can_score(actor, context.sheet):
        raise WrongState("sheet_already_submitted")


def _stale(sheet_id: int, form: EntryForm, typed: Typed) -> ResponseReturnValue:
    """The typed page again, on top of the newest version, with what differs from it."""
    db.session.rollback()
    refusals.tell(Stale())
    context = load_sheet(current_actor(), sheet_id)
    form.version.data = context.sheet.version
    judged = judge(context.program, context.texts, typed)
    return _page(context, form, judged, differing=_differing(context, typed), status=Stale.status)


def _too_late(context: SheetContext, typed: Typed, error: WrongState) -> ResponseReturnValue:
    """The sheet is no longer open: say so, and list what was typed and is not in it."""
    sheet_id = context.sheet.id
    db.session.rollback()
    refusals.tell(error)
    context = load_sheet(current_actor(), sheet_id)
    page = render_template(
        "assessments/too_late.html",
        context=context,
        text=sentence(error.code, **error.params),
        differing=_differing(context, typed),
    )
    return page, error.status


def _differing(context: SheetContext, typed: Typed) -> list[tuple[str, str, str]]:
    """(criterion, stored, typed) of every field that holds something else than the stored sheet."""
    stored = write_entry(context.program.scheme, entry_of(context.sheet))
    rows: list[tuple[str, str, str]] = []
    for name, text in typed.texts.items():
        if text.strip() != stored[name]:
            rows.append((context.texts.criterion(criterion_of(name)), stored[name], text.strip()))
    return rows


def _editing_key(text: str | None) -> str:
    return "".join(each for each in text or "" if each.isascii() and each.isalnum())[:40]


def _page(
    context: SheetContext,
    form: EntryForm,
    judged: Judged,
    *,
    errors: Mapping[str, str] | None = None,
    differing: list[tuple[str, str, str]] | None = None,
    foreign: Mapping[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    shown = errors or {}
    page = render_template(
        "assessments/edit.html",
        context=context,
        sheet=context.sheet,
        form=form,
        judged=judged,
        sections=sections_of(
            context.program, context.texts, judged, {**judged.open_reasons, **judged.errors, **shown}
        ),
        citations=citations(db.session(), context.texts, context.around.contract_signed_on),
        errors=[
            (first_control(context.program, name), label_of_field(context.program, context.texts, name), text)
            for name, text in shown.items()
        ],
        differing=differing,
        foreign=list((foreign or {}).items()),
    )
    return page, status


@bp.post("/sheets/<int:sheet_id>/draft")
@requires(Permission.SHEETS_SCORE)
def draft(sheet_id: int) -> ResponseReturnValue:
    """Autosave: JSON ``{"version", "editing_key", "fields": {name: text}}`` of the whole page.

    Answers with every figure of the page. A criterion whose fields cannot be taken keeps what is stored for it,
    and everything else is saved.
    """
    actor = current_actor()
    context = load_sheet(actor, sheet_id)
    if not policies.is_scorer(actor, context.sheet):
        raise Forbidden("not_the_scorer")
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("fields"), dict):
        raise Invalid("malformed_draft")
    version = body.get("version")
    fields = {str(name): text for name, text in body["fields"].items() if isinstance(text, str)}
    typed = read_entry(context.program.scheme, fields)
    if typed.foreign:
        raise Invalid("sheet_unknown_fields")
    judged = judge(context.program, context.texts, typed)
    now = utc_now()
    save_draft(
        actor,
        db.session(),
        context.sheet,
        context.program,
        _savable(context, judged),
        seen_version=version if type(version) is int else None,
        editing_key=_editing_key(str(body.get("editing_key", ""))),
        now=now,
    )
    db.session.commit()
    return jsonify({"version": context.sheet.version, "saved_at": moment(now)[-5:], **_figures(judged)})


def _savable(context: SheetContext, judged: Judged) -> Entry:
    """What was typed, with the stored content for the criteria that hold an error."""
    typed, stored, bad = judged.typed.entry, entry_of(context.sheet), judged.bad_criteria

    def merge(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
        kept = {key: value for key, value in new.items() if key not in bad}
        return {**kept, **{key: value for key, value in old.items() if key in bad}}

    return Entry(
        merge(typed.answers, stored.answers),
        merge(typed.entered, stored.entered),
        merge(typed.reasons, stored.reasons),
    )


def _figures(judged: Judged) -> dict[str, Any]:
    """Every figure of the page as text, so that the script only shows and never counts."""

    def text(units: int | None) -> str | None:
        return None if units is None else format_points(units)

    result = judged.result
    sections: dict[str, dict[str, Any]] = {}
    for section in result.sections:
        parts = [each for each in result.criteria if each.section == section.key]
        known = sum(each.counted or 0 for each in parts if each.state == "ok")
        sections[section.key] = {"known": text(known), "total": text(section.total)}
    return {
        "state": result.state,
        "total": text(result.total),
        "known": text(result.known_total),
        "open": sum(each.state != "ok" for each in result.criteria),
        "criteria": {
            each.key: {
                "state": each.state,
                "computed": text(each.computed),
                "counted": text(each.counted),
                "difference": text(each.difference) if each.differs else None,
            }
            for each in result.criteria
        },
        "sections": sections,
        "measures": {each.key: text(each.total) for each in result.measures},
        "errors": dict(judged.errors),
        "gaps": dict(judged.gaps),
    }
