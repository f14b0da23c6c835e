"""Where an isolate stands on the ladder of tests of aztreonam with avibactam, in one line."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from ndm_advisor.decision.interpret import PAIR_TEST
from ndm_advisor.decision.rank import A
from ndm_advisor.explain.words_of import sentence
from ndm_advisor.model.answer import PairSupport
from ndm_advisor.model.facts import Facts, Susceptibility
from ndm_advisor.model.knowledge import Knowledge

_SECTION: Final = "pair_support"
_PROVING: Final = frozenset({"broth-disk-elution", "strip-stacking"})
_PROXIMITY: Final = "disk-proximity"


class _Stand(NamedTuple):
    step: Literal["aztreonam-avibactam", "combined-test", "disk-proximity", "none"]
    key: str
    result: Susceptibility | None


def pair_support(facts: Facts, knowledge: Knowledge) -> PairSupport:
    """The step, the line about it, and the request that takes the isolate a step up."""
    stand = _stand(facts)
    used = stand.result.used if stand.result else ""
    method = ((stand.result.method if stand.result else "") or "").replace("-", " ")
    here = sentence(knowledge, _SECTION, stand.key).format(used=used, method=method)
    lines = [sentence(knowledge, _SECTION, "ladder"), here]
    if any(finding.rule == "tests-disagree" for finding in facts.findings):
        lines.append(sentence(knowledge, _SECTION, "conflict"))
    request = "" if stand.step == A else sentence(knowledge, "lab_requests", A)
    return PairSupport(stand.step, " ".join(lines), request)


def _stand(facts: Facts) -> _Stand:
    product, pair = (facts.susceptibilities.get(drug) for drug in (A, PAIR_TEST))
    if product is not None and product.used != "untested":
        return _Stand("aztreonam-avibactam", A, product)
    if pair is None or pair.used == "untested":
        return _Stand("none", "none", None)
    if pair.method in _PROVING:
        return _Stand("combined-test", "combined-test", pair)
    resistant = "-resistant" if pair.used in {"R", "NS"} else ""
    if pair.method == _PROXIMITY:
        return _Stand("disk-proximity", f"{_PROXIMITY}{resistant}", pair)
    return _Stand("none", f"no-method{resistant}", pair)
