"""Filling in a sheet: the page that works without scripts, and the autosave that shares every line of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm.exc import StaleDataError

from agencyqa.assessments import policies
from agencyqa.assessments.evidence import record_stamp
from agencyqa.assessments.facts import facts_of_sheet
from agencyqa.assessments.forms.entry import Entry, Typed, read_entry, write_entry
from agencyqa.assessments.forms.facts_page import fact_lines
from agencyqa.assessments.forms.fields import EntryForm
from agencyqa.assessments.forms.judging import (
    Judged,
    judge,
    judge_entry,
    known_sum,
    open_count,
    running_total,
    supplied_texts,
)
from agencyqa.assessments.forms.page import (
    first_control,
    label_of_field,
    named_fields,
    said,
    sections_of,
    vetoes_of,
)
from agencyqa.assessments.queries.provisions import citations
from agencyqa.assessments.queries.targets import open_keys
from agencyqa.assessments.routes import bp
from agencyqa.assessments.routes.context import SheetContext, beside_documents, load_sheet, reports_beside
from agencyqa.assessments.services.scoring import save_draft, submit_sheet
from agencyqa.assessments.stored import entry_of
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import Forbidden, Invalid, Stale, WrongState
from agencyqa.extensions import db
from agencyqa.measures.sentences import scheme_terms
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
    facts = context.sheet.facts
    form.facts_seen.data = record_stamp(facts)
    judged = judge_entry(context.program, context.texts, entry_of(context.sheet), facts)
    return _page(context, form, judged)


def _posted(actor: Actor, context: SheetContext, form: EntryForm) -> ResponseReturnValue:
    """Save or submit what was typed. Whatever is refused is shown again as typed, and nothing is stored."""
    sheet, program, sheet_id = context.sheet, context.program, context.sheet.id
    # What counts is what is on record now, not what was when the page was opened.
    facts = facts_of_sheet(db.session(), sheet, context.counting)
    typed = _typed(context, request.form, facts)
    judged = judge(program, context.texts, typed, facts)
    is_submission = request.form.get("intent") == "submit"
    has_moved = form.facts_seen.data != record_stamp(facts)
    form.facts_seen.data = record_stamp(facts)
    try:
        if is_submission and has_moved:
            # Nobody puts his name to something that he was not shown.
            _check_open(actor, context)
            return _page(context, form, judged, has_moved=True, status=Stale.status)
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
                seen_record=record_stamp(facts),
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
        return _stale(sheet_id, form, typed, facts)
    except WrongState as error:
        return _too_late(context, typed, error)
    if is_submission:
        flash(gettext("评分表已提交，等待财政部门审核。"), "success")
        return redirect(url_for("assessments.sheet", sheet_id=sheet_id))
    flash(gettext("草稿已保存。"), "success")
    return redirect(url_for("assessments.edit", sheet_id=sheet_id))


def _typed(context: SheetContext, fields: Mapping[str, str], facts: Sequence[Mapping[str, Any]]) -> Typed:
    return read_entry(context.program.scheme, fields, supplied=context.counting.supplied, facts=facts)


def _check_open(actor: Actor, context: SheetContext) -> None:
    if not policies.can_score(actor, context.sheet):
        raise WrongState("sheet_already_submitted")


def _stale(
    sheet_id: int, form: EntryForm, typed: Typed, facts: Sequence[Mapping[str, Any]]
) -> ResponseReturnValue:
    """The typed page again, on top of the newest version, with what differs from it."""
    db.session.rollback()
    refusals.tell(Stale())
    context = load_sheet(current_actor(), sheet_id)
    form.version.data = context.sheet.version
    judged = judge(context.program, context.texts, typed, facts)
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
    facts = context.sheet.facts
    stored = write_entry(
        context.program.scheme, entry_of(context.sheet), supplied=context.counting.supplied, facts=facts
    )
    fields = named_fields(context.program, context.texts)
    rows: list[tuple[str, str, str]] = []
    for name, text in typed.texts.items():
        # A row that came on record only now has no field in what is stored.
        before = stored.get(name, "")
        if text.strip() != before:
            field = fields.get(name)
            label = label_of_field(context.texts, name, facts)
            if field is not None and field.label not in {"", label}:
                label = f"{label} › {field.label}"
            rows.append((label, said(field, before), said(field, text.strip())))
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
    has_moved: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    shown = errors or {}
    beside = {**judged.open_reasons, **judged.errors, **shown}
    session, texts, facts = db.session(), context.texts, judged.facts
    cited = citations(session, texts, context.day, facts)
    lines = fact_lines(
        facts,
        context.sheet.overruled,
        texts,
        cited,
        open_keys(session, current_actor(), facts),
        typed=judged.typed.texts,
        errors=beside,
    )
    reports = reports_beside(current_actor(), context.sheet)
    page = render_template(
        "assessments/edit.html",
        context=context,
        sheet=context.sheet,
        form=form,
        judged=judged,
        sections=sections_of(context.program, texts, judged, beside, lines),
        vetoes=vetoes_of(context.program, texts, judged, beside, lines),
        terms=scheme_terms(context.program.scheme, texts),
        known_total=running_total(judged.result),
        open_count=open_count(judged.result),
        unscored=lines.unscored,
        citations=cited,
        errors=[
            (first_control(context.program, name), label_of_field(texts, name, facts), text)
            for name, text in shown.items()
        ],
        has_moved=has_moved,
        differing=differing,
        foreign=list((foreign or {}).items()),
        reports=reports,
        engagement_id=context.sheet.engagement_id,
    )
    return beside_documents(page, reports), status


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
    facts = facts_of_sheet(db.session(), context.sheet, context.counting)
    typed = _typed(context, fields, facts)
    if typed.foreign:
        raise Invalid("sheet_unknown_fields")
    judged = judge(context.program, context.texts, typed, facts)
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
    return jsonify(
        {
            "version": context.sheet.version,
            "saved_at": moment(now)[-5:],
            # Rows came or went while the page was open: it says so, and a submission will show them first.
            "record_moved": body.get("facts_seen", "") != record_stamp(facts),
            "supplied": supplied_texts(context.program, context.texts, judged),
            **_figures(judged),
        }
    )


def _savable(context: SheetContext, judged: Judged) -> Entry:
    """What was typed, with the stored content for the criteria that hold an error."""
    typed, stored, bad = judged.typed.entry, entry_of(context.sheet), judged.bad_criteria

    def merge(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
        kept = {key: value for key, value in new.items() if key not in bad}
        return {**kept, **{key: value for key, value in old.items() if key in bad}}

    criteria = {row["key"]: row["criterion"] for row in judged.facts}

    def sorted_out(reasons: Mapping[str, str] | None, *, is_bad: bool) -> dict[str, str]:
        return {key: why for key, why in (reasons or {}).items() if (criteria.get(key) in bad) is is_bad}

    return Entry(
        merge(typed.answers, stored.answers),
        merge(typed.entered, stored.entered),
        merge(typed.reasons, stored.reasons),
        {**sorted_out(typed.overrules, is_bad=False), **sorted_out(stored.overrules, is_bad=True)},
    )


def _figures(judged: Judged) -> dict[str, Any]:
    """Every figure of the page as text, so that the script only shows and never counts."""

    def text(units: int | None) -> str | None:
        return None if units is None else format_points(units)

    result = judged.result
    sections: dict[str, dict[str, Any]] = {}
    for section in result.sections:
        parts = [each for each in result.criteria if each.section == section.key]
        sections[section.key] = {
            "known": text(known_sum(parts)),
            "total": text(section.total),
            "max": text(section.max_points),
        }
    return {
        "state": result.state,
        "total": text(result.total),
        "known": text(running_total(result)),
        "open": open_count(result),
        "assessed": text(result.assessed_max),
        "criteria": {
            each.key: {
                "state": each.state,
                "computed": text(each.computed),
                "counted": text(each.counted),
                "difference": text(each.difference) if each.differs else None,
                "contribution": text(each.contribution),
            }
            for each in result.criteria
        },
        "sections": sections,
        "measures": {
            each.key: {"total": text(each.total), "max": text(each.max_points)} for each in result.measures
        },
        "errors": dict(judged.errors),
        "gaps": dict(judged.gaps),
    }
