"""The annual workbook: the ranking of a round and everything it was computed from, to be checked without us."""

from __future__ import annotations

from agencyqa.reports.workbook.book import file_name, visible_round, write_workbook

__all__ = ["file_name", "visible_round", "write_workbook"]
