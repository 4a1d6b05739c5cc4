"""Engagements by state, as columns of cards or as a table."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today
from agencyqa.duties import board as boards
from agencyqa.duties.forms import BoardFilter
from agencyqa.duties.items import Scope
from agencyqa.duties.routes import bp
from agencyqa.extensions import db
from agencyqa.measures.reckoning import reckon

TABLE = "table"


@bp.get("/board")
@requires(Permission.ENGAGEMENTS_READ)
def board() -> ResponseReturnValue:
    actor = current_actor()
    filters = BoardFilter.read()
    session = db.session()
    scope = Scope(actor, reckon(session, today()))
    shared = {
        "filters": filters,
        "reckoning": scope.reckoning,
        "year": filters.year.data,
        "own_agency": actor.is_agency,
        "has_bureaus": len(actor.bureau_ids) > 1 or actor.is_agency,
    }
    if request.args.get("view") == TABLE:
        page = boards.table_page(session, scope, filters.year.data, request.args)
        steps = boards.next_steps(session, scope, page.rows)
        return render_template("duties/board_table.html", page=page, steps=steps, **shared)
    columns = boards.columns(session, scope, filters.year.data)
    steps = boards.next_steps(session, scope, [row for column in columns for row in column.rows])
    return render_template(
        "duties/board.html", columns=columns, steps=steps, in_column=boards.IN_COLUMN, **shared
    )
