"""Statements that are put together once: the same for the same reader, never that of another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from sqlalchemy.dialects import sqlite

from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.db import Choice, _kept, kept
from agencyqa.i18n import SOURCE_LOCALE
from agencyqa.inspections.queries.findings import finding_rows
from agencyqa.notifications.queries import message_rows
from agencyqa.objects.queries import object_rows

ACTOR = Actor(
    user_id=1,
    user_name="监管",
    membership_id=3,
    role=Role.BUREAU_SUPERVISOR,
    body_id=5,
    body_kind=BodyKind.BUREAU,
    bureau_id=5,
    bureau_ids=frozenset({5, 6}),
)


def test_each_reader_has_statements_of_his_own() -> None:
    made = []

    @kept
    def build(actor: Actor, *, year: int | None = None) -> int:
        made.append((actor, year))
        return len(made)

    others = [
        replace(ACTOR, membership_id=4),
        replace(ACTOR, bureau_ids=frozenset({5})),
        replace(ACTOR, role=Role.BUREAU_LEAD),
    ]
    assert [build(ACTOR), build(replace(ACTOR), year=None), build(ACTOR, year=2020)] == [1, 2, 3]
    assert [build(actor) for actor in others] == [4, 5, 6]
    assert [build(ACTOR), build(ACTOR, year=2020), *(build(actor) for actor in others)] == [1, 3, 4, 5, 6]


def test_a_list_is_the_readers() -> None:
    mine, others = message_rows(ACTOR, unread_only=True), replace(ACTOR, membership_id=4)
    assert message_rows(replace(ACTOR), unread_only=True) is mine
    assert list(mine.compile().params.values()) == [3]
    assert list(message_rows(others, unread_only=True).compile().params.values()) == [4]
    assert object_rows(ACTOR).compile().params == {"bureau_id_1": [5, 6]}
    assert object_rows(replace(ACTOR, bureau_ids=frozenset({5}))).compile().params == {"bureau_id_1": [5]}


def test_the_day_is_part_of_what_a_statement_was_built_for() -> None:
    built = []

    def build(number: int) -> int:
        built.append(number)
        return len(built)

    monday, tuesday = date(2024, 3, 4), date(2024, 3, 5)
    assert [_kept(build, day, "zh", (7,), ()) for day in (monday, tuesday, monday)] == [1, 2, 1]


def test_who_changes_the_language_reads_words_in_it() -> None:
    app = Flask("kept")
    Babel(app, default_locale=SOURCE_LOCALE)
    found = {}
    with app.test_request_context():
        for locale in (SOURCE_LOCALE, "en"):
            with force_locale(locale):
                found[locale] = "title_en" in str(finding_rows(ACTOR))
    assert found == {SOURCE_LOCALE: False, "en": True}


def test_a_choice_is_read_as_its_member_and_a_text_of_none_is_told() -> None:
    read = Choice(Role).result_processor(sqlite.dialect(), None)
    assert [read(text) for text in (None, "observer", "bureau_lead")] == [
        None,
        Role.OBSERVER,
        Role.BUREAU_LEAD,
    ]
    with pytest.raises(ValueError, match="'gone' is not a valid Role"):
        read("gone")
