"""The rule text of a bureau's own table, read into a rule that a person confirms; nothing is guessed."""

from __future__ import annotations

from agencyqa.measures.rule_texts.proposals import Doubt, Proposal, Reading, Sureness
from agencyqa.measures.rule_texts.reader import read_rule

__all__ = ["Doubt", "Proposal", "Reading", "Sureness", "read_rule"]
