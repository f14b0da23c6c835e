"""Findings in words, made from the condition and the values it compared."""

from __future__ import annotations

from ndm_advisor.model.answer import Finding, Scalar
from ndm_advisor.model.words import number

_RESULT = {"true": "holds", "false": "does not hold", "unknown": "cannot be decided"}


def finding_sentence(finding: Finding) -> str:
    """One sentence: the rule, whether it holds, and what was compared."""
    if not finding.compared:
        return f"{finding.rule} {_RESULT[finding.result]}"
    shown = ", ".join(f"{key} = {_value(value)}" for key, value in finding.compared.items())
    return f"{finding.rule} {_RESULT[finding.result]}: {shown}"


def _value(value: Scalar) -> str:
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return "true" if value else "false"
    return number(value) if isinstance(value, (int, float)) else value or "none"
