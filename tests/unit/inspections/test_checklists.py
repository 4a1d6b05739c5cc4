"""The shipped checklist cites what there is."""

from __future__ import annotations

from datetime import date

from agencyqa.inspections.checklist_format import shipped_checklists
from agencyqa.inspections.conflicts import years_before
from agencyqa.measures.enums import Tag
from agencyqa.measures.fault_format import shipped_faults
from agencyqa.measures.measure_format import shipped_citations


def test_the_reference_list_is_sound() -> None:
    (found,) = shipped_checklists()
    assert (found.tag, len(found.items), "参考清单" in found.source) == (Tag.INFERRED, 14, True)
    assert len({item.key for item in found.items}) == 14
    assert {item.provision for item in found.items} <= shipped_citations()
    assert all(item.text and item.text_en for item in found.items)
    offered = {fault.code for fault in shipped_faults() if not fault.is_counted_by_system}
    assert {item.fault for item in found.items if item.fault} <= offered


def test_years_before_a_leap_day() -> None:
    assert years_before(date(2024, 2, 29), 3) == date(2021, 2, 28)
    assert years_before(date(2024, 3, 1), 3) == date(2021, 3, 1)
