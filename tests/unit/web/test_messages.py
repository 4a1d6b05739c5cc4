"""Every code becomes a sentence; none becomes a crash."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import lazy_gettext

from agencyqa.auth.roles import Role
from agencyqa.web.messages import GENERAL, is_known, register_messages, sentence

register_messages(
    {
        "sample": lazy_gettext("%(role)s 于 %(day)s 扣 %(lost_points)s 分，计 %(fee_fen)s 元：%(names)s。"),
        "literal_percent": "合计应为 100%。",
    }
)


def test_figures_are_written_for_readers(in_request: None) -> None:
    text = sentence(
        "sample",
        role=Role.BUREAU_LEAD,
        day=date(2024, 3, 31),
        lost_points=4_000,
        fee_fen=123_450,
        names=["甲", "乙"],
    )
    assert text == "财政监管负责人 于 2024-03-31 扣 0.4 分，计 1,234.50 元：甲、乙。"


def test_a_moment_is_shown_where_the_bureaus_are(in_request: None) -> None:
    text = sentence("sample", day=datetime(2024, 3, 31, 17, 5, tzinfo=UTC))
    assert text == "— 于 2024-04-01 01:05 扣 — 分，计 — 元：—。"


def test_a_sign_that_is_no_placeholder_stays(in_request: None) -> None:
    assert sentence("literal_percent") == "合计应为 100%。"


def test_an_unknown_code_is_named(in_request: None) -> None:
    assert sentence("never_registered", figure=1) == "操作没有完成（never_registered）。"
    assert not is_known("never_registered")


def test_a_code_says_one_thing() -> None:
    register_messages({"stale": GENERAL["stale"]})
    with pytest.raises(ValueError, match="two sentences"):
        register_messages({"stale": lazy_gettext("别的话")})


def test_the_general_codes_of_the_lower_rooms_are_known(web_app: Flask) -> None:
    for code in (
        "stale",
        "forbidden",
        "not_found",
        "sign_in_needed",
        "role_may_not",
        "view_not_marked",
        "invalid",
    ):
        assert is_known(code)
