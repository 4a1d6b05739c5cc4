"""Templates from outside, and papers that must hold any text without acting on it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from pypdf import PdfReader

from agencyqa.errors import Invalid, WrongState
from agencyqa.inspections.documents import pdf, schema, word
from agencyqa.inspections.documents.content import clean
from agencyqa.inspections.documents.template import default_template

HOSTILE = '#panic() *b* $1 \\ <w:t> & {{ 7*7 }} {% raw %} =1+1 "引号" 第二行'
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def paper(*paragraphs: str, change: Callable[[Any], None] | None = None) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if change is not None:
        change(document)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def refusal(data: bytes) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Invalid) as caught:
        word.check_template(data)
    assert list(caught.value.fields) == ["file"]
    return caught.value.fields["file"]


def texts_of(data: bytes) -> list[str]:
    document = docx.Document(BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


def test_shipped_template_uses_every_name_and_keeps_hostile_text() -> None:
    word.check_template(default_template())
    content = clean(schema.sample())
    content["summary"] = content["findings"][0]["facts"] = content["items"][1]["note"] = HOSTILE
    texts = texts_of(word.filled(default_template(), content))
    # Once in the summary, once within a labelled line, once in a cell.
    assert texts.count(HOSTILE) == 2
    assert f"事实：{HOSTILE}" in texts
    assert not [text for text in texts if "{%" in text and HOSTILE not in text]


def test_line_breaks_stay_line_breaks() -> None:
    content = {**schema.sample(lines=0), "summary": "第一行\n第二行"}
    assert "第一行\n第二行" in texts_of(word.filled(default_template(), content))
    assert "未发现问题。" in texts_of(word.filled(default_template(), content))


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ("{{ number.__class__.__mro__ }}", ["__mro__", "__class__"]),
        ("{{ ''.__class__.__base__.__subclasses__() }}", ["Call", "__subclasses__", "__base__", "__class__"]),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", None),
        ("{{ number|attr('__class__') }}", ["|attr"]),
        ("{{ number['__class__'] }}", ["Getitem"]),
        ("{{ lipsum }}", None),
        ("{% for each in range(9999999) %}{% endfor %}", None),
        ("{{ 'a' * 999999999 }}", ["Mul"]),
        ("{{ 9 ** 9 ** 9 }}", ["Pow", "Pow"]),
        ("{% set x = 1 %}", ["Assign"]),
        ("{% include 'other' %}", ["Include"]),
        ("{% import 'other' as other %}", ["Import"]),
        ("{% macro m() %}{% endmacro %}", ["Macro"]),
        ("{{ number|safe }}", ["|safe"]),
        ("{% for a in 'abc' %}{% endfor %}", ["for"]),
    ],
)
def test_what_reaches_for_more_than_names_is_refused(tag: str, names: list[str] | None) -> None:
    code, params = refusal(paper("{{ number }}", tag))
    assert code in {"template_forbidden", "template_unknown_names"}
    if names is not None:
        assert (code, params["names"]) == ("template_forbidden", list(dict.fromkeys(names)))


def test_hostile_tags_are_found_in_headers_and_properties_too() -> None:
    def header(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "{{ number.__class__ }}"

    def title(document: Any) -> None:
        document.core_properties.title = "{{ number.__class__ }}"

    for change in (header, title):
        assert refusal(paper("{{ number }}", change=change)) == (
            "template_forbidden",
            {"names": ["__class__"]},
        )


def test_wrong_names_are_told_all_at_once_and_in_branches_never_entered() -> None:
    data = paper(
        "{{ numbr }}",
        "{% for finding in findings %}{% if not finding.number %}{{ finding.fact }}{% endif %}{% endfor %}",
        "{{ finding.number }}",
        "{% for line in summary %}{% endfor %}",
        "{{ orders }}",
    )
    assert refusal(data) == (
        "template_unknown_names",
        {"names": ["numbr", "finding.fact", "finding", "summary", "orders"]},
    )


@pytest.mark.parametrize(
    "tags",
    [("{% for finding in findings %}",), ("{{ number ", "}"), ("{% endfor %}",), ("{% if number %}",)],
)
def test_broken_tags_are_told(tags: tuple[str, ...]) -> None:
    code, params = refusal(paper(*tags, "{{ number }"))
    assert code == "template_syntax"
    assert params["detail"]


def test_a_loop_that_tears_the_text_apart_is_refused() -> None:
    def tear(document: Any) -> None:
        table = document.add_table(rows=1, cols=2)
        table.rows[0].cells[0].text = "{% for finding in findings %}"
        document.add_paragraph("{% endfor %}")

    assert refusal(paper(change=tear)) == ("template_not_filled", {})


def test_a_template_brings_nothing_from_elsewhere() -> None:
    def attach(document: Any) -> None:
        kind = RELATIONSHIP_TYPE.IMAGE
        document.part.relate_to("https://example.com/picture.png", kind, is_external=True)

    def template(document: Any) -> None:
        kind = RELATIONSHIP_TYPE.OFFICE_DOCUMENT.replace("officeDocument", "attachedTemplate")
        document.part.relate_to("https://example.com/evil.dotm", kind, is_external=True)

    def field(text: str) -> Callable[[Any], None]:
        def add(document: Any) -> None:
            run = document.add_paragraph().add_run()
            for piece in (text[:3], text[3:]):
                instruction = OxmlElement("w:instrText")
                instruction.text = piece
                run._r.append(instruction)

        return add

    def link(document: Any) -> None:
        document.part.relate_to("https://example.com/", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)

    data = paper("{{ number }}", change=attach)
    assert refusal(data) == ("template_external", {"target": "https://example.com/picture.png"})
    assert refusal(paper("{{ number }}", change=template)) == ("template_foreign", {})
    assert refusal(paper(change=field('DDEAUTO c:\\calc.exe "x"'))) == ("template_field", {"name": "DDEAUTO"})
    assert refusal(paper(change=field(" {{ summary }}"))) == ("template_field", {"name": "{"})
    word.check_template(paper("{{ number }}", change=field(" PAGE ")))
    word.check_template(paper("{{ number }}", change=link))


def test_size_and_form_are_bounded() -> None:
    assert refusal(b"x" * (word.LARGEST_TEMPLATE + 1))[0] == "template_too_large"
    assert refusal(b"no zip at all") == ("template_unreadable", {})
    bomb = BytesIO(paper("{{ number }}"))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as container:
        container.writestr("word/other.xml", b" " * (word.LARGEST_TEMPLATE + 1))
    assert refusal(bomb.getvalue()) == ("template_too_large", {"limit": 2})
    empty = BytesIO()
    with zipfile.ZipFile(empty, "w") as container:
        container.writestr("a.txt", "a")
    assert refusal(empty.getvalue()) == ("template_unreadable", {})


def test_a_template_that_stopped_working_is_said_to_be_broken() -> None:
    with pytest.raises(WrongState) as caught:
        word.filled(paper("{{ gone }}"), schema.sample())
    assert caught.value.code == "template_broken"


def embedded_fonts(reader: PdfReader) -> list[str]:
    """Names of the fonts; fails for one whose outlines are not in the file."""
    names = []
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            held = font.get_object()
            inner = held["/DescendantFonts"][0].get_object() if "/DescendantFonts" in held else held
            descriptor = inner["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)
            names.append(str(descriptor["/FontName"]))
    return names


def test_pdf_embeds_its_font_and_keeps_hostile_text() -> None:
    content = clean(schema.sample(lines=3))
    content["summary"] = content["findings"][2]["facts"] = HOSTILE
    made = pdf.record_pdf(content, NOW)
    reader = PdfReader(BytesIO(made))
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "").replace(" ", "")
    assert text.count(HOSTILE.replace(" ", "")) == 2
    assert "监督检查记录" in text
    assert {name.partition("+")[2] for name in embedded_fonts(reader)} == {"NotoSansCJKsc-Regular"}
    assert b"pdfaid:part" in made
    # The same content makes the same file on every machine.
    assert pdf.record_pdf(content, NOW) == made


def test_unprintable_characters_are_left_out() -> None:
    texts = clean({"a": "x\x00\x1b\u202ey\r\nz\uffff", "b": [{"c": "\ud800好"}]})
    assert texts == {"a": "xy\nz", "b": [{"c": "好"}]}


def test_every_placeholder_is_listed_once() -> None:
    listed = [written for written, _, _ in schema.placeholders()]
    assert len(listed) == len(set(listed))
    assert {"number", "finding.facts", "for finding in findings", "verdict.note"} <= set(listed)
