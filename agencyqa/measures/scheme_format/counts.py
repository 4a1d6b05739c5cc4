"""Whether the faults that a scheme counts fit the rules they are to feed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from agencyqa.measures.scheme_format.inputs import Effect
from agencyqa.measures.scheme_format.model import CountPart, SchemeFile
from agencyqa.scoring import Problem


def check_counts(file: SchemeFile, known: Collection[str] | None) -> list[Problem]:
    """``known`` are the codes of the catalogue; None where nobody can say."""
    found: list[Problem] = []
    taken: dict[str, str] = {}
    for place, key, effects, counts in file.counted():
        found += _check(key, counts, effects, place, known, taken)
    return found


def _check(
    key: str,
    counts: Sequence[CountPart],
    effects: Mapping[str, Effect],
    place: str,
    known: Collection[str] | None,
    taken: dict[str, str],
) -> Iterator[Problem]:
    by_hand: dict[str, bool] = {}
    for number, each in enumerate(counts, start=1):
        here = f"{place}.counts.{number}"
        if known is not None and each.fault not in known:
            yield Problem(f"{here}.fault", "unknown_fault", {"code": each.fault})
        # Counted twice, one occurrence would cost twice.
        if each.fault in taken:
            yield Problem(
                f"{here}.fault", "fault_counted_twice", {"code": each.fault, "other": taken[each.fault]}
            )
        taken.setdefault(each.fault, key)
        if each.input not in effects:
            yield Problem(
                f"{here}.input",
                "input_not_countable",
                {"input": each.input, "inputs": sorted(effects) or ["—"]},
            )
        elif by_hand.setdefault(each.input, each.by_hand) is not each.by_hand:
            yield Problem(f"{here}.by_hand", "input_half_by_hand", {"input": each.input})
