"""The editor of drafts: the tree of the sheet, and a page for its head, each section and each criterion.

Whatever is typed is saved, with all its faults shown; only a whole draft can be published.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, NotVisible, Stale, WrongState
from agencyqa.extensions import db
from agencyqa.measures import services
from agencyqa.measures.drafting import tree
from agencyqa.measures.drafting.boxes import field_id
from agencyqa.measures.drafting.checking import DraftCheck
from agencyqa.measures.drafting.parts import Part, change_list, head_part, part_at
from agencyqa.measures.drafting.tree import Content
from agencyqa.measures.edit_pages import checked, part_page, tree_page
from agencyqa.measures.enums import SchemeState
from agencyqa.measures.forms import EditForm, StartForm
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.panels import draft_preview
from agencyqa.measures.policies import can_edit, visible_versions
from agencyqa.measures.routes import bp
from agencyqa.measures.scheme_shape import criterion_shape, section_shape
from agencyqa.web.loading import given_id, one_or_404

VERBS = frozenset({"add", "copy", "remove", "up", "down"})


@bp.route("/schemes/start", methods=["GET", "POST"])
@requires(Permission.SCHEMES_WRITE)
def start_scheme() -> ResponseReturnValue:
    """A new scheme, or with ``from`` a new draft with the content of a version."""
    source = _source()
    form = StartForm()
    if form.is_submitted() and (source is not None or form.validate()):
        with form.catching():
            actor, session, now = current_actor(), db.session(), utc_now()
            if source is None:
                version = services.start_draft(actor, session, form.content(), now=now)
            else:
                version = services.copy_draft(actor, session, source, now=now)
            db.session.commit()
            return redirect(url_for("measures.edit_scheme", version_id=version.id))
    # A refusal has ended the transaction in which the source was read.
    return render_template("measures/scheme_start.html", form=form, source=_source()), form.status


@bp.route("/schemes/<int:version_id>/edit", methods=["GET", "POST"])
@requires(Permission.SCHEMES_WRITE)
def edit_scheme(version_id: int) -> ResponseReturnValue:
    version = _draft(version_id)
    form = EditForm(data={"version": version.version})
    if form.validate_on_submit():
        with form.catching():
            check_version(version, form.version.data)
            after, endpoint, place = _changed(version.content, request.form.get("do", ""))
            _save(version, after, form)
            return redirect(url_for(endpoint, version_id=version_id, **place))
    found = checked(db.session(), version.content)
    shown = render_template(
        "measures/edit_tree.html",
        version=version,
        form=form,
        page=tree_page(version, found),
        preview=draft_preview(version, found, None),
    )
    return shown, form.status


def _changed(content: Content, do: str) -> tuple[Content, str, dict[str, Any]]:
    """The content after a button of the tree, and where to go on: an endpoint with its values."""
    verb, _, at = do.partition(":")
    if do == "add-section":
        place = {"at": str(len(content["sections"]))}
        return tree.add(content, ("sections",), section_shape()), "measures.edit_section", place
    if do == "fit":
        return tree.fit_points(content), "measures.edit_scheme", {}
    if verb not in VERBS:
        raise Stale()
    part = part_at(at)
    if verb == "add":
        place = {"at": f"{at}.{len(part.thing(content).get('criteria', []))}"}
        after = tree.add(content, (*part.path, "criteria"), criterion_shape())
        return after, "measures.edit_criterion", place
    if verb == "copy":
        shape = section_shape() if part.page == "section" else criterion_shape()
        after = tree.duplicate(content, part.path, shape)
    elif verb == "remove":
        after = tree.remove(content, part.path)
    else:
        after = tree.move(content, part.path, -1 if verb == "up" else 1)
    return after, "measures.edit_scheme", {"_anchor": "tree"}


@bp.route("/schemes/<int:version_id>/edit/head", methods=["GET", "POST"])
@requires(Permission.SCHEMES_WRITE)
def edit_head(version_id: int) -> ResponseReturnValue:
    return _edit_part(version_id, head_part())


@bp.route("/schemes/<int:version_id>/edit/section", methods=["GET", "POST"])
@requires(Permission.SCHEMES_WRITE)
def edit_section(version_id: int) -> ResponseReturnValue:
    return _edit_part(version_id, part_at(request.args.get("at", ""), "section"))


@bp.route("/schemes/<int:version_id>/edit/criterion", methods=["GET", "POST"])
@requires(Permission.SCHEMES_WRITE)
def edit_criterion(version_id: int) -> ResponseReturnValue:
    return _edit_part(version_id, part_at(request.args.get("at", ""), "criterion"))


def _edit_part(version_id: int, part: Part) -> ResponseReturnValue:
    version = _draft(version_id)
    content = version.content
    if not part.is_in(content):
        # Taken out or moved on by somebody else; what was typed is told on the page of the refusal.
        raise Stale() if request.method == "POST" else NotVisible()
    form = EditForm(data={"version": version.version, "thing": part.key(content)})
    is_stale = False
    if form.validate_on_submit():
        with form.catching():
            content = part.read(version.content, request.form.items(multi=True))
            is_stale = form.version.data != version.version
            if is_stale and form.thing.data != part.key(version.content):
                raise Stale()
            verb, _, name = request.form.get("do", "").partition(":")
            # A preview is of what stands in the boxes, and saves nothing.
            if not is_stale and verb != "preview":
                after = change_list(content, part, verb, name) if verb in VERBS and name else content
                saved = _save(version, after, form)
                return redirect(_next(version_id, part, verb, name, saved.error_count))
    found = checked(db.session(), content)
    page = part_page(db.session(), version, part, content, found)
    if is_stale:
        # Saving once more takes what stands in the boxes.
        form = EditForm(formdata=None, data={"version": version.version, "thing": part.key(version.content)})
    shown = render_template(
        "measures/edit_part.html",
        version=version,
        form=form,
        page=page,
        part=part,
        is_stale=is_stale,
        preview=draft_preview(version, found, part.key(content)) if part.path else "",
    )
    return shown, Stale.status if is_stale else form.status


def _next(version_id: int, part: Part, verb: str, name: str, errors: int) -> str:
    if verb == "back":
        flash(
            gettext("已保存。方案还有 %(count)s 处错误。", count=errors)
            if errors
            else gettext("已保存。方案没有错误。"),
            "info" if errors else "success",
        )
        return url_for("measures.edit_scheme", version_id=version_id, _anchor="tree")
    place: dict[str, Any] = {"at": part.at} if part.at else {}
    anchor = field_id(name) if verb in {*VERBS, "rule"} and name else None
    if anchor is None:
        flash(gettext("已保存。"), "success")
    return url_for(f"measures.edit_{part.page}", version_id=version_id, **place, _anchor=anchor)


def _save(version: SchemeVersion, content: Content, form: EditForm) -> DraftCheck:
    found = services.save_draft(
        current_actor(), db.session(), version, content, seen_version=form.version.data, now=utc_now()
    )
    db.session.commit()
    return found


def _draft(version_id: int) -> SchemeVersion:
    """A draft of the actor's bureau. Raise Forbidden for another's scheme, WrongState for a published version."""
    actor = current_actor()
    statement = visible_versions(actor).where(SchemeVersion.id == version_id)
    version = one_or_404(statement.options(joinedload(SchemeVersion.scheme)))
    if not can_edit(actor, version.scheme):
        raise Forbidden()
    if version.state is not SchemeState.DRAFT:
        raise WrongState("scheme_not_draft")
    return version


def _source() -> SchemeVersion | None:
    source = given_id("from")
    if source is None:
        return None
    statement = visible_versions(current_actor()).where(SchemeVersion.id == source)
    return one_or_404(statement.options(joinedload(SchemeVersion.scheme)))
