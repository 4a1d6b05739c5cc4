"""Schemes as workbooks: out, the empty one, and in, where the upload is shown before it becomes a draft."""

from __future__ import annotations

from io import BytesIO

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import Forbidden, Invalid
from agencyqa.extensions import db
from agencyqa.measures import pages, queries, services
from agencyqa.measures.book_document import BookFault
from agencyqa.measures.compiled import compiled_content
from agencyqa.measures.exports import scheme_yaml
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.policies import can_draft, visible_versions
from agencyqa.measures.reading import FileError
from agencyqa.measures.routes import bp
from agencyqa.measures.routes.citations import citations
from agencyqa.measures.routes.tables import first_review
from agencyqa.measures.rule_texts.tables import read_free_table
from agencyqa.measures.scheme_books.forms import BookForm, ConfirmForm
from agencyqa.measures.scheme_books.reading import BookReading, is_scheme_book, read_book
from agencyqa.measures.scheme_books.writing import write_book, write_template
from agencyqa.measures.sentences import scheme_terms
from agencyqa.measures.texts import reader_language
from agencyqa.web.loading import one_or_404

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/schemes/<int:version_id>/scheme.xlsx")
@requires(Permission.SCHEMES_READ)
def scheme_book(version_id: int) -> ResponseReturnValue:
    statement = visible_versions(current_actor()).where(SchemeVersion.id == version_id)
    version = one_or_404(statement.options(joinedload(SchemeVersion.scheme)))
    target = BytesIO()
    file = queries.compiled(version).file
    write_book(target, file, citations(), language=reader_language(), now=version.created_at)
    target.seek(0)
    name = f"{version.scheme.key}-{version.number}.xlsx"
    return send_file(target, mimetype=WORKBOOK, as_attachment=True, download_name=name)


@bp.get("/schemes/template.xlsx")
@requires(Permission.SCHEMES_WRITE)
def scheme_template() -> ResponseReturnValue:
    target = BytesIO()
    write_template(target, citations(), language=reader_language(), now=utc_now())
    target.seek(0)
    name = gettext("考核方案模板") + ".xlsx"
    return send_file(target, mimetype=WORKBOOK, as_attachment=True, download_name=name)


@bp.route("/schemes/import", methods=["GET", "POST"])
@requires(Permission.SCHEMES_WRITE)
def import_scheme() -> ResponseReturnValue:
    if not can_draft(current_actor()):
        raise Forbidden()
    form = BookForm()
    reading = BookReading()
    if form.validate_on_submit():
        with form.catching():
            data = form.content()
            session = db.session()
            if is_scheme_book(data):
                reading = read_book(data, queries.citation_keys(session), queries.fault_keys(session))
            else:
                table = read_free_table(data)
                if not table.faults:
                    return first_review(table, form.upload.data.filename or "")
                reading.faults = table.faults
            if reading.checked is None:
                raise Invalid(upload=("scheme_has_problems", {"count": len(reading.faults)}))
            return _preview(reading)
    return (
        render_template("measures/scheme_import.html", form=form, faults=reading.faults),
        form.status,
    )


@bp.post("/schemes/import/confirm")
@requires(Permission.SCHEMES_WRITE)
def confirm_scheme() -> ResponseReturnValue:
    """The content as the preview showed it; it passes the same checks as a file that was typed."""
    form = ConfirmForm()
    faults: list[BookFault] = []
    if form.validate_on_submit():
        try:
            version = services.draft_scheme(
                current_actor(), db.session(), form.content.data or "", now=utc_now()
            )
        except FileError as error:
            # What may be cited has changed since the preview.
            db.session.rollback()
            rows = pages.problem_rows(error.problems)
            faults = [BookFault(row.place, row.code, row.text, row.is_error) for row in rows]
        else:
            db.session.commit()
            flash(gettext("草稿已保存。请核对后由负责人发布。"), "success")
            return redirect(url_for("measures.scheme", version_id=version.id))
    page = render_template("measures/scheme_import.html", form=BookForm(formdata=None), faults=faults)
    return page, Invalid.status


def _preview(reading: BookReading) -> ResponseReturnValue:
    checked = reading.checked
    assert checked is not None
    compiled = compiled_content(checked.content_hash, 1, checked.content)
    texts = compiled.texts(reader_language())
    cited = queries.provisions_cited(db.session(), checked.file.citations(), checked.file.valid_from)
    return render_template(
        "measures/scheme_import_preview.html",
        file=checked.file,
        texts=texts,
        scheme_terms=scheme_terms(compiled.scheme, texts),
        sections=pages.scheme_sections(compiled, cited),
        grades=pages.grade_rows(compiled),
        notes=reading.notes,
        content_hash=checked.content_hash,
        form=ConfirmForm(formdata=None, content=scheme_yaml(checked.content)),
    )
