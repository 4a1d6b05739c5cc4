from flask import Blueprint

bp = Blueprint("agencies", __name__, url_prefix="/agencies")

from agencyqa.agencies.routes import evaluators, imports, qualifications, record, register, standing, ties  # noqa: E402

__all__ = ["bp", "evaluators", "imports", "qualifications", "record", "register", "standing", "ties"]
