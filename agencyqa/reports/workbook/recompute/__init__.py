"""The sheets that recompute the year: integers, live formulas, the stored figures beside them, and the difference."""

from agencyqa.reports.workbook.recompute.ranking import write_recomputed_ranking
from agencyqa.reports.workbook.recompute.sheet import RecomputeSheet

__all__ = ["RecomputeSheet", "write_recomputed_ranking"]
