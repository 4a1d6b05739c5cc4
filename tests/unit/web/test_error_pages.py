"""Headers of every answer, and the page of every refusal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, request
from werkzeug.exceptions import Conflict

from agencyqa.errors import Forbidden, Invalid, NotVisible, Stale
from agencyqa.extensions import babel, csrf, db
from agencyqa.i18n import SOURCE_LOCALE
from agencyqa.web import refusals, setup
from agencyqa.web.forms import Form, SecretField, TextField
from agencyqa.web.headers import content_policy
from agencyqa.web.templating import Site
from config import ROOT


class Sample(Form):
    name = TextField("机构名称")
    password = SecretField("密码")


def refuse(kind: str) -> str:
    if request.method == "POST":
        Sample()
    raise {
        "stale": Stale(),
        "forbidden": Forbidden("role_may_not"),
        "hidden": NotVisible("agency_elsewhere"),
        "invalid": Invalid(name="required"),
        "conflict": Conflict(),
    }[kind]


@pytest.fixture
def told() -> Iterator[list[str]]:
    heard: list[str] = []

    def listen(error: refusals.Refusal) -> None:
        heard.append(type(error).__name__)

    refusals.after_refusal.append(listen)
    yield heard
    refusals.after_refusal.remove(listen)


@pytest.fixture(scope="module")
def site() -> Flask:
    app = Site("agencyqa", template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY="k" * 40,
        SQLALCHEMY_DATABASE_URI="sqlite://",
        WTF_CSRF_ENABLED=False,
        SESSION_COOKIE_SECURE=True,
    )
    db.init_app(app)
    csrf.init_app(app)
    babel.init_app(app, default_locale=SOURCE_LOCALE)
    setup.init_app(app)
    app.add_url_rule("/refuse/<kind>", "refuse", refuse, methods=["GET", "POST"])
    return app


def test_a_stale_page_keeps_what_was_typed_but_no_secret(site: Flask, told: list[str]) -> None:
    answer = site.test_client().post(
        "/refuse/stale", data={"name": "上海<远衡>", "password": "geheim", "version": "3"}
    )
    assert answer.status_code == 409
    assert "<dt>机构名称</dt><dd>上海&lt;远衡&gt;</dd>" in answer.text
    assert "geheim" not in answer.text
    assert 'href="/refuse/stale"' in answer.text
    assert told == ["Stale"]


def test_what_is_hidden_looks_like_what_never_was(site: Flask) -> None:
    client = site.test_client()
    hidden, missing = client.get("/refuse/hidden"), client.get("/nowhere")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    text = "没有这个页面或记录，或者它不在您可以查看的范围内。"
    assert text in hidden.text
    assert text in missing.text
    assert "agency_elsewhere" not in hidden.text


def test_a_program_gets_json(site: Flask) -> None:
    answer = site.test_client().get("/refuse/invalid", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    body = answer.get_json()["error"]
    assert body.pop("request_id") == answer.headers["X-Request-Id"]
    assert body == {
        "code": "invalid",
        "message": "有内容需要更正，请查看下面的说明。",
        "fields": {"name": "请填写此项。"},
    }


def test_other_refusals_have_pages(site: Flask, told: list[str]) -> None:
    client = site.test_client()
    assert "您当前的身份没有这项权限。" in client.get("/refuse/forbidden").text
    assert client.get("/refuse/conflict").status_code == 409
    assert client.put("/refuse/stale").status_code == 405
    assert told == ["Forbidden", "Conflict", "MethodNotAllowed"]


def test_every_answer_is_guarded(site: Flask) -> None:
    headers = site.test_client().get("/nowhere").headers
    assert headers["Content-Security-Policy"] == content_policy()
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_only_an_address_with_the_right_hash_is_kept(site: Flask) -> None:
    client = site.test_client()
    with site.test_request_context():
        address = site.jinja_env.globals["asset"]("app.css")  # type: ignore[operator]
    with client.get(address) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with client.get("/static/app.css?v=0") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"
