"""An application with one view that takes files and one that gives them, and a real object store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from agencyqa.accounts.models import InstallationFact, Membership
from agencyqa.auth.guards import requires
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import Role
from agencyqa.errors import Invalid, WrongState
from agencyqa.extensions import db
from agencyqa.files.models import StoredFile
from agencyqa.files.services import open_stored
from agencyqa.files.serving import download, view_inline
from agencyqa.files.uploads import KeptFile, UploadForm, take_upload, takes_files
from agencyqa.web.forms import TextField
from agencyqa.web.loading import one_or_404
from tests.client import Client
from tests.conftest import WorkerApps, dispose, make_app
from tests.databases import TestRun
from tests.factories.accounts import make_agency_body, make_bureau, make_member, sign_in
from tests.seaweedfs import SeaweedFS, running_store

LIMIT = 8 * 1024 * 1024
PAGE = """{% extends "web/base.html" %}{% import "web/ui.html" as ui %}{% block title %}Upload{% endblock %}
{% block content %}{% call ui.form(form, multipart=true, id="upload") %}
{{ ui.field(form.note) }}{{ ui.field(form.file) }}{% endcall %}
{% endblock %}{% block scripts %}{{ ui.module("upload.js") }}{% endblock %}"""


class NoteForm(UploadForm):
    note = TextField("Note", required=True, maximum=2000)


@requires(Permission.DELIVERABLES_UPLOAD)
@takes_files(_l("试验文件"))
def take() -> ResponseReturnValue:
    if "closed" in request.args:
        raise WrongState("wrong_state")
    form = NoteForm()
    form.file.required = "optional" not in request.args

    def save(kept: KeptFile | None) -> str:
        what = f"{kept.name}|{kept.stored.size}" if kept else "nothing"
        db.session.add(InstallationFact(key=f"upload {form.note.data[:20]}", value=what))
        if form.note.data == "invalid":
            raise Invalid(note="not_a_choice")
        if form.note.data == "broken":
            raise ZeroDivisionError
        if kept:
            with open_stored(kept.stored) as stream:
                assert len(stream.read()) == kept.stored.size
        return "/inbox"

    return take_upload(form, save, page=lambda: render_template_string(PAGE, form=form))


@requires(Permission.DELIVERABLES_READ)
def give(file_id: int) -> ResponseReturnValue:
    stored = one_or_404(select(StoredFile).where(StoredFile.id == file_id))
    name = request.args.get("name", "报告 1.pdf")
    return view_inline(stored, name) if "inline" in request.args else download(stored, name)


def told(answer: TestResponse) -> dict[str, Any]:
    """What a script reads."""
    assert isinstance(answer.json, dict)
    return answer.json


def make_upload_app(run: TestRun, url: str, **files: Any) -> Flask:
    made = make_app(run, url, upload_limit_mb=LIMIT // 2**20, **files)
    made.add_url_rule("/try/upload", "try_upload", take, methods=["GET", "POST", "PUT"])
    made.add_url_rule("/try/<int:file_id>", "try_download", give)
    return made


@pytest.fixture(scope="session")
def upload_apps(test_run: TestRun) -> Iterator[Callable[[str], Flask]]:
    made: dict[str, Flask] = {}

    def of(url: str) -> Flask:
        if url not in made:
            made[url] = make_upload_app(test_run, url)
        return made[url]

    yield of
    for app in made.values():
        dispose(app)


@pytest.fixture
def app(database: str, worker_apps: WorkerApps, upload_apps: Callable[[str], Flask]) -> Flask:
    # The worker's databases are made ready for savepoints by ``worker_apps``.
    return upload_apps(database)


@pytest.fixture
def folder(app: Flask) -> Path:
    """Where the contents lie."""
    folder: Path = app.config["SETTINGS"].data_dir / "files"
    return folder


@pytest.fixture
def sender(client: Client, session: Session) -> Membership:
    """Signed in on ``client``: somebody of an agency, who may upload."""
    membership = make_member(session, make_agency_body(session), Role.AGENCY_MANAGER)
    sign_in(client, membership)
    return membership


@pytest.fixture
def officer(client: Client, session: Session) -> Membership:
    membership = make_member(session, make_bureau(session), Role.BUREAU_LEAD)
    sign_in(client, membership)
    return membership


@pytest.fixture(scope="module")
def object_store(test_run: TestRun) -> Iterator[SeaweedFS]:
    """A real S3 server. It is never idle, so it goes as soon as the tests of a module are done."""
    with running_store(test_run) as server:
        yield server
