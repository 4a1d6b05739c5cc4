"""The part of a draft that can be shown as scorers will see it."""

from __future__ import annotations

from agencyqa.measures.drafting.checking import DraftCheck
from agencyqa.measures.scheme_format import SchemeFile

_CRITERION_DEPTH = 4


def showable(found: DraftCheck) -> tuple[SchemeFile | None, int]:
    """A whole file of the criteria without errors, and how many criteria were left out; None while there is none.

    Grades, vetoes and stated points do not change the fields, so where they are wrong they are left out or made fit.
    """
    file = found.file
    if file is None or found.is_whole:
        return file, 0
    wrong = {each.path for each in found.problems if each.is_error}
    bad = {path[1:_CRITERION_DEPTH:2] for path in wrong if path[2:3] == ("criteria",) and len(path) > 3}
    sections = []
    left_out = 0
    for number, section in enumerate(file.sections):
        kept = [each for at, each in enumerate(section.criteria) if (number, at) not in bad]
        left_out += len(section.criteria) - len(kept)
        if kept:
            points = sum(each.max_points for each in kept if not each.bonus)
            # A bonus waits for criteria that may not be there.
            kept = [each.model_copy(update={"only_if": []}) for each in kept]
            sections.append(section.model_copy(update={"criteria": kept, "max_points": points}))
    if not sections:
        return None, left_out
    total = sum(section.max_points for section in sections)
    fitted = {"sections": sections, "max_points": total, "grades": [], "vetoes": [], "rounding": None}
    return file.model_copy(update=fitted | {"total_cap": None, "least_assessed": None}), left_out
