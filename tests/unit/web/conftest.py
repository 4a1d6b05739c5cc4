"""An application with the look of the product and nothing else: no area, no database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from agencyqa.extensions import babel, csrf
from agencyqa.i18n import SOURCE_LOCALE
from agencyqa.web import setup
from agencyqa.web.templating import Site
from config import ROOT


@pytest.fixture(scope="session")
def web_app() -> Flask:
    app = Site("agencyqa", template_folder=str(ROOT / "templates"))
    app.config.update(SECRET_KEY="k" * 40, TESTING=True, WTF_CSRF_CHECK_DEFAULT=False)
    babel.init_app(app, default_locale=SOURCE_LOCALE)
    csrf.init_app(app)
    setup.init_app(app)
    return app


@pytest.fixture
def in_request(web_app: Flask) -> Iterator[None]:
    with web_app.test_request_context("/"):
        yield
