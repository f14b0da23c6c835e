"""The whole document: a bundle of the case and its answer, checked before it is written."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from ndm_advisor.errors import UsageError
from ndm_advisor.model.answer import Recommendation
from ndm_advisor.model.case import Case
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.render.as_json import to_data, to_json
from ndm_advisor.render.fhir.elements import Bundle, Element
from ndm_advisor.render.fhir.of_answer import add_answer
from ndm_advisor.render.fhir.of_case import add_case

NEEDS_EXTRA: Final = "FHIR needs the package fhir.resources: pip install 'ndm-advisor[fhir]'"


def to_fhir(answer: Recommendation, case: Case, knowledge: Knowledge) -> bytes:
    """The answer and its case as one FHIR R4 Bundle in JSON, without a final line end.

    Raises:
        UsageError: the extra that checks it is not installed; nothing unchecked is written.
        ValueError: the bundle is not valid FHIR: the program's fault.
    """
    made = bundle_of(answer, case, knowledge)
    check(made)
    return to_json(made)


def bundle_of(answer: Recommendation, case: Case, knowledge: Knowledge) -> Element:
    """The bundle as plain data, not yet checked."""
    stamp = answer.provenance
    seed = f"{answer.case.sha256}/{stamp.knowledge_sha256}/{stamp.advised_on}/{stamp.guideline}"
    bundle = Bundle(f"{seed}/{stamp.region}")
    atc = atc_codes(knowledge)
    add_answer(bundle, answer, atc)
    add_case(bundle, case, atc)
    return bundle.resource()


def atc_codes(knowledge: Knowledge) -> dict[str, str]:
    """The ATC code of each drug that has one."""
    return {drug.id: drug.codes["atc"] for drug in knowledge.drugs.values() if "atc" in drug.codes}


def check(bundle: Element) -> None:
    """Validate the bundle whole, and each of its resources by the model of its own type.

    Raises:
        UsageError: the extra is not installed.
        ValueError: not valid.
    """
    try:
        models: Any = import_module("fhir.resources.R4B")
    except ImportError as error:
        raise UsageError(NEEDS_EXTRA) from error
    models.get_fhir_model_class("Bundle").model_validate(to_data(bundle))
