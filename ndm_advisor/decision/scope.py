"""Precedence of policy section 1: an outcome, or go on to choice."""

from typing import NamedTuple

from ndm_advisor.model.answer import Cited, Finding, Outcome
from ndm_advisor.model.facts import Facts, compared
from ndm_advisor.model.knowledge import Settings


class Scope(NamedTuple):
    """An outcome decided before any choice; `reason` is the key of its words in the base."""

    outcome: Outcome
    reason: str
    finding: Finding


def scope(facts: Facts, settings: Settings) -> Scope | None:
    """The first of policy section 1 orders 1 to 4 that applies; None goes on to section 4."""
    return (
        _who(facts, settings)
        or _colonisation(facts)
        or _not_mbl(facts)
        or _site(facts)
        or _mbl_unknown(facts)
        or _pregnancy(facts)
    )


def _who(facts: Facts, settings: Settings) -> Scope | None:
    if facts.age_years is not None and facts.age_years < settings.adult_from_years:
        return _ended("out_of_scope", "child", facts, ("age_years",), "order 1")
    if facts.organism_group == "out-of-scope":
        return _ended("out_of_scope", "organism", facts, ("organism",), "order 1")
    return None


def _colonisation(facts: Facts) -> Scope | None:
    if facts.site != "colonisation":
        return None
    return _ended("not_treatment", "colonisation", facts, ("site",), "order 2")


def _not_mbl(facts: Facts) -> Scope | None:
    if facts.mbl_ruled_out:
        return _ended("out_of_scope", "ruled-out", facts, ("mbl_status",), "order 3")
    if facts.mbl_status == "unknown" and facts.carbapenem == "all-s":
        names = ("mbl_status", "carbapenem")
        return _ended("out_of_scope", "carbapenems-all-S", facts, names, "order 3")
    return None


def _site(facts: Facts) -> Scope | None:
    if facts.site in {"cns", "other"}:
        return _ended("abstention", facts.site, facts, ("site",), "order 4")
    if facts.site == "cystitis" and facts.severe:
        names = ("site", "severity")
        return _ended("abstention", "cystitis-severe", facts, names, "order 4")
    return None


def _mbl_unknown(facts: Facts) -> Scope | None:
    unknown = facts.mbl_status == "unknown" and facts.carbapenem == "none-tested"
    if not (unknown and facts.invasive):
        return None
    names = ("mbl_status", "carbapenem", "site")
    return _ended("abstention", "mbl-unknown-no-carbapenem", facts, names, "order 4")


def _pregnancy(facts: Facts) -> Scope | None:
    """Policy 4.8: pregnant, invasive, not severe."""
    if not (facts.pregnant and facts.invasive and not facts.severe):
        return None
    names = ("pregnant", "site", "severity")
    return _ended("abstention", "pregnancy-not-severe", facts, names, "4.8")


def _ended(outcome: Outcome, reason: str, facts: Facts, names: tuple[str, ...], row: str) -> Scope:
    at = f"section 1, {row}" if row.startswith("order") else row
    finding = Finding("scope", reason, "true", compared(facts, names), (Cited("policy", at),))
    return Scope(outcome, reason, finding)
