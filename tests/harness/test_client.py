"""The harness keeps its promises: no test sees another's rows, and a write without a commit does not pass."""

from __future__ import annotations

import pytest
from flask import Flask, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import InstallationFact
from agencyqa.auth.guards import public
from agencyqa.extensions import db
from tests.client import Client


def facts(session: Session) -> int:
    probes = select(func.count()).select_from(InstallationFact).where(InstallationFact.key == "probe")
    return session.scalar(probes) or 0


def add_views(app: Flask) -> Client:
    """Three ways to end a request that wrote a row."""

    @public
    def write(end: str) -> Response:
        db.session.add(InstallationFact(key="probe", value=end))
        db.session.flush()
        if end == "commit":
            db.session.commit()
        return Response(status=409 if end == "refuse" else 204, mimetype="text/plain")

    app.add_url_rule("/probe/<end>", "probe", write, methods=["GET", "POST"])
    client = app.test_client()
    assert isinstance(client, Client)
    return client


@pytest.mark.parametrize("again", [1, 2])
def test_what_a_test_commits_is_gone_for_the_next(session: Session, again: int) -> None:
    assert facts(session) == 0
    session.add(InstallationFact(key="probe", value=str(again)))
    session.commit()
    assert facts(session) == 1


def test_a_lost_write_fails(real_app: Flask) -> None:
    client = add_views(real_app)
    with pytest.raises(
        AssertionError, match=r"POST /probe/forget \(204\) left uncommitted.*InstallationFact"
    ):
        client.post("/probe/forget")
    with real_app.app_context():
        assert facts(db.session()) == 0


def test_a_committed_write_passes(real_app: Flask) -> None:
    client = add_views(real_app)
    assert client.post("/probe/commit").status_code == 204
    with real_app.app_context():
        assert facts(db.session()) == 1


def test_a_refusal_may_leave_what_it_rolls_back(real_app: Flask) -> None:
    client = add_views(real_app)
    assert client.post("/probe/refuse").status_code == 409
    with real_app.app_context():
        assert facts(db.session()) == 0


def test_a_post_without_a_token_is_refused(real_app: Flask) -> None:
    client = add_views(real_app)
    assert client.post("/probe/commit", csrf=False).status_code == 400
    with real_app.app_context():
        assert facts(db.session()) == 0
