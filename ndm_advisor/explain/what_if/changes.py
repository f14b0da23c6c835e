"""The closed list of the base as changed cases: one fact made different at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ndm_advisor.decision.decide import Decision, Settled
from ndm_advisor.explain.what_if import clearance
from ndm_advisor.explain.what_if.clearance import Span
from ndm_advisor.model.case import Case
from ndm_advisor.model.knowledge import Knowledge, Value, Variable
from ndm_advisor.model.names import fold
from ndm_advisor.model.words import drug_name

GUIDELINE: Final = "hospital.guideline"
REGION: Final = "hospital.region"
CLEARANCE: Final = "patient.crcl_ml_min"
ALLERGIES: Final = "patient.allergies"
MEDICINES: Final = "patient.medicines"
RESULT: Final = "panel.results."
UNKNOWN: Final = "unknown"  # as an answer of a case file: the same as none
_DRUG: Final = "{drug}"


class Change(NamedTuple):
    """One fact made different. `set` holds what `--set` would: None takes a key out."""

    variable: Variable
    says: str
    set: dict[str, Any]
    span: Span | None = None  # of a clearance: every value that gives the same answer


class Changed(NamedTuple):
    """A changed case and the settings it is answered by."""

    case: Case
    settled: Settled


def changes(decision: Decision, knowledge: Knowledge, *, short: bool) -> Iterator[Change]:
    """Every single change to try, in the order of the base; `short`: those of the first screen.

    The first screen tries what may yet turn out otherwise: facts the case leaves open, stock, CrCl.
    """
    for variable in variables(decision, knowledge):
        if not variable.changes:
            continue
        if variable.values_from == "clearance":
            yield from _clearances(variable, decision, knowledge, short=short)
        elif not short or variable.kind == "stock" or is_open(variable.key, decision):
            chosen = (v for v in variable.values if (v.short or not short) and not v.only)
            yield from (_change(variable, value, decision, knowledge) for value in chosen)


def supplies(variable: Variable, decision: Decision, knowledge: Knowledge) -> Iterator[Change]:
    """Every value that a fact which is not given could have."""
    given = (v for v in variable.values if v.set or v.allergy)  # the others take the fact out
    yield from (_change(variable, value, decision, knowledge) for value in given)
    if variable.values_from == "clearance":
        yield from _clearances(variable, decision, knowledge, short=False)
    elif variable.values_from == "medicines":
        yield from _medicines(variable, knowledge)


def variables(decision: Decision, knowledge: Knowledge) -> Iterator[Variable]:
    """The facts of the list; what is listed for each older agent once for each of this site.

    A result decides about a drug that is ordered too, wherever that drug stands: it is weighed
    while it is missing.
    """
    listed = {variable.key for variable in knowledge.variables}
    older = older_agents(decision)
    ordered = [drug for drug in _ordered(decision, knowledge) if drug not in older]
    for variable in knowledge.variables:
        if not variable.each:
            yield variable
            continue
        yield from (_of_drug(variable, drug) for drug in older)
        if variable.key.startswith(RESULT):
            more = (_of_drug(variable, drug)._replace(changes=False) for drug in ordered)
            yield from (each for each in more if each.key not in listed)


def older_agents(decision: Decision) -> list[str]:
    """The older agents and cystitis drugs of the site and region."""
    facts = decision.facts
    return [
        fate.strategy.id
        for fate in decision.fates.values()
        if fate.strategy.kind in {"older", "cystitis-only"}
        and facts.site in fate.strategy.sites
        and facts.region in fate.strategy.regions
    ]


def _ordered(decision: Decision, knowledge: Knowledge) -> Iterator[str]:
    """The drugs of the orders that the base knows, each once."""
    drugs = (order.drug_id for order in decision.case.orders)
    yield from dict.fromkeys(drug for drug in drugs if drug in knowledge.drugs)


def is_open(key: str, decision: Decision) -> bool:
    """Whether the case leaves the fact open: absent, said to be unknown, not tested or not read."""
    facts = decision.facts
    if key.startswith(RESULT):
        result = facts.susceptibilities.get(key.removeprefix(RESULT))
        return result is None or result.used == "untested"
    if key == CLEARANCE:
        return facts.crcl_ml_min is None and not facts.on_renal_replacement
    return facts.given.get(key, UNKNOWN) == UNKNOWN


def changed(change: Change, decision: Decision, knowledge: Knowledge) -> Changed | None:
    """The case with the change; None where the case says so already."""
    case = decision.case
    for key, value in change.set.items():
        if value is not None or key.rpartition(".")[2] in _entries(case, key):
            case = case.with_(key, _with_ids(key, value, knowledge))
    settled = _settled(change, decision.settled, knowledge)
    if case == decision.case and settled[:2] == decision.settled[:2]:
        return None
    return Changed(case, settled)


def _entries(case: Case, key: str) -> set[str]:
    """The entries of a key's table that the case gives: only these can be taken out."""
    held: Any = case
    for name in key.split(".")[:-1]:
        held = held.get(name, {}) if isinstance(held, dict) else getattr(held, name)
    if isinstance(held, dict):
        return set(held)
    return {name for name in held.model_fields_set if getattr(held, name) is not None}


def _settled(change: Change, settled: Settled, knowledge: Knowledge) -> Settled:
    """A profile brings its region along unless somebody named one."""
    if (guideline := change.set.get(GUIDELINE)) is not None:
        region = settled.region
        if settled.region_from == "profile":
            region = knowledge.profiles[str(guideline)].default_region
        return settled._replace(guideline=str(guideline), region=region)
    if change.set.get(REGION) is not None:
        return settled._replace(region=str(change.set[REGION]))
    return settled


# -- one change ----------------------------------------------------------------------------------


def _change(variable: Variable, value: Value, decision: Decision, knowledge: Knowledge) -> Change:
    if value.allergy:
        return Change(variable, value.says, {ALLERGIES: _and_allergy(value.allergy, decision)})
    cleared: dict[str, Any] = dict.fromkeys(value.clear)
    given = decision.facts.given
    return Change(variable, value.says, {**value.set, **{k: None for k in cleared if k in given}})


def _and_allergy(culprit: str, decision: Decision) -> list[dict[str, str]]:
    """The allergies of the case and a severe one more, as a case file writes them."""
    held = decision.case.patient.allergies or ()
    kept = [a.model_dump(exclude_none=True, exclude={"drug_id"}) for a in held]
    more = {"drug": culprit, "severity": "severe"}
    return kept if more in kept else [*kept, more]


def _with_ids(key: str, value: Any, knowledge: Knowledge) -> Any:  # noqa: ANN401  # any case value
    """A list of allergies with the drug ids that a reader would have found."""
    if key != ALLERGIES or not isinstance(value, list):
        return value
    return [
        {**entry, "drug_id": found[0]}
        if len(found := knowledge.drug_names.get(fold(entry["drug"]), ())) == 1
        else entry
        for entry in value
    ]


def _of_drug(variable: Variable, drug: str) -> Variable:
    name = drug_name(drug)

    def filled(value: Value) -> Value:
        sets = {k.replace(_DRUG, drug): v for k, v in value.set.items()}
        clear = tuple(key.replace(_DRUG, drug) for key in value.clear)
        return value._replace(says=value.says.replace(_DRUG, name), set=sets, clear=clear)

    return variable._replace(
        key=variable.key.replace(_DRUG, drug),
        name=variable.name.replace(_DRUG, name),
        ask=variable.ask.replace(_DRUG, name),
        values=tuple(map(filled, variable.values)),
    )


def _clearances(
    variable: Variable, decision: Decision, knowledge: Knowledge, *, short: bool
) -> Iterator[Change]:
    """CrCl in every cell between the edges of the base, the nearest first; never on replacement."""
    if decision.facts.on_renal_replacement:
        return
    spans = clearance.nearest(decision) if short else clearance.cells(decision, knowledge)
    for span in spans:
        yield Change(variable, span.words, {CLEARANCE: span.value}, span)


def _medicines(variable: Variable, knowledge: Knowledge) -> Iterator[Change]:
    """One medicine of each class that a rule asks about."""
    first: dict[str, str] = {}
    for name, classes in knowledge.medicines.classes.items():
        for each in classes:
            first.setdefault(each, name)
    for name in dict.fromkeys(first.values()):
        yield Change(variable, f"taking {name}", {MEDICINES: [{"drug": name}]})
