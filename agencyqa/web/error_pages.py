"""Every refusal and failure as a page in the reader's language: what happened, what to do, what was typed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed
from werkzeug.routing import BuildError

from agencyqa.errors import AgencyQAError, Invalid, NotVisible, Stale
from agencyqa.extensions import db
from agencyqa.i18n import listed
from agencyqa.web import refusals
from agencyqa.web.bodies import is_raw_upload
from agencyqa.web.fields import InputField, OptionsField, SecretField
from agencyqa.web.messages import sentence
from agencyqa.web.refusals import after_refusal

__all__ = ["after_refusal", "init_app"]

log = logging.getLogger(__name__)

# Fields that carry no content of the user's.
_SILENT = frozenset(
    {"csrf_token", "version", "form_token", "submit", "action", "next", "upload_token", "upload_sha256"}
)
_SECRET_PARTS = ("password", "secret", "token")


@dataclass(frozen=True)
class Explanation:
    """The words of one status: a heading, what happened, and what the reader can do."""

    title: object
    text: object
    advice: tuple[object, ...]


_TRY_AGAIN = _l("返回上一页，重新载入后再试。")
_ASK = _l("如需帮助，请把下面的请求编号告诉系统管理员。")

EXPLANATIONS: dict[int, Explanation] = {
    400: Explanation(_l("请求无法处理"), _l("浏览器发来的内容不完整或格式不对。"), (_TRY_AGAIN, _ASK)),
    403: Explanation(
        _l("没有权限"),
        _l("您的身份不能执行这项操作。"),
        (
            _l("如果您有多个身份，请切换到合适的身份后再试。"),
            _l("确需办理的，请联系本单位负责人或系统管理员。"),
        ),
    ),
    404: Explanation(
        _l("没有找到"),
        _l("没有这个页面或记录，或者它不在您可以查看的范围内。"),
        (_l("请检查网址是否完整。"), _l("从首页或左侧导航重新进入。")),
    ),
    405: Explanation(
        _l("不能这样打开"), _l("这个地址只接受表单提交，不能直接打开。"), (_l("从首页重新进入。"),)
    ),
    409: Explanation(
        _l("没有保存"),
        _l("当前情况下不能这样操作，没有改动任何内容。"),
        (_l("重新载入页面，查看最新状态。"),),
    ),
    413: Explanation(
        _l("文件太大"), _l("上传的内容超过了允许的大小，没有保存。"), (_l("请压缩或拆分后重新上传。"),)
    ),
    422: Explanation(
        _l("内容需要更正"), _l("填写的内容有误，没有保存。"), (_l("返回上一页更正后重新提交。"),)
    ),
    429: Explanation(
        _l("操作过于频繁"), _l("短时间内尝试次数过多，已暂时停止受理。"), (_l("请稍候再试。"), _ASK)
    ),
    500: Explanation(
        _l("系统出错"), _l("系统内部发生错误，本次操作没有保存。错误已经记录。"), (_l("请稍后重试。"), _ASK)
    ),
    507: Explanation(
        _l("存储空间已满"), _l("没有空间保存文件，本次操作没有保存。"), (_l("请联系系统管理员。"),)
    ),
    503: Explanation(_l("暂时无法服务"), _l("系统正在维护或繁忙。"), (_l("请稍后重试。"),)),
}


def wants_json() -> bool:
    if is_raw_upload(request):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and not request.accept_mimetypes.accept_html


def typed_values() -> list[tuple[str, str]]:
    """What the reader had filled in, as (label, text), so that a refused form is not lost."""
    try:
        names = list(request.form)
    except HTTPException:
        # The body is what was refused, for instance because it was too large.
        return []
    known = {field.name: field for form in g.get("web_forms", []) for field in form}
    values = []
    for name in names:
        if name in _SILENT or any(part in name.lower() for part in _SECRET_PARTS):
            continue
        field = known.get(name)
        if isinstance(field, SecretField):
            continue
        label = str(field.label.text) if field is not None else name
        if isinstance(field, InputField) and field.kind == "flag":
            text = "✓"
        elif isinstance(field, InputField) and isinstance(field, OptionsField):
            text = listed(field.written(value) for value in request.form.getlist(name) if value)
        else:
            text = listed(value for value in request.form.getlist(name) if value.strip())
        if text:
            values.append((label, text))
    return values


def return_address() -> str:
    """Where the reader sees the present state: this page if it opens, else the one before, else home."""
    if _can_be_opened():
        return request.full_path.rstrip("?")
    try:
        referrer = urlsplit(request.referrer or "")
    except ValueError:
        return home_address()
    if referrer.netloc == request.host and referrer.path.startswith("/"):
        return referrer.path + (f"?{referrer.query}" if referrer.query else "")
    return home_address()


def _can_be_opened() -> bool:
    try:
        current_app.create_url_adapter(request).match(request.path, method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return False
    return True


def home_address() -> str:
    try:
        return url_for("reports.dashboard")
    except BuildError:
        return "/"


def _page(status: int, text: str, fields: dict[str, str] | None = None, code: str = "") -> Response:
    explanation = EXPLANATIONS.get(status) or EXPLANATIONS[400 if status < 500 else 500]
    if wants_json():
        body = {"code": code, "message": text, "request_id": g.get("request_id", "")}
        if is_raw_upload(request):
            answer = jsonify({**body, "errors": fields or {}})
        else:
            answer = jsonify(error={**body, "fields": fields} if fields else body)
        answer.status_code = status
        return answer
    is_write = request.method not in {"GET", "HEAD"}
    page = render_template(
        "web/error.html",
        status=status,
        heading=str(explanation.title),
        text=text,
        advice=explanation.advice,
        typed=typed_values() if is_write else [],
        back=return_address() if is_write else None,
        home=home_address(),
        request_id=g.get("request_id", ""),
        # After a failure of our own the page asks the database for nothing.
        bare=status >= 500,
    )
    return make_response(page, status)


def refused(error: AgencyQAError) -> Response:
    db.session.rollback()
    refusals.tell(error)
    text = sentence(error.code, **error.params)
    fields = None
    if isinstance(error, Invalid):
        fields = {name: sentence(code, **params) for name, (code, params) in error.fields.items()}
        text = " ".join([text, *fields.values()]) if not wants_json() else text
    elif isinstance(error, NotVisible):
        # The same words as for an address that never existed.
        text = str(EXPLANATIONS[404].text)
    return _page(error.status, text, fields, error.code)


def stale_row(error: StaleDataError) -> Response:
    """Two writers met in the database itself; for the reader it is the same as a stale form."""
    return refused(Stale())


def http_error(error: HTTPException) -> Response:
    if error.response is not None:
        db.session.rollback()
        return make_response(error.get_response())
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    db.session.rollback()
    refusals.tell(error)
    if isinstance(error, CSRFError):
        answer = _page(status, sentence("csrf"), code="csrf")
    else:
        explanation = EXPLANATIONS.get(status) or EXPLANATIONS[400]
        answer = _page(
            status, str(explanation.text), code=HTTPStatus(status).phrase.lower().replace(" ", "_")
        )
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(error.valid_methods)
    if (retry := getattr(error, "retry_after", None)) is not None:
        answer.headers["Retry-After"] = str(retry)
    return answer


def unavailable(error: OperationalError | PoolTimeout) -> Response:
    """The database is away, or so busy that it gave up: nothing was stored, and later it may well work."""
    log.error("The database could not do its work (request %s): %s", g.get("request_id", ""), error.args[0])
    answer = _failure(503, "service_unavailable")
    answer.headers["Retry-After"] = "30"
    return answer


def failed(error: InternalServerError) -> Response:
    return _failure(500, "internal_server_error")


def _failure(status: int, code: str) -> Response:
    # Flask-Login keeps whom it found here; where it found nobody yet, the page must not make it look.
    g.reader_unknown = "_login_user" not in g
    try:
        db.session.rollback()
        return _page(status, str(EXPLANATIONS[status].text), code=code)
    except Exception:
        # The database or a template is what failed; this page needs neither.
        log.exception("The error page failed")
        text = f"系统出错 / Internal error\n{g.get('request_id', '')}\n"
        return Response(text, status, content_type="text/plain; charset=utf-8")


def init_app(app: Flask) -> None:
    app.register_error_handler(AgencyQAError, refused)
    app.register_error_handler(StaleDataError, stale_row)
    app.register_error_handler(OperationalError, unavailable)
    app.register_error_handler(PoolTimeout, unavailable)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(InternalServerError, failed)
