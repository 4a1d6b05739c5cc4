"""From the text of a scheme file to a scheme, or to every fault in it at once, each with place and line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from agencyqa.measures.reading import Document, FileError, FileProblem, Path, read_loosely
from agencyqa.measures.scheme_format.counts import check_counts
from agencyqa.measures.scheme_format.mending import Mended, mended
from agencyqa.measures.scheme_format.model import SchemeFile, content_hash, content_of, to_scheme
from agencyqa.scoring import RULES, Problem, Scheme, SchemeError, check_scheme

_CODES = {
    "missing": "missing_field",
    "extra_forbidden": "unknown_field",
    "union_tag_invalid": "unknown_kind",
    "union_tag_not_found": "missing_kind",
    "string_type": "not_a_text",
    "string_too_short": "empty",
    "bool_type": "not_a_flag",
    "int_type": "not_a_count",
    "list_type": "not_a_list",
    "model_type": "not_a_record",
    "model_attributes_type": "not_a_record",
    "dict_type": "not_a_record",
    "date_type": "not_a_date",
    "enum": "not_a_choice",
    "literal_error": "not_a_choice",
}
# No database stores the first; the others turn the order of what is shown, so that a text reads as another.
_HIDDEN = re.compile("[\\x00\\u202a-\\u202e\\u2066-\\u2069]")
_SENSELESS = {"ctx", "error", "code"}


@dataclass(frozen=True)
class CheckedFile:
    """A scheme file without errors; ``warnings`` may be left. ``scheme`` has the version number 1."""

    file: SchemeFile
    scheme: Scheme
    content: dict[str, Any]
    content_hash: str
    warnings: tuple[FileProblem, ...]


def parse_scheme(
    text: str | bytes, citations: Collection[str] | None = None, faults: Collection[str] | None = None
) -> CheckedFile:
    """Raise FileError with every fault.

    ``citations`` are the keys of the provisions that may be cited, ``faults`` the codes that may be counted.
    """
    return parse_document(read_loosely(text), citations, faults)


def parse_document(
    document: Document, citations: Collection[str] | None = None, faults: Collection[str] | None = None
) -> CheckedFile:
    """As ``parse_scheme``, for data that was read already, from a file or a workbook."""
    file, scheme, problems = _check(document, citations, faults)
    problems.sort(key=lambda p: (p.line or 0, p.problem.place))
    if file is None or scheme is None or any(p.is_error for p in problems):
        raise FileError(problems)
    content = content_of(file)
    return CheckedFile(file, scheme, content, content_hash(content), tuple(problems))


def check_draft(
    data: Mapping[str, Any], citations: Collection[str] | None = None, faults: Collection[str] | None = None
) -> tuple[SchemeFile | None, list[Problem]]:
    """Every fault of a draft, which is plain data in the shape of a file and may be incomplete or wrong anywhere.

    With faults the file is a mended copy, good for showing the rest of it, or None where too much is missing.
    """
    file, _, problems = _check(Document(data), citations, faults)
    return file, [found.problem for found in problems]


def _check(
    document: Document, citations: Collection[str] | None, faults: Collection[str] | None
) -> tuple[SchemeFile | None, Scheme | None, list[FileProblem]]:
    file, problems, copied = _read_shape(document)
    problems = [*document.faults, *problems, *_hidden(document)]
    scheme: Scheme | None = None
    if file is not None:
        found, scheme = _check_sense(file, citations, faults)
        if copied is not None:
            found = [replace(p, place=copied.original(p.place)) for p in found if not copied.explains(p)]
        # A place that is already known to be wrong was mended, so what is found there says nothing.
        known = {p.problem.place for p in problems}
        problems += [document.problem(p) for p in found if p.place not in known]
    return file, scheme, problems


def _hidden(document: Document) -> Iterator[FileProblem]:
    """Characters in the texts that nobody sees. What was stored long ago is not read by this gate."""
    waiting: list[tuple[Path, Any]] = [((), document.data)]
    while waiting:
        path, held = waiting.pop()
        if isinstance(held, str) and _HIDDEN.search(held):
            yield document.problem(Problem(document.place_of(path), "hidden_characters"))
        elif isinstance(held, dict | list):
            steps = held.items() if isinstance(held, dict) else enumerate(held)
            waiting += [((*path, step), inner) for step, inner in steps]


def _check_sense(
    file: SchemeFile, citations: Collection[str] | None, faults: Collection[str] | None
) -> tuple[list[Problem], Scheme | None]:
    found: list[Problem] = []
    for section, criterion in file.criteria():
        place = f"sections.{section.key}.criteria.{criterion.key}"
        if citations is not None and criterion.provision not in citations:
            found.append(Problem(f"{place}.provision", "unknown_provision", {"key": criterion.provision}))
        if file.is_reference and criterion.measure is None:
            found.append(Problem(f"{place}.measure", "reference_without_measure"))
    for veto in file.vetoes:
        place = f"vetoes.{veto.key}"
        if citations is not None and veto.provision not in citations:
            found.append(Problem(f"{place}.provision", "unknown_provision", {"key": veto.provision}))
        if file.is_reference and veto.measure is None:
            found.append(Problem(f"{place}.measure", "reference_without_measure"))
    found += check_counts(file, faults)
    try:
        scheme = to_scheme(file, 1)
    except SchemeError as error:
        return found + list(error.problems), None
    return found + check_scheme(scheme), scheme


def _read_shape(document: Document) -> tuple[SchemeFile | None, list[FileProblem], Mended | None]:
    """The file and its faults of shape. With faults, the file is a mended copy, good only for further checks."""
    try:
        return SchemeFile.model_validate(document.data), [], None
    except ValidationError as error:
        details = error.errors(include_url=False)
    problems = [_shape_problem(document, detail) for detail in details]
    copied = mended(
        document.data, [(_real_path(document.data, detail["loc"]), detail["type"]) for detail in details]
    )
    try:
        return SchemeFile.model_validate(copied.data), problems, copied
    except ValidationError:
        return None, problems, copied


def _shape_problem(document: Document, detail: ErrorDetails) -> FileProblem:
    path = _real_path(document.data, detail["loc"])
    code = _CODES.get(detail["type"], detail["type"])
    params: dict[str, Any] = {
        name: value
        for name, value in (detail.get("ctx") or {}).items()
        if name not in _SENSELESS and isinstance(value, str | int)
    }
    if code == "string_pattern_mismatch":
        code, params = _pattern_fault(path), {"value": str(detail["input"])[:80]}
    elif code == "unknown_kind":
        path, params = (*path, "kind"), {"kinds": sorted(RULES)}
    elif code == "missing_kind":
        path, code, params = (*path, "kind"), "missing_field", {}
    return FileProblem(Problem(document.place_of(path), code, params), document.line_at(path))


def _pattern_fault(path: Path) -> str:
    if path and path[-1] == "provision":
        return "bad_citation"
    return "bad_file_key" if path == ("key",) else "bad_key"


def _real_path(data: Any, location: Sequence[str | int]) -> Path:
    """A fault's position in the file; pydantic also names the kind of rule it took, which is no step there."""
    path: Path = ()
    held = data
    for step in location:
        is_step = isinstance(step, int) if isinstance(held, list) else not (step in RULES and _is_rule(held))
        if not is_step:
            continue
        path = (*path, step)
        if isinstance(held, dict):
            held = held.get(step)
        elif isinstance(held, list) and isinstance(step, int) and step < len(held):
            held = held[step]
        else:
            held = None
    return path


def _is_rule(held: Any) -> bool:
    return isinstance(held, dict) and held.get("kind") in RULES
