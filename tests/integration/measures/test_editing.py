"""The editor of drafts: from nothing to a whole scheme, and what is typed is kept with its faults."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.roles import Role
from agencyqa.measures import services
from agencyqa.measures.models import Scheme
from agencyqa.measures.scheme_format import parse_scheme
from agencyqa.measures.scheme_shape import rule_kinds
from tests.client import Client
from tests.factories.accounts import NOW, make_actor
from tests.factories.measures import shipped_version
from tests.integration.measures.drafts import bureau, drafts, entries, officer, start

__all__ = ["bureau", "officer"]


CRITERION = {
    "label.zh": "质量",
    "label.en": "Quality",
    "max_points": "１０",
    "provision": "M3/quality_assessment",
    "measure": "M3",
}


def test_a_scheme_from_nothing_to_whole_without_a_line_of_yaml(officer: Client, session: Session) -> None:
    answer = officer.submit(
        officer.get("/measures/schemes/start"),
        "main-form",
        title="自编表",
        key="own",
        purpose="bureau",
        valid_from="2023-01-01",
        max_points="10",
    )
    tree = answer.location
    version = drafts(session)[0]
    assert (version.content["sections"], version.error_count) == ([], 3)

    section = officer.submit(officer.get(tree), "tree", do="add-section").location
    answer = officer.submit(
        officer.get(section),
        "part-form",
        **{"label.zh": "一", "label.en": "One", "max_points": "10", "do": "back"},
    )
    criterion = officer.submit(officer.get(tree), "tree", do="add:0").location
    assert criterion.endswith("/edit/criterion?at=0.0")
    page = officer.get(criterion)
    officer.submit(page, "part-form", **CRITERION, **{"rule.kind": "banded", "do": "rule:rule"})
    for low, high in (("5", "10"), ("0", "4.9")):
        officer.submit(officer.get(criterion), "part-form", do="add:rule.bands")
        number = version.content["sections"][0]["criteria"][0]["rule"]["bands"][-1]["key"][-1]
        name = f"rule.bands.{int(number) - 1}"
        words = {f"{name}.label.zh": f"档{number}", f"{name}.label.en": f"Band {number}"}
        officer.submit(
            officer.get(criterion),
            "part-form",
            **words,
            **{f"{name}.low": low, f"{name}.high": high, "do": "save"},
        )
    # The hole is told on the page of the criterion, beside its box, and in the tree, with a way there.
    told = "档次“band_2”止于 4.9，“band_1”始于 5，中间有分值不属于任何档次。"
    shown = officer.page(officer.get(criterion))
    assert told in shown.text
    ways = [text for text, href in shown.links if href == "#f-rule-bands-0-low"]
    assert [text.rpartition(" › ")[0] for text in ways] == ["一 › 质量 › 计分标准 › 档1"]
    shown = officer.page(officer.get(tree))
    assert told in shown.text
    assert f"{criterion}#f-rule-bands-0-low" in {href for _, href in shown.links}
    officer.submit(officer.get(criterion), "part-form", **{"rule.bands.1.high": "5", "do": "save"})

    head = f"{tree}/head"
    officer.submit(
        officer.get(head),
        "part-form",
        **{"title.en": "Own", "source.zh": "本局", "source.en": "Ours", "do": "back"},
    )
    session.refresh(version)
    assert (version.error_count, version.scheme_id, version.max_points) == (0, version.scheme_id, 100_000)
    file = officer.get(f"/measures/schemes/{version.id}/scheme.yaml")
    checked = parse_scheme(file.data)
    assert (checked.content, checked.content_hash) == (version.content, version.content_hash)
    assert "需要更正的内容" not in officer.get(tree).text
    assert "请由本局负责人核对后发布" in officer.get(f"/measures/schemes/{version.id}").text


@pytest.mark.parametrize("kind", rule_kinds())
def test_every_rule_has_its_fields_and_a_blank_one_is_saved(
    officer: Client, session: Session, bureau: Body, kind: str
) -> None:
    version = start(session, bureau)
    address = f"/measures/schemes/{version.id}/edit/criterion?at=0.0"
    officer.submit(officer.get(address), "part-form", **{"rule.kind": kind, "do": "rule:rule"})
    session.refresh(version)
    assert version.content["sections"][0]["criteria"][0]["rule"] == {"kind": kind}
    page = officer.get(address)
    lists = re.findall(r'value="add:(rule\.\w+)"', page.text)
    for name in lists:
        officer.submit(page, "part-form", do=f"add:{name}")
        page = officer.get(address)
    fields = officer.page(page).form("part-form").names
    assert len({name for name in fields if name.startswith("rule.")}) > 3
    session.refresh(version)
    held = version.content["sections"][0]["criteria"][0]["rule"]
    assert [len(held[name.removeprefix("rule.")]) for name in lists] == [1] * len(lists)


def test_a_rule_inside_a_rule_inside_a_rule(officer: Client, session: Session, bureau: Body) -> None:
    version = start(session, bureau)
    address = f"/measures/schemes/{version.id}/edit/criterion?at=0.0"
    for fields in (
        {"rule.kind": "veto", "do": "rule:rule"},
        {"rule.rule.kind": "composite", "do": "rule:rule.rule"},
        {"do": "add:rule.rule.parts"},
        {"rule.rule.parts.0.rule.kind": "deductions", "do": "rule:rule.rule.parts.0.rule"},
        {"do": "add:rule.rule.parts.0.rule.faults"},
        {"rule.rule.parts.0.rule.faults.0.amount": "0.4", "do": "save"},
    ):
        assert officer.submit(officer.get(address), "part-form", **fields).status_code == 302
    session.refresh(version)
    assert version.content["sections"][0]["criteria"][0]["rule"] == {
        "kind": "veto",
        "rule": {
            "kind": "composite",
            "parts": [
                {
                    "key": "part_1",
                    "rule": {"kind": "deductions", "faults": [{"key": "fault_1", "amount": "0.4"}]},
                }
            ],
        },
    }


def test_the_buttons_of_the_tree(officer: Client, session: Session, bureau: Body) -> None:
    version = start(session, bureau)
    tree = f"/measures/schemes/{version.id}/edit"
    for do in ("add:0", "copy:0.0", "down:0.0", "add-section", "down:0.2", "remove:0.0", "up:1", "fit"):
        answer = officer.submit(officer.get(tree), "tree", do=do)
        assert answer.status_code == 302, do
    session.refresh(version)
    assert [(s["key"], [c["key"] for c in s["criteria"]]) for s in version.content["sections"]] == [
        ("section_2", ["item_2"]),
        ("section_1", ["item_1"]),
    ]


def test_a_copy_of_a_shipped_scheme_belongs_to_the_bureau(
    officer: Client, session: Session, bureau: Body
) -> None:
    source = shipped_version(session, "reference-2021", 2)
    assert (
        "以“第三方机构质量考核参考评分表”第 2 版的内容"
        in officer.get(f"/measures/schemes/start?from={source.id}").text
    )
    answer = officer.post(f"/measures/schemes/start?from={source.id}")
    made = drafts(session)[0]
    assert answer.location.endswith(f"/{made.id}/edit")
    assert (made.content, made.number, made.error_count) == (source.content, 1, 0)
    assert session.get_one(Scheme, made.scheme_id).bureau_id == bureau.id
    again = officer.post(f"/measures/schemes/start?from={source.id}")
    assert again.status_code == 409
    assert "已有一份未发布的草稿" in again.text


def test_one_entry_of_the_log_for_what_one_person_does_in_one_go(session: Session, bureau: Body) -> None:
    version = start(session, bureau)
    first = make_actor(session, bureau, Role.BUREAU_SUPERVISOR)
    second = make_actor(session, bureau, Role.BUREAU_SUPERVISOR)

    def save(actor: Any, text: str, minutes: int) -> int:
        content = {**version.content, "title": {"zh": text}}
        at = NOW + timedelta(minutes=minutes)
        services.save_draft(actor, session, version, content, seen_version=version.version, now=at)
        return entries(session, version)

    assert entries(session, version) == 1
    assert [save(first, "一", 1), save(first, "二", 20), save(first, "三", 49)] == [2, 2, 2]
    assert [save(second, "四", 50), save(first, "五", 51), save(first, "六", 90)] == [3, 4, 5]
    # Nothing changed, nothing to tell.
    assert save(second, "六", 95) == 5
