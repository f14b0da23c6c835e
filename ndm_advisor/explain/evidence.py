"""Claims that bear on an answer, each in its honest wording with design, population and number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, cast

from ndm_advisor.explain.words_of import strings
from ndm_advisor.model.answer import Recommendation
from ndm_advisor.model.words import number

Claim = Mapping[str, object]
_REST: Final = (
    "Other claims, those not traced among them: `ndm-advisor explain claims`. "
    "Observational figures are not effects of treatment."
)


def evidence(answer: Recommendation, claims: Iterable[Claim]) -> tuple[str, ...]:
    """A line for each claim that bears on what is offered, named to a specialist or warned of.

    A claim that was not traced stands in no answer; the last line says where it stands.
    """
    told = {offer.id for offer in answer.regimens} | {item.id for item in answer.information}
    told |= {alert.id for alert in answer.alerts}
    lines = [
        claim_line(claim)
        for claim in claims
        if "alias_of" not in claim and told & set(strings(claim, "bears_on")) and is_traced(claim)
    ]
    return (*lines, _REST) if lines else ()


def is_traced(claim: Claim) -> bool:
    """Whether something read says what the claim says, or the contrary."""
    return bool(claim.get("support")) or not str(claim["verdict"]).startswith("NOT ")


def claim_line(claim: Claim) -> str:
    """Id, verdict, honest wording, design, population, number, sources with how they were read."""
    return f"{claim['id']} {verdict(claim)}. {claim['honest']} [{studied(claim)}; {read(claim)}]"


def verdict(claim: Claim) -> str:
    """The verdict with its note, and the words a reader needs where it supports nothing."""
    note = f" ({claim['verdict_note']})" if claim.get("verdict_note") else ""
    use = "" if claim.get("support") else "; not used as support"
    return f"{claim['verdict']}{note}{use}"


def studied(claim: Claim) -> str:
    """Design, population, number."""
    n = f"; n = {number(cast('int', claim['n']))}" if "n" in claim else ""
    return f"{claim['design']}; {claim['population']}{n}"


def read(claim: Claim) -> str:
    """The sources, each with the grade of how it was read: `FALCONE21 S, IDSA26 S`."""
    grades = cast("Mapping[str, str]", claim.get("grades", {}))
    return ", ".join(f"{source} {grade}" for source, grade in grades.items())
