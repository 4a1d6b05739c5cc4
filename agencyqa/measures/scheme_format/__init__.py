"""Score sheets as data: the YAML file of a scheme, checked whole, and its stored form."""

from __future__ import annotations

from agencyqa.measures.scheme_format.checks import CheckedFile, check_draft, parse_scheme
from agencyqa.measures.scheme_format.fields import Text
from agencyqa.measures.scheme_format.inputs import Effect, countable_inputs
from agencyqa.measures.scheme_format.model import (
    CountPart,
    CriterionPart,
    SchemeFile,
    SchemeVetoPart,
    SectionPart,
    content_hash,
    content_of,
    file_of_content,
    to_scheme,
)
from agencyqa.measures.scheme_format.rules import RulePart

__all__ = [
    "CheckedFile",
    "CountPart",
    "CriterionPart",
    "Effect",
    "RulePart",
    "SchemeFile",
    "SchemeVetoPart",
    "SectionPart",
    "Text",
    "check_draft",
    "content_hash",
    "content_of",
    "countable_inputs",
    "file_of_content",
    "parse_scheme",
    "to_scheme",
]
