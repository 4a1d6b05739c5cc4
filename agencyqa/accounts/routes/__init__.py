from flask import Blueprint

bp = Blueprint("accounts", __name__)

from agencyqa.accounts.routes import bodies, session, users  # noqa: E402

__all__ = ["bodies", "bp", "session", "users"]
