"""Which faults a criterion of a scheme file counts, and what is refused."""

from __future__ import annotations

import pytest

from agencyqa.measures.counting import counting_of
from agencyqa.measures.exports import scheme_yaml
from agencyqa.measures.fault_format import shipped_fault_codes
from agencyqa.measures.measure_format import shipped_citations
from agencyqa.measures.problem_texts import problem_sentence
from agencyqa.measures.reading import FileError
from agencyqa.measures.scheme_format import Effect, file_of_content, parse_scheme

COUNTS = """\
key: counting
title: {zh: 计入, en: Counting}
source: {zh: 测试, en: Test}
purpose: bureau
valid_from: 2024-01-01
max_points: 30
sections:
  - key: all
    label: {zh: 全部, en: All}
    max_points: 30
    criteria:
      - key: papers
        label: {zh: 底稿, en: Papers}
        max_points: 10
        provision: CJ4/work_papers
        rule: {kind: deductions, points: 10, faults: [{key: missing, amount: 1, label: {zh: 缺少, en: Missing}}]}
        counts:
          - {fault: no_work_paper, input: missing, by_hand: true}
          - {fault: no_evidence, input: missing, by_hand: true}
      - key: conduct
        label: {zh: 行为, en: Conduct}
        max_points: 10
        provision: CJ4/forbidden_conduct
        rule:
          kind: veto
          flag: forbidden
          flag_label: {zh: 禁止行为, en: Forbidden}
          exception: excused
          exception_label: {zh: 例外, en: Excused}
          rule:
            kind: composite
            parts:
              - key: signed
                label: {zh: 签字, en: Signed}
                rule: {kind: all_or_nothing, points: 5}
              - key: other
                label: {zh: 其他, en: Other}
                rule: {kind: range_deduction, points: 5, low: 1, high: 2, per_occurrence: true, label: {zh: 处, en: P}}
        counts:
          - {fault: forbidden_conduct, input: forbidden}
          - {fault: unsigned_document, input: signed.met}
          - {fault: improper_conduct, input: other.count, by_hand: true}
      - key: manner
        label: {zh: 配合, en: Manner}
        max_points: 10
        provision: M3/quality_assessment
        rule: {kind: range_deduction, points: 10, low: 1, high: 2, label: {zh: 扣分, en: Deduction}}
"""


def count_faults(text: str) -> list[tuple[str, str, int | None]]:
    with pytest.raises(FileError) as caught:
        parse_scheme(text, shipped_citations(), shipped_fault_codes())
    for found in caught.value.problems:
        assert found.problem.code not in problem_sentence(found.problem)
    return [(p.problem.place, p.problem.code, p.line) for p in caught.value.problems]


def test_a_criterion_says_which_faults_it_counts() -> None:
    checked = parse_scheme(COUNTS, shipped_citations(), shipped_fault_codes())
    counting = counting_of(checked.file)
    assert {code: (each.place, each.by_hand, each.effect) for code, each in counting.faults.items()} == {
        "no_work_paper": (("papers", "missing"), True, Effect.ADD),
        "no_evidence": (("papers", "missing"), True, Effect.ADD),
        "forbidden_conduct": (("conduct", "forbidden"), False, Effect.RAISE),
        "unsigned_document": (("conduct", "signed.met"), False, Effect.FAIL),
        "improper_conduct": (("conduct", "other.count"), True, Effect.ADD),
    }
    assert counting.supplied == {("conduct", "forbidden"): False, ("conduct", "signed.met"): True}
    assert file_of_content(checked.content) == checked.file
    assert parse_scheme(scheme_yaml(checked.content)).content_hash == checked.content_hash
    # The faults are no part of the engine's scheme: the same points, the same digest.
    plain = parse_scheme(
        "".join(line for line in COUNTS.splitlines(True) if "fault:" not in line and "counts" not in line)
    )
    assert plain.scheme == checked.scheme
    assert plain.content_hash != checked.content_hash


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ("fault: no_evidence", "fault: no_such_fault", "papers.counts.2.fault", "unknown_fault"),
        ("fault: no_evidence", "fault: no_work_paper", "papers.counts.2.fault", "fault_counted_twice"),
        ("fault: improper_conduct", "fault: no_evidence", "conduct.counts.3.fault", "fault_counted_twice"),
        (
            "work_paper, input: missing",
            "work_paper, input: x",
            "papers.counts.1.input",
            "input_not_countable",
        ),
        ("input: forbidden", "input: excused", "conduct.counts.1.input", "input_not_countable"),
        ("input: signed.met", "input: met", "conduct.counts.2.input", "input_not_countable"),
        ("input: other.count", "input: other.amount", "conduct.counts.3.input", "input_not_countable"),
        (
            "no_evidence, input: missing, by_hand: true",
            "no_evidence, input: missing",
            "papers.counts.2.by_hand",
            "input_half_by_hand",
        ),
        ("input: other.count", "input: other.count, weight: 2", "conduct.counts.3.weight", "unknown_field"),
        ("count, by_hand: true", "count, by_hand: 1", "conduct.counts.3.by_hand", "not_a_flag"),
    ],
)
def test_a_count_that_does_not_fit_is_refused_at_its_line(old: str, new: str, place: str, code: str) -> None:
    assert COUNTS.count(old) == 1
    ((at, found, line),) = count_faults(COUNTS.replace(old, new))
    assert (at, found) == (f"sections.all.criteria.{place}", code)
    assert line is not None
    assert new in COUNTS.replace(old, new).splitlines()[line - 1]


def test_a_rule_without_countable_inputs_counts_nothing() -> None:
    text = COUNTS + "        counts:\n          - {fault: slow_response, input: amount}\n"
    line = len(text.splitlines())
    assert count_faults(text) == [
        ("sections.all.criteria.manner.counts.1.input", "input_not_countable", line)
    ]
