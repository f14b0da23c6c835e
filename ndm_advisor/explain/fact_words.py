"""Conditions, facts and case keys as clauses, by the words of the base (`facts`, `case_keys`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, cast

from ndm_advisor.explain.words_of import record, section, sentence
from ndm_advisor.model.answer import Scalar
from ndm_advisor.model.knowledge import Condition, Knowledge
from ndm_advisor.model.words import decimals_beside, join_names, number, regimen_name

_ORDERED: Final = ("below", "at_most", "above", "at_least")
_BY_DRUG: Final = ("panel.results.", "hospital.stock.")  # keys that end with a drug


def clause(condition: Condition, knowledge: Knowledge) -> str:
    """A condition without a patient: `CrCl is below 30 mL/min`."""
    words = record(knowledge, "facts", condition.fact)
    if condition.op in _ORDERED:
        return f"{words['name']} is {_limit(condition, words)}"
    if condition.op == "is_none_of":
        return join_names((f"not: {value_clause(v, words)}" for v in _wanted(condition)), "and")
    return join_names((value_clause(v, words) for v in _wanted(condition)), "or")


def clause_of(condition: Condition, value: object, knowledge: Knowledge) -> str:
    """A condition that holds, with the patient's value: `CrCl 24 mL/min is below 30 mL/min`."""
    words = record(knowledge, "facts", condition.fact)
    if condition.op in _ORDERED:
        shown = _shown(float(cast("float", value)), float(cast("float", condition.value)))
        patient = _with_unit(f"{words['name']} {shown}", words)
        return f"{patient} is {_limit(condition, words)}"
    if condition.op == "contains_any":
        met = [v for v in _wanted(condition) if v in cast("Iterable[object]", value)]
        return join_names(value_clause(v, words) for v in met)
    return value_clause(value, words)


def missing(fact: str, knowledge: Knowledge) -> str:
    """What is not known: `CrCl is not given`."""
    words = record(knowledge, "facts", fact)
    return str(words.get("missing") or f"{words['name']} is not given")


def value_clause(value: object, words: Mapping[str, object]) -> str:
    """The clause of one value of a fact: `the species is E. coli`."""
    said = cast("Mapping[str, str]", words.get("values", {}))
    key = str(value).lower() if isinstance(value, bool) else str(value)
    return said.get(key) or f"{words['name']} is {key}"


def columns_clause(
    when: Mapping[str, tuple[object, ...]],
    whole: Mapping[str, tuple[object, ...]],
    known: Mapping[str, object],
    knowledge: Knowledge,
) -> str:
    """What a row of a table asked; columns that let every value through are left out.

    `known` holds the case's own values of columns that are facts.
    """
    clauses = []
    for column, allowed in when.items():
        if set(allowed) != set(whole[column]):
            words = record(knowledge, "facts", column)
            values = (known[column],) if column in known else allowed
            clauses.append(join_names((value_clause(v, words) for v in values), "or"))
    return "; ".join(clauses) or "whatever else is known"


def values_words(compared: Mapping[str, Scalar], knowledge: Knowledge) -> str:
    """What was compared, by the case's own keys: `site bloodstream, CrCl not given`."""
    return ", ".join(_value_words(compared, knowledge))


def _value_words(compared: Mapping[str, Scalar], knowledge: Knowledge) -> Iterator[str]:
    names = section(knowledge, "case_keys")
    for key, value in compared.items():
        words = cast("Mapping[str, object]", names.get(_key(key), {}))
        name = str(words.get("name", key)).format(drug=regimen_name(_drug(key)))
        if value is None:
            yield f"{name} not given"
        else:
            yield _with_unit(f"{name} {_plain(key, value, knowledge)}", words)


def organism_words(organism: str, knowledge: Knowledge) -> str:
    """An organism's id as its name."""
    held = knowledge.organisms.get(organism)
    return held.name if held else organism


def _plain(key: str, value: Scalar, knowledge: Knowledge) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return number(
            value, decimals_beside(value, round(value))
        )  # edges are whole: 50.04 is no 50
    if key == "isolate.organism":
        return organism_words(str(value), knowledge)
    return str(value) or "none"


def _key(key: str) -> str:
    lead = next((lead for lead in _BY_DRUG if key.startswith(lead)), None)
    return lead.rstrip(".") if lead else key


def _drug(key: str) -> str:
    lead = next((lead for lead in _BY_DRUG if key.startswith(lead)), "")
    return key.removeprefix(lead) if lead else ""


def _limit(condition: Condition, words: Mapping[str, object]) -> str:
    limit = number(float(cast("float", condition.value)))
    return _with_unit(f"{condition.op.replace('_', ' ')} {limit}", words)


def _with_unit(text: str, words: Mapping[str, object]) -> str:
    unit = words.get("unit")
    return f"{text} {unit}" if unit else text


def _shown(value: float, limit: float) -> str:
    """A value with so many decimals that it does not print as the limit it differs from."""
    return number(value, decimals_beside(value, limit))


def _wanted(condition: Condition) -> tuple[object, ...]:
    value = condition.value
    return value if isinstance(value, tuple) else (value,)


def said_text(knowledge: Knowledge, rule: str) -> str:
    """What a finding about a fact means; an alert of that name says when it fires."""
    text = sentence(knowledge, "findings", rule)
    if not text and rule in knowledge.alerts:
        text = knowledge.alerts[rule].fires_when
    return text.rstrip(".") or rule
