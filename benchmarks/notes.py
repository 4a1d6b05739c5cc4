"""What a sheet's page says to each criterion, written the short way: one language, no trace behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.by_hand import POINT


def points(units: int) -> str:
    return f"{units / POINT:.4f}".rstrip("0").rstrip(".")


def notes(
    rule: Mapping[str, Any], words: Any, given: Mapping[str, Any], prefix: str = ""
) -> tuple[list[str], int]:
    """The sentences of a rule and what it gives. ``words`` has ``inputs``, ``choices`` and ``parts`` by full name."""
    match rule["kind"]:
        case "banded":
            band = next(each for each in rule["bands"] if each["key"] == given[f"{prefix}band"])
            value, label = given[f"{prefix}value"], words.choices[f"{prefix}band"][band["key"]]
            low, high = points(band["low"]), points(band["high"])
            return [f"选“{label}”（{low}～{high} 分），评 {points(value)} 分"], value
        case "all_or_nothing":
            met = given[f"{prefix}met"]
            label = words.choices[f"{prefix}met"]["true" if met else "false"]
            if met:
                return [f"{label}，得 {points(rule['points'])} 分"], rule["points"]
            return [f"{label}，不得分"], 0
        case "deductions":
            return _deductions(rule, words, given, prefix)
        case "range_deduction":
            return _range(rule, words, given, prefix)
        case "veto":
            return _veto(rule, words, given, prefix)
        case "composite":
            return _composite(rule, words, given, prefix)
        case _:
            value = given[f"{prefix}value"]
            low, high = points(rule["low"]), points(rule["high"])
            return [f"评分人在 {low}～{high} 分之间评 {points(value)} 分"], value


def _deductions(
    rule: Mapping[str, Any], words: Any, given: Mapping[str, Any], prefix: str
) -> tuple[list[str], int]:
    whole = points(rule["points"])
    found: list[str] = []
    deducted = 0
    for fault in rule["faults"]:
        name = f"{prefix}{fault['key']}"
        count = given[name]
        if not count:
            continue
        counted = count if fault["max_count"] is None else min(count, fault["max_count"])
        part = counted * fault["amount"]
        deducted += part
        limit = f"按上限计 {counted} 处 × " if counted != count else ""
        separator = "，" if limit else " × "
        amount = points(fault["amount"])
        found.append(f"{words.inputs[name]}：{count} 处{separator}{limit}{amount} 分，扣 {points(part)} 分")
    if not deducted:
        return [f"没有扣分，得 {whole} 分"], rule["points"]
    rest = rule["points"] - deducted
    if rest <= 0:
        return [*found, f"满分 {whole} 分，应扣 {points(deducted)} 分，扣完为止，得 0 分"], 0
    return [*found, f"满分 {whole} 分，共扣 {points(deducted)} 分，得 {points(rest)} 分"], rest


def _range(
    rule: Mapping[str, Any], words: Any, given: Mapping[str, Any], prefix: str
) -> tuple[list[str], int]:
    amount, whole = given[f"{prefix}amount"], points(rule["points"])
    if not amount:
        return [f"没有扣分，得 {whole} 分"], rule["points"]
    rest = max(0, rule["points"] - amount)
    label = words.inputs[f"{prefix}amount"]
    if rule["per_occurrence"]:
        count = given[f"{prefix}count"]
        return [f"{label}：{count} 处，满分 {whole} 分，共扣 {points(amount)} 分，得 {points(rest)} 分"], rest
    return [f"{label}：满分 {whole} 分，扣 {points(amount)} 分，得 {points(rest)} 分"], rest


def _veto(
    rule: Mapping[str, Any], words: Any, given: Mapping[str, Any], prefix: str
) -> tuple[list[str], int]:
    found, value = notes(rule["rule"], words, given, prefix)
    flag = words.inputs[f"{prefix}{rule['flag']}"]
    if not given[f"{prefix}{rule['flag']}"]:
        return [*found, f"未出现不得分情形（{flag}）"], value
    return [*found, f"{flag}，本项不得分"], 0


def _composite(
    rule: Mapping[str, Any], words: Any, given: Mapping[str, Any], prefix: str
) -> tuple[list[str], int]:
    found: list[str] = []
    parts: list[str] = []
    total = 0
    for part in rule["parts"]:
        name = f"{prefix}{part['key']}"
        inner, value = notes(part["rule"], words, given, f"{name}.")
        found += inner
        parts.append(f"{words.parts[name]}：得 {points(value)} 分")
        total += value
    return [*found, *parts, f"各部分合计 {points(total)} 分"], total
