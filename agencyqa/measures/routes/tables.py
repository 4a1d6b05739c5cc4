"""A bureau's own table: what was read of each text, confirmed or changed on one page, and then a draft."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.errors import Forbidden, Invalid
from agencyqa.extensions import db
from agencyqa.measures.book_document import BookFault
from agencyqa.measures.enums import Purpose
from agencyqa.measures.policies import can_draft
from agencyqa.measures.routes import bp
from agencyqa.measures.routes.citations import citations
from agencyqa.measures.rule_texts.drafts import Heading, Row, content_of_rows
from agencyqa.measures.rule_texts.forms import TableForm, rows_of
from agencyqa.measures.rule_texts.pages import check_rows, fresh_rows, review_rows
from agencyqa.measures.rule_texts.tables import FreeTable
from agencyqa.measures.services.drafts import start_draft


@bp.post("/schemes/import/table")
@requires(Permission.SCHEMES_WRITE)
def import_table() -> ResponseReturnValue:
    actor = current_actor()
    if not can_draft(actor):
        raise Forbidden()
    form = TableForm()
    form.offer(citations())
    rows = rows_of(request.form)
    if "read" in request.form or not rows:
        return review(form, rows), 200
    # Both are looked at, so that everything that is wrong is told at once.
    is_ready = check_rows(rows)
    if form.validate_on_submit() and is_ready:
        heading = Heading(
            form.key.data,
            form.title.data,
            form.purpose.data.value,
            form.valid_from.data,
            form.provision.data,
            form.measure.data or "",
        )
        source = gettext("由 Excel 表格“%(name)s”导入", name=(form.file_name.data or "")[:120])
        with form.catching():
            content = content_of_rows(heading, rows, source)
            version = start_draft(actor, db.session(), content, now=utc_now())
            db.session.commit()
            flash(gettext("草稿已保存。请核对后由负责人发布。"), "success")
            return redirect(url_for("measures.edit_scheme", version_id=version.id))
    return review(form, rows), Invalid.status


def first_review(table: FreeTable, name: str) -> str:
    """The page as it is after an upload."""
    title = name.rsplit(".", 1)[0][:200]
    form = TableForm(
        formdata=None, title=title, purpose=Purpose.BUREAU, valid_from=today(), file_name=name[:120]
    )
    form.offer(citations())
    return review(form, fresh_rows(table), table.notes)


def review(form: TableForm, rows: Sequence[Row], notes: Sequence[BookFault] = ()) -> str:
    form.count.data = str(len(rows))
    reviewed = review_rows(rows)
    return render_template(
        "measures/scheme_table.html",
        form=form,
        rows=reviewed,
        notes=notes,
        total=sum(row.row.units() or 0 for row in reviewed if not row.is_bonus),
        wrong=[row for row in reviewed if row.row.errors],
    )
