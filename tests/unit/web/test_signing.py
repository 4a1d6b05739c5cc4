"""What the library signs is read by ours and the other way round; nothing else is."""

from __future__ import annotations

import re
import time

import pytest
from flask import Flask, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf, validate_csrf
from itsdangerous import BadSignature, SignatureExpired, URLSafeSerializer, URLSafeTimedSerializer
from wtforms import ValidationError

from agencyqa.web.marks import csrf_token
from agencyqa.web.signing import SignedSession, plain_serializer, timed_serializer

SECRET, OTHER, SALT = "k" * 40, "o" * 40, "tests.signing"
VALUES = ("token", ["due", "ab12", 0, [None, 17, "甲"]], {"t": "x" * 400})


@pytest.mark.parametrize("value", VALUES)
def test_both_read_what_the_other_signed(value: object) -> None:
    pairs = (
        (plain_serializer(SECRET, SALT), URLSafeSerializer(SECRET, salt=SALT)),
        (timed_serializer(SECRET, SALT), URLSafeTimedSerializer(SECRET, salt=SALT)),
    )
    for ours, theirs in pairs:
        assert theirs.loads(ours.dumps(value)) == value
        assert ours.loads(theirs.dumps(value)) == value
        # Signed and read by the same one again, whose keys are known by now.
        assert ours.loads(ours.dumps(value)) == value


def test_no_other_signature_is_read() -> None:
    ours, signed = plain_serializer(SECRET, SALT), URLSafeSerializer(SECRET, salt=SALT).dumps([1, 2])
    payload, _, signature = signed.rpartition(".")
    foreign = (
        URLSafeSerializer(OTHER, salt=SALT).dumps([1, 2]),
        URLSafeSerializer(SECRET, salt="another").dumps([1, 2]),
        URLSafeSerializer(SECRET, salt=SALT).dumps([1, 3]).rpartition(".")[0] + "." + signature,
        payload + "." + signature[::-1],
        payload + ".",
        payload,
    )
    for text in foreign:
        with pytest.raises(BadSignature):
            ours.loads(text)
    assert ours.loads(signed) == [1, 2]


def test_another_salt_is_another_key() -> None:
    ours = timed_serializer(SECRET, SALT)
    assert ours.loads(ours.dumps("x", salt="another"), salt="another") == "x"
    with pytest.raises(BadSignature):
        ours.loads(ours.dumps("x", salt="another"))


def test_an_old_signature_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = timed_serializer(SECRET, SALT)
    signed, now = ours.dumps("x"), time.time()
    assert ours.loads(signed, max_age=60) == "x"
    monkeypatch.setattr(time, "time", lambda: now + 62)
    with pytest.raises(SignatureExpired):
        ours.loads(signed, max_age=60)


def test_a_cookie_is_that_of_flask(web_app: Flask) -> None:
    ours, theirs = SignedSession(), SecureCookieSessionInterface()
    held = {"_user_id": "x" * 43, "_id": "ab" * 64, "n": (1, 2), "_permanent": True}
    for one, other in ((ours, theirs), (theirs, ours)):
        signed = one.get_signing_serializer(web_app).dumps(held)  # type: ignore[union-attr]
        assert other.get_signing_serializer(web_app).loads(signed) == held  # type: ignore[union-attr]


def test_a_new_secret_counts_at_once_and_the_old_one_as_long_as_it_is_named(web_app: Flask) -> None:
    reader = SignedSession()

    def signed() -> str:
        return str(reader.get_signing_serializer(web_app).dumps({"a": 1}))  # type: ignore[union-attr]

    def read(text: str) -> object:
        return reader.get_signing_serializer(web_app).loads(text)  # type: ignore[union-attr]

    before, old = signed(), web_app.secret_key
    try:
        web_app.secret_key = OTHER
        with pytest.raises(BadSignature):
            read(before)
        web_app.config["SECRET_KEY_FALLBACKS"] = [old]
        assert read(before) == {"a": 1}
        after = signed()
        web_app.config["SECRET_KEY_FALLBACKS"] = None
        assert read(after) == {"a": 1}
        web_app.secret_key = None
        assert reader.get_signing_serializer(web_app) is None
    finally:
        web_app.secret_key, web_app.config["SECRET_KEY_FALLBACKS"] = old, None


def test_a_token_is_that_of_the_extension_and_of_this_browser_alone(web_app: Flask) -> None:
    with web_app.test_request_context():
        first = csrf_token()
        # The extension has put a secret into the cookie, which later requests sign by themselves.
        assert re.fullmatch(r"[0-9a-f]{40}", session["csrf_token"])
        secret = session["csrf_token"]
    with web_app.test_request_context():
        session["csrf_token"] = secret
        token = csrf_token()
        assert (csrf_token(), generate_csrf(), g.csrf_token) == (token, token, token)
        validate_csrf(first)
        validate_csrf(token)
    with web_app.test_request_context():
        session["csrf_token"] = "0" * 40
        with pytest.raises(ValidationError):
            validate_csrf(token)
        assert csrf_token() != token
