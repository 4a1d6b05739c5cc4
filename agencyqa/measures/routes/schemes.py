"""Schemes: the list, one version, its file, and a draft as a file."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from agencyqa.accounts.models import Body, User
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.errors import Invalid
from agencyqa.extensions import db
from agencyqa.measures import pages, queries, services
from agencyqa.measures.enums import SchemeState
from agencyqa.measures.exports import scheme_yaml
from agencyqa.measures.forms import CompareForm, DraftForm, PublishForm, SchemeFilter
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.policies import can_draft, can_edit, can_publish, visible_versions
from agencyqa.measures.reading import LARGEST_FILE, FileError
from agencyqa.measures.routes import bp
from agencyqa.measures.sentences import scheme_terms
from agencyqa.measures.texts import reader_language
from agencyqa.web.loading import given_id, one_or_404
from agencyqa.web.tables import Key, paginate

SCHEME_ORDER = (
    Key(SchemeVersion.purpose),
    Key(SchemeVersion.valid_from, descending=True),
    Key(SchemeVersion.id),
)


@bp.get("/schemes/")
@requires(Permission.SCHEMES_READ)
def schemes() -> str:
    actor = current_actor()
    filters = SchemeFilter.read()
    statement = queries.scheme_rows(actor, purpose=filters.purpose.data, state=filters.state.data)
    page = paginate(db.session(), statement, SCHEME_ORDER, request.args)
    return render_template(
        "measures/schemes.html",
        page=page,
        filters=filters,
        english=reader_language() == "en",
        today=today(),
        can={"draft": can_draft(actor)},
    )


@bp.get("/schemes/<int:version_id>")
@requires(Permission.SCHEMES_READ)
def scheme(version_id: int) -> ResponseReturnValue:
    actor = current_actor()
    session = db.session()
    version = _version(version_id)
    if version.error_count:
        # Only whole content can be shown as scorers will see it; the editor shows any.
        return redirect(url_for("measures.edit_scheme", version_id=version_id))
    compiled = queries.compiled(version)
    cited = queries.provisions_cited(session, compiled.file.citations(), version.valid_from)
    is_draft = version.state is SchemeState.DRAFT
    is_own_draft = is_draft and can_edit(actor, version.scheme)
    return render_template(
        "measures/scheme.html",
        version=version,
        texts=compiled.texts(reader_language()),
        terms=scheme_terms(compiled.scheme, compiled.texts(reader_language())),
        sections=pages.scheme_sections(compiled, cited),
        grades=pages.grade_rows(compiled),
        counts_faults=bool(compiled.counting.faults),
        owner=_name(select(Body.name).where(Body.id == version.scheme.bureau_id)),
        publisher=_name(select(User.display_name).where(User.id == version.published_by_id)),
        successor=queries.successor_of(session, version),
        effects=services.effects_of(session, version, version.scheme) if is_own_draft else None,
        is_draft=is_draft,
        form=PublishForm(data={"version": version.version}),
        can={
            "publish": can_publish(actor, version, version.scheme),
            "draft": can_draft(actor),
            "edit": is_own_draft,
        },
    )


@bp.get("/schemes/<int:version_id>/compare")
@requires(Permission.SCHEMES_READ)
def compare(version_id: int) -> str:
    """What differs from another version to this one, drafts with errors included."""
    actor, session = current_actor(), db.session()
    version = _version(version_id)
    choices = list(session.execute(queries.comparable_versions(actor, version_id)))
    form = CompareForm.read(
        choices={"other": [(row.id, pages.version_title(row)) for row in choices]},
        other=pages.predecessor(choices, version),
    )
    other = _version(form.other.data) if form.other.data is not None else None
    rows = None if other is None else pages.comparison(session, other, version)
    return render_template("measures/compare.html", version=version, other=other, form=form, rows=rows)


@bp.get("/schemes/<int:version_id>/scheme.yaml")
@requires(Permission.SCHEMES_READ)
def scheme_file(version_id: int) -> Response:
    version = _version(version_id)
    name = f"{version.scheme.key}-{version.number}.yaml"
    return Response(
        scheme_yaml(version.content),
        content_type="application/yaml; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@bp.route("/schemes/new", methods=["GET", "POST"])
@requires(Permission.SCHEMES_WRITE)
def new_scheme() -> ResponseReturnValue:
    form = DraftForm()
    problems: list[pages.ProblemRow] = []
    if form.validate_on_submit():
        with form.catching():
            try:
                version = services.draft_scheme(
                    current_actor(), db.session(), _handed_in(form), now=utc_now()
                )
            except FileError as error:
                problems = pages.problem_rows(error.problems)
                count = sum(problem.is_error for problem in problems)
                raise Invalid(content=("scheme_has_problems", {"count": count})) from None
            db.session.commit()
            flash(gettext("草稿已保存。请核对后由负责人发布。"), "success")
            return redirect(url_for("measures.scheme", version_id=version.id))
    elif request.method == "GET" and (source := given_id("from")) is not None:
        # An existing version as the ground for a new one.
        form.content.data = scheme_yaml(_version(source).content)
    return render_template("measures/scheme_new.html", form=form, problems=problems), form.status


@bp.post("/schemes/<int:version_id>/publish")
@requires(Permission.SCHEMES_PUBLISH)
def publish(version_id: int) -> ResponseReturnValue:
    version = _version(version_id)
    form = PublishForm()
    services.publish_scheme(
        current_actor(), db.session(), version, seen_version=form.version.data, now=utc_now()
    )
    db.session.commit()
    flash(gettext("方案已发布，内容不再改动。"), "success")
    return redirect(url_for("measures.scheme", version_id=version_id))


def _version(version_id: int) -> SchemeVersion:
    statement = visible_versions(current_actor()).where(SchemeVersion.id == version_id)
    return one_or_404(statement.options(joinedload(SchemeVersion.scheme)))


def _name(statement: Select[str]) -> str | None:
    return db.session.scalar(statement)


def _handed_in(form: DraftForm) -> str | bytes:
    """The file if there is one, else the text. A file's text is put in the box, so that it can be corrected."""
    if form.upload.data is not None:
        content: bytes = form.upload.data.stream.read(LARGEST_FILE + 1)
        form.content.raw_data = [content[:LARGEST_FILE].decode("utf-8", errors="replace")]
        return content
    text: str = form.content.data
    if not text.strip():
        raise Invalid(content="scheme_text_or_file")
    return text
