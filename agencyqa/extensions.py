"""The one instance of each Flask extension; ``create_app`` binds them to an application."""

from __future__ import annotations

from flask import current_app, request
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from agencyqa.db import Base


class _Csrf(CSRFProtect):  # type: ignore[misc]
    def protect(self, apply_exemptions: bool = False) -> None:
        """First what settles it for most requests: they only read, and the library looks for exempt views before."""
        if request.method in current_app.config["WTF_CSRF_METHODS"]:
            super().protect(apply_exemptions)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
migrate = Migrate()
babel = Babel()
login_manager = LoginManager()
csrf = _Csrf()
