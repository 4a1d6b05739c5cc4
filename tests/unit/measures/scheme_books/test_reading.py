"""What is wrong with a workbook of a scheme: everything at once, each with its cell; hostile files at the gate."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from agencyqa.measures.measure_format import shipped_citations
from agencyqa.measures.scheme_books.reading import BookReading, is_scheme_book, read_book
from agencyqa.measures.scheme_books.writing import write_book, write_template
from agencyqa.measures.scheme_format import CheckedFile
from agencyqa.measures.shipped import shipped_schemes
from agencyqa.spreadsheets.safety import WORKBOOK

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def scheme(key: str) -> CheckedFile:
    return next(checked for checked in shipped_schemes() if checked.file.key == key)


def book(key: str = "report-quality-40") -> bytes:
    target = BytesIO()
    write_book(target, scheme(key).file, [("M3/grades", "等级")], language="zh", now=NOW)
    return target.getvalue()


def changed(change: Callable[[Any], None], key: str = "report-quality-40") -> BookReading:
    held = openpyxl.load_workbook(BytesIO(book(key)))
    change(held)
    target = BytesIO()
    held.save(target)
    return read_book(target.getvalue(), shipped_citations())


def cell_of(sheet: Any, row: int, title: str) -> Any:
    return next(cell for cell in sheet[row] if sheet.cell(1, cell.column).value == title)


def told(reading: BookReading) -> list[tuple[str, str]]:
    assert reading.checked is None
    return [(fault.where, fault.code) for fault in reading.faults]


def setting(held: Any, title: str) -> Any:
    return next(row[1] for row in held["方案"].iter_rows() if row[0].value == title)


def test_all_faults_of_all_sheets_with_their_cells() -> None:
    def spoil(held: Any) -> None:
        setting(held, "评分人").value = "谁"
        held["方案"]["A20"], held["方案"]["B20"] = "备注", "多余"
        cell_of(held["考核项"], 3, "满分").value = "二"
        held["考核项"]["A5"] = "小计"
        held["计分标准"]["A3"] = "no_such"
        held["计分标准"]["D5"] = "随便"

    found = told(changed(spoil))
    assert [(where, code) for where, code in found if code != "points_do_not_add_up"] == [
        ("方案!B9", "book.not_offered"),
        ("方案!A20", "book.unknown_setting"),
        ("考核项!D3", "not_a_number"),
        ("考核项!A5", "book.not_offered"),
        ("计分标准!A3", "book.unknown_criterion"),
        ("计分标准!D5", "book.not_offered"),
    ]


def test_every_fault_is_a_sentence() -> None:
    def spoil(held: Any) -> None:
        held["考核项"]["A2"] = "考核项"
        held["考核项"]["A8"] = "合计"
        cell_of(held["计分标准"], 2, "评分单位").value = 3

    reading = changed(spoil)
    told_texts = {fault.code: fault.text for fault in reading.faults}
    assert told_texts["book.criterion_without_section"] == "考核项之前应先有一行栏目。"
    assert told_texts["book.not_offered"] == "“合计”不在可选之列；可选：栏目、考核项。"
    assert all(fault.code not in fault.text for fault in reading.faults)


def test_a_cell_that_the_row_does_not_know_is_named() -> None:
    spoilt = []

    def spoil(held: Any) -> None:
        cell = cell_of(held["计分标准"], 2, "每处扣分")
        cell.value = 3
        spoilt.append(f"计分标准!{cell.coordinate}")

    reading = changed(spoil)
    told_texts = [(fault.where, fault.text) for fault in reading.faults]
    assert told_texts == [(spoilt[0], "这一行的内容没有“每处扣分”，请清空这一格。")]


def test_a_provision_that_nobody_knows_names_its_cell() -> None:
    def spoil(held: Any) -> None:
        cell_of(held["考核项"], 4, "依据条款").value = "M9/invented"

    assert told(changed(spoil)) == [("考核项!F4", "unknown_provision")]


def test_figures_that_do_not_add_up_name_the_cell_of_the_sum() -> None:
    def spoil(held: Any) -> None:
        cell_of(held["考核项"], 2, "满分").value = 7

    assert ("考核项!D2", "points_do_not_add_up") in told(changed(spoil))


def test_a_formula_counts_by_its_saved_result_and_a_text_is_never_one() -> None:
    def spoil(held: Any) -> None:
        cell_of(held["考核项"], 2, "满分").value = "=3+3"

    # openpyxl saves no result, so the cell is empty, and both are said.
    reading = changed(spoil)
    assert ("考核项!D2", "missing_field") in told(reading)
    assert [note.code for note in reading.notes] == ["table.formula_empty"]


def test_english_may_be_left_out() -> None:
    def shorten(held: Any) -> None:
        for row in range(2, held["考核项"].max_row + 1):
            cell_of(held["考核项"], row, "英文").value = None

    reading = changed(shorten, "jiading-2018")
    assert reading.faults == []
    assert reading.checked is not None
    label = reading.checked.file.sections[0].criteria[0].label
    assert (label.zh, label.en) == ("1.1 工作组人员专业能力", "1.1 工作组人员专业能力")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_has_every_sheet_and_says_what_is_missing(language: str) -> None:
    target = BytesIO()
    write_template(target, [("M3/grades", "等级")], language=language, now=NOW)
    assert is_scheme_book(target.getvalue())
    reading = read_book(target.getvalue())
    assert {fault.code for fault in reading.faults} == {"table.no_rows"}
    held = openpyxl.load_workbook(BytesIO(target.getvalue()))
    assert all(len(sheet.data_validations.dataValidation) > 0 for sheet in held.worksheets[1:4])


def packed(members: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def many_rows() -> bytes:
    rows = b"".join(b'<row r="%d"><c r="J%d"><v>1</v></c></row>' % (n, n) for n in range(1, 100_001))
    sheet = b'<worksheet xmlns="x"><sheetData>' + rows + b"</sheetData></worksheet>"
    return packed({WORKBOOK: b"<workbook/>", "xl/worksheets/sheet1.xml": sheet})


HOSTILE = {
    "a bomb": (packed({WORKBOOK: b"x", "xl/bomb.xml": bytes(200_000_000)}), "table.unpacks_too_large"),
    "10 MB": (bytes(10_000_000), "table.file_too_large"),
    "100,000 rows": (many_rows(), "table.too_many_cells"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(1000), "table.not_a_workbook"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), "table.not_a_workbook"),
    "nothing": (b"", "table.not_a_workbook"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_quickly_with_a_clear_sentence(name: str) -> None:
    data, code = HOSTILE[name]
    begun = time.process_time()
    reading = read_book(data)
    assert time.process_time() - begun < 3
    assert told(reading) == [("", code)]
    assert "%(" not in reading.faults[0].text
