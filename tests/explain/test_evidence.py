"""Claims beside an answer in their honest wording; the ladder of tests of the pair."""

from __future__ import annotations

from typing import Any

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.explain.evidence import claim_line, evidence
from ndm_advisor.knowledge.load import load_claims
from ndm_advisor.read.case_file import build_case
from tests.vignettes.harness import ON, document, load_bases

BASES = load_bases()
BLOOD = next(name for name, base in BASES.items() if base.get("infection.site") == "bloodstream")
PAIR = "panel.results.ceftazidime-avibactam + aztreonam"
PRODUCT = "panel.results.aztreonam-avibactam"


@pytest.fixture
def answer(knowledge, names):
    def made(changes: dict[str, Any]):
        base = {k: v for k, v in BASES[BLOOD].items() if k not in {PAIR, PRODUCT}}
        case, _ = build_case(document(base, changes, []), names=names, on=ON)
        return advise(case, knowledge, on=ON)

    return made


@pytest.mark.safety("SAF-407")
def test_every_claim_of_the_dossier_has_a_verdict_and_an_honest_wording() -> None:
    claims = {str(claim["id"]): claim for claim in load_claims()}
    first, second = "abcdefghijklmnopqrstuvw", "abcdefghijklmnopqrst"
    assert list(claims) == [*(f"1{x}" for x in first), *(f"2{x}" for x in second)]
    for claim in claims.values():
        assert claim["verdict"]
        assert str(claim["honest"]) in claim_line(claim)


@pytest.mark.safety("SAF-407")
def test_what_was_not_found_is_never_support() -> None:
    for claim in load_claims():
        if str(claim["verdict"]).startswith("NOT "):
            assert claim["support"] is False
            assert "not used as support" in claim_line(claim)
    shown = " ".join(map(claim_line, load_claims()))
    assert "98 %" not in shown
    assert "56.9" not in shown


def test_the_claims_of_what_is_offered_and_no_other(answer) -> None:
    lines = evidence(answer({PRODUCT: "S"}), load_claims())
    ids = [line.split()[0] for line in lines]
    assert {"1a", "1b", "2c", "2k"} <= set(ids)
    assert not {"1h", "2d", "2f", "2o", "2s", "2n"} & set(ids)
    assert lines[ids.index("1b")].endswith(
        "[observational cohort; MBL bloodstream infection; n = 102; FALCONE21 S, IDSA26 S]"
    )


def test_cefiderocol_has_its_own(answer) -> None:
    changes = {PRODUCT: "R", "panel.results.cefiderocol": "S"}
    ids = {line.split()[0] for line in evidence(answer(changes), load_claims())}
    assert {"1e", "1f", "1g"} <= ids
    assert "1b" not in ids


@pytest.mark.parametrize(
    ("changes", "step", "said"),
    [
        ({PRODUCT: "S"}, "aztreonam-avibactam", "aztreonam-avibactam itself is S, the best test"),
        (
            {PAIR: {"category": "S", "method": "broth-disk-elution"}},
            "combined-test",
            "the combined test by broth disk elution is S",
        ),
        (
            {PAIR: {"category": "R", "method": "strip-stacking"}},
            "combined-test",
            "the combined test by strip stacking is R",
        ),
        (
            {PAIR: {"category": "S", "method": "disk-proximity"}},
            "disk-proximity",
            "synergy seen is not susceptible",
        ),
        ({PAIR: {"category": "R", "method": "disk-proximity"}}, "disk-proximity", "resistant"),
        ({PAIR: {"category": "S"}}, "none", "without a method, which counts as untested"),
        ({PAIR: {"category": "R"}}, "none", "R: counts as resistant"),
        ({PRODUCT: "pending"}, "none", "no result"),
        ({}, "none", "no result"),
        (
            {PRODUCT: "S", PAIR: {"category": "R", "method": "broth-disk-elution"}},
            "aztreonam-avibactam",
            "The two tests disagree",
        ),
    ],
)
def test_the_ladder(answer, changes: dict[str, Any], step: str, said: str) -> None:
    made = answer(changes).pair_support
    assert made.step == step
    assert said in made.text
    assert made.text.startswith("Best first: aztreonam-avibactam MIC")
    assert (made.request == "") == (step == "aztreonam-avibactam")
    if made.request:
        assert made.request.startswith("Aztreonam-avibactam MIC on this isolate")
