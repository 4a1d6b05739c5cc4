"""A scheme as its scorers will see it: the empty sheet, of the whole or of one part of a draft."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.forms.judging import judge_entry
from agencyqa.assessments.forms.page import SectionPage, VetoPage, sections_of, vetoes_of
from agencyqa.assessments.queries.provisions import Citations, citations
from agencyqa.measures.drafting.checking import DraftCheck
from agencyqa.measures.drafting.showable import showable
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.scheme_format import SchemeFile, to_scheme
from agencyqa.measures.texts import SchemeTexts, reader_language
from agencyqa.scoring import Program, SchemeError, compile_scheme


@dataclass(frozen=True)
class Preview:
    """``title`` is empty and ``sections`` are none while nothing can be shown; ``left_out`` counts faulty criteria."""

    title: str
    sections: tuple[SectionPage, ...]
    vetoes: tuple[VetoPage, ...]
    citations: Citations
    left_out: int


def preview_of(session: Session, version: SchemeVersion, found: DraftCheck) -> Preview:
    """Of a draft with errors, the criteria that have none."""
    file, left_out = showable(found)
    program = None if file is None else _program(file, version.number)
    if file is None or program is None:
        title = "" if file is None else SchemeTexts(file, reader_language()).title
        return Preview(title, (), (), {}, left_out)
    texts = SchemeTexts(file, reader_language())
    judged = judge_entry(program, texts, Entry())
    return Preview(
        texts.title,
        sections_of(program, texts, judged),
        vetoes_of(program, texts, judged),
        citations(session, texts, version.valid_from),
        left_out,
    )


def part_of(preview: Preview, key: str) -> Preview:
    """Only the section or the criterion of this key; what is not shown there has faults."""
    found = []
    for section in preview.sections:
        kept = tuple(each for each in section.criteria if key in {section.key, each.key})
        if kept:
            found.append(replace(section, criteria=kept))
    return replace(preview, sections=tuple(found), vetoes=(), left_out=preview.left_out if not found else 0)


def _program(file: SchemeFile, number: int) -> Program | None:
    """None for a fault of the whole that no criterion is to blame for; the editor tells it."""
    try:
        return compile_scheme(to_scheme(file, number))
    except SchemeError:
        return None
