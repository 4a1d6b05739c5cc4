"""What differs between two schemes: as data (``changes``), and in words for a page or a terminal (``rows``)."""

from __future__ import annotations

from agencyqa.measures.comparing.changes import Change, compare
from agencyqa.measures.comparing.rows import ChangeRow, change_rows, kind_name

__all__ = ["Change", "ChangeRow", "change_rows", "compare", "kind_name"]
