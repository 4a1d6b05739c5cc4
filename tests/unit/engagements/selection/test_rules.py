"""Who may be picked: exclusions and the selection's choice, one by one and together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from agencyqa.engagements.enums import Outcome
from agencyqa.engagements.facts import Exclusion, Picked
from agencyqa.engagements.rules import PROVISIONS, examine, refusals
from tests.unit.engagements.test_rules import PROPER


def test_how_the_agency_stands_to_the_selection() -> None:
    expected = {
        Picked.THIS: ("rule_selection", Outcome.PASSED),
        Picked.ANOTHER: ("selection_chose_another", Outcome.REFUSED),
        Picked.UNDECIDED: ("selection_undecided", Outcome.REFUSED),
        Picked.SPENT: ("selection_used", Outcome.REFUSED),
        Picked.NOBODY: ("selection_missing", Outcome.WARNING),
    }
    for picked, told in expected.items():
        checks = examine(replace(PROPER, picked=picked, picked_agency="乙"), PROVISIONS)
        assert [(each.code, each.outcome) for each in checks if each.rule == "rule_selection"] == [told]
    assert set(expected) == set(Picked)
    # Before the measure was in force a second contract is only told of.
    early = examine(replace(PROPER, picked=Picked.SPENT, picked_contract="HT-1"), ())
    assert [(each.outcome, each.params) for each in early if each.code == "selection_used"] == [
        (Outcome.NO_RULE, {"contract": "HT-1"})
    ]
    assert not [each for each in examine(PROPER, PROVISIONS) if each.rule == "rule_selection"]


def test_each_exclusion_stops_only_while_its_provision_was_in_force() -> None:
    out = tuple(Exclusion(number, date(2023, 1, number), "上年度考核为差") for number in (1, 2))
    found = refusals(examine(replace(PROPER, exclusions=out), PROVISIONS))
    assert [(each.code, each.provisions, each.params["until"]) for each in found] == [
        ("agency_excluded", ("M3/use_of_results",), date(2023, 1, 1)),
        ("agency_excluded", ("M3/use_of_results",), date(2023, 1, 2)),
    ]
    assert refusals(examine(replace(PROPER, exclusions=out), ())) == ()
