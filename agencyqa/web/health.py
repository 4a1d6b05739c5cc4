"""Two questions of a load balancer: does the process live, and can it do its work?"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from agencyqa.auth.guards import public
from agencyqa.extensions import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def process() -> ResponseReturnValue:
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """503 while the database or what else was registered cannot be reached, or the schema is not this program's."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return jsonify(status="unavailable", database="unreachable"), 503
    if not is_current(current_app):
        return jsonify(status="unavailable", database="ok", migrations="not up to date"), 503
    found = {name: "ok" if is_ready() else "unreachable" for name, is_ready in _checks(current_app).items()}
    is_whole = set(found.values()) <= {"ok"}
    parts = {"database": "ok", "migrations": "ok", **found}
    return jsonify(status="ok" if is_whole else "unavailable", **parts), 200 if is_whole else 503


def register_check(app: Flask, name: str, is_ready: Callable[[], bool]) -> None:
    """What a higher area cannot work without. ``is_ready`` is asked often, so it answers soon and never raises."""
    _checks(app)[name] = is_ready


def _checks(app: Flask) -> dict[str, Callable[[], bool]]:
    checks: dict[str, Callable[[], bool]] = app.extensions.setdefault("agencyqa.health", {})
    return checks


def is_current(app: Flask) -> bool:
    """Whether the database's schema is the newest that the migrations know."""
    try:
        found = set(db.session.execute(text("SELECT version_num FROM alembic_version")).scalars())
    except SQLAlchemyError:
        found = set()
    db.session.rollback()
    return found == _expected_heads(app.extensions["migrate"].directory)


@cache
def _expected_heads(directory: str) -> frozenset[str]:
    config = Config()
    config.set_main_option("script_location", directory)
    return frozenset(ScriptDirectory.from_config(config).get_heads())
