"""Filling in a Word template, the shipped one or a bureau's own, and looking at one before it is taken."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from jinja2 import TemplateError, TemplateSyntaxError

from agencyqa.errors import Invalid, WrongState
from agencyqa.inspections.documents import schema
from agencyqa.inspections.documents.sandbox import ForbiddenTemplate, RecordEnvironment, UnknownNames

MIMETYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LARGEST_TEMPLATE = 2 * 1024 * 1024
# Relations that may lead out of the file: a link a reader clicks. Anything else is fetched when the file is opened.
_HYPERLINK = "/hyperlink"
# Contents that act, or that Word reads as a document of another kind.
_FOREIGN = ("/aFChunk", "/oleObject", "/package", "/control", "/vbaProject", "/attachedTemplate")
# Fields that fetch or run something. QUOTE could spell their names in figures, a tag could fetch them from a record.
_ACTING_FIELDS = re.compile(
    r"\b(DDE(AUTO)?|INCLUDE(TEXT|PICTURE)?|IMPORT|DATABASE|LINK|MACROBUTTON|GOTOBUTTON|PRINT|QUOTE)\b|[{}]",
    re.IGNORECASE,
)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SHOWN_DETAIL = 120


def filled(template: bytes, content: dict[str, Any]) -> bytes:
    """The document. Raise WrongState ``template_broken`` where a template that was taken once no longer works."""
    try:
        return _fill(template, content)
    except (TemplateError, ValueError, KeyError, RecursionError) as error:
        raise WrongState("template_broken") from error


def check_template(data: bytes) -> None:
    """Raise Invalid with a sentence for the field ``file`` unless the template can be filled in safely."""
    _check_container(data)
    _check_relations(data)
    for lines in (2, 0):
        try:
            _fill(data, schema.sample(lines=lines))
        except UnknownNames as error:
            raise _wrong("template_unknown_names", names=error.names) from error
        except ForbiddenTemplate as error:
            raise _wrong("template_forbidden", names=error.names) from error
        except TemplateSyntaxError as error:
            raise _wrong("template_syntax", detail=str(error.message)[:_SHOWN_DETAIL]) from error
        except (TemplateError, RecursionError) as error:
            raise _wrong("template_syntax", detail=str(error)[:_SHOWN_DETAIL]) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _wrong("template_not_filled") from error


def _wrong(code: str, **params: Any) -> Invalid:
    return Invalid(file=(code, params))


def _check_container(data: bytes) -> None:
    limit = LARGEST_TEMPLATE // (1024 * 1024)
    if len(data) > LARGEST_TEMPLATE:
        raise _wrong("template_too_large", limit=limit)
    try:
        with ZipFile(BytesIO(data)) as container:
            members = container.infolist()
    except (BadZipFile, ValueError, OSError) as error:
        raise _wrong("template_unreadable") from error
    # Patterns run over the whole text of a part, so its size is bounded whatever the file's is.
    if sum(member.file_size for member in members if not _is_picture(member.filename)) > LARGEST_TEMPLATE:
        raise _wrong("template_too_large", limit=limit)


def _is_picture(name: str) -> bool:
    return name.startswith("word/media/")


def _check_relations(data: bytes) -> None:
    """Whoever opens a record must not fetch anything from a stranger's machine without knowing."""
    from docx import Document

    try:
        document = Document(BytesIO(data))
        parts = list(document.part.package.iter_parts())
        relations = [relation for part in (document.part.package, *parts) for relation in part.rels.values()]
    # The library raises whatever the parser below it does.
    except Exception as error:
        raise _wrong("template_unreadable") from error
    _check_fields(parts)
    for relation in relations:
        if relation.reltype.endswith(_FOREIGN):
            raise _wrong("template_foreign")
        if relation.is_external and not relation.reltype.endswith(_HYPERLINK):
            raise _wrong("template_external", target=str(relation.target_ref)[:_SHOWN_DETAIL])


def _check_fields(parts: list[Any]) -> None:
    """Raise Invalid where a part holds a field that does more than count pages."""
    from docx.oxml import parse_xml

    for part in parts:
        if not part.content_type.endswith("+xml"):
            continue
        try:
            tree = parse_xml(part.blob)
        except (SyntaxError, ValueError) as error:
            raise _wrong("template_unreadable") from error
        # An instruction may be cut into any number of runs.
        pieces = [node.text or "" for node in tree.iter(f"{_WORD}instrText")]
        pieces += [" ", *(f"{node.get(f'{_WORD}instr', '')} " for node in tree.iter(f"{_WORD}fldSimple"))]
        if found := _ACTING_FIELDS.search("".join(pieces)):
            raise _wrong("template_field", name=found.group(0))


def _fill(template: bytes, content: dict[str, Any]) -> bytes:
    from docx.oxml import parse_xml
    from docxtpl import DocxTemplate

    document = DocxTemplate(BytesIO(template))
    lenient = document.fix_tables

    def strict(xml: str) -> Any:
        # The library mends broken markup in silence, which would lose text of a record.
        try:
            parse_xml(xml)
        except SyntaxError as error:
            raise ValueError("not well-formed") from error
        return lenient(xml)

    document.fix_tables = strict
    document.render(content, jinja_env=RecordEnvironment(), autoescape=True)
    target = BytesIO()
    document.save(target)
    return target.getvalue()
