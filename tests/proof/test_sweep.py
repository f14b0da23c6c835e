"""A fixed slice of the sweep, and whether its judge sees what it must see."""

from __future__ import annotations

import multiprocessing
from functools import partial

import pytest

from ndm_advisor.decision.decide import decide
from ndm_advisor.explain.advise import advise
from ndm_advisor.model.case import canonical_json
from ndm_advisor.read.case_file import read_case
from tests.proof.sweep.axes import AXES, PLACE, position, row
from tests.proof.sweep.cases import ON, case_file, case_of
from tests.proof.sweep.distinct import distinct
from tests.proof.sweep.groups import GROUPS, REST, vector
from tests.proof.sweep.jobs import WHOLE, plan, run
from tests.proof.sweep.pairs import PAIRS, VALUES, apart, met
from tests.proof.sweep.requirements import faults
from tests.proof.sweep.whole import certainty_faults

SLICE = (1, 100)
ALL_GROUPS = (*GROUPS, REST)


@pytest.mark.slow
def test_a_hundredth_of_the_sweep_holds(tmp_path):
    jobs = plan(10_200_000, 100_000, *SLICE)
    with multiprocessing.Pool() as pool:
        done = list(pool.imap_unordered(partial(run, folder=tmp_path), jobs))
    assert "\n".join(example for found in done for example in found.examples) == ""
    assert {found.group for found in done} == {group.name for group in ALL_GROUPS} | {WHOLE}
    outlined = [found.name for found in done if found.group != WHOLE]
    assert distinct(tmp_path, outlined, "vectors") > 100_000
    assert distinct(tmp_path, outlined, "answers") > 5_000


@pytest.mark.parametrize("group", ALL_GROUPS, ids=lambda group: group.name)
def test_a_vector_is_a_case_the_reader_reads(group, names):
    for number in range(10):
        made = vector(group, number)
        case, _ = read_case(case_file(made, ["a fault"]), path="x", names=names, on=ON)
        assert canonical_json(case) == canonical_json(case_of(made))


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_a_group_holds_every_combination_once(group):
    """On the first thousand: the step through the product repeats none."""
    many = min(1000, group.size // group.times)
    places = [place for place, _ in group.axes]
    held = {"patient.gestation_weeks", "patient.residual_crcl_ml_min", "patient.crrt_effluent_l_h"}
    if not held & {key for key, place in PLACE.items() if place in places}:  # taken out at times
        met = {tuple(vector(group, n)[p] for p in places) for n in range(many * group.times)}
        assert len(met) >= many * 0.9


def test_vectors_are_the_same_each_time():
    assert [vector(REST, n) for n in range(50)] == [vector(REST, n) for n in range(50)]


# -- what is not enumerated together meets in pairs -----------------------------------------------

FILLS = 400_000  # of the rest, which the whole sweep goes far beyond
AT_A_TIME = 50_000


@pytest.mark.slow
def test_every_two_values_meet_in_the_rest():
    starts = range(0, FILLS, AT_A_TIME)
    runs = [met([vector(REST, s + n) for n in range(AT_A_TIME)]) for s in starts]
    assert apart(runs) == []


def test_a_pair_is_met_where_one_vector_holds_both_values():
    made = [vector(REST, n) for n in range(3)]
    held = [{(VALUES[a], VALUES[b]) for (a, b), x in zip(PAIRS, met(made), strict=True) if x}]
    together = {
        (one, other)
        for one, other in ((VALUES[a], VALUES[b]) for a, b in PAIRS)
        if any(v[one.place] == one.at and v[other.place] == other.at for v in made)
    }
    assert held == [together]
    assert len(apart([met(made)])) == len(PAIRS) - len(together)


@pytest.mark.parametrize(
    ("one", "other", "can"),
    [
        (("patient.sex", "male"), ("patient.pregnant", True), False),
        (("patient.sex", "male"), ("patient.pregnant", False), True),
        (("patient.sex", "male"), ("patient.gestation_weeks", 13.0), False),
        (("patient.pregnant", None), ("patient.gestation_weeks", 13.0), False),
        (("patient.pregnant", True), ("patient.gestation_weeks", 13.0), True),
        (("patient.renal_replacement", "none"), ("patient.residual_crcl_ml_min", 5.0), False),
        (("patient.renal_replacement", "sled"), ("patient.residual_crcl_ml_min", 5.0), True),
        (("patient.renal_replacement", "sled"), ("patient.crrt_effluent_l_h", 2.0), False),
        (("patient.renal_replacement", "crrt"), ("patient.crrt_effluent_l_h", 2.0), True),
        (("patient.allergies", ()), ("hospital.region", "US"), True),
    ],
)
def test_only_what_the_reader_refuses_together_is_no_pair(one, other, can):
    wanted = sorted((PLACE[key], position(key, value)) for key, value in (one, other))
    assert (wanted in [[VALUES[a], VALUES[b]] for a, b in PAIRS]) is can


def test_nearly_every_two_values_are_a_pair():
    """Every two of different facts, but those of six facts that the reader ties together."""
    total = sum(
        len(one.values) * len(other.values)
        for place, one in enumerate(AXES)
        for other in AXES[place + 1 :]
    )
    weeks, effluents, residuals = 6, 7, 5
    never = weeks * 2 + weeks + 1 + residuals * 2 + effluents * 5
    assert len(PAIRS) == total - never


# -- the judge sees a fault -----------------------------------------------------------------------


def judged(knowledge, *, outline=None, **changes):
    """The faults of a plain case with some facts changed, or of another outline for it."""
    made = list(vector(GROUPS[0], 0))
    plain = {
        "isolate.organism": "escherichia-coli",
        "isolate.mbl": "confirmed",
        "infection.site": "bloodstream",
        "infection.severity": "severe",
        "hospital.region": "EU",
        "patient.crcl_ml_min": 90.1,
        "patient.pregnant": False,
        "panel.results.cefiderocol": "S",
        "panel.results.ceftazidime-avibactam": "R",
        "panel.results.ceftazidime-avibactam+aztreonam": row("S", method="broth-disk-elution"),
    }
    for key, value in {**plain, **changes}.items():
        made[PLACE[key]] = position(key, value)
    case = case_of(tuple(made))
    decided = decide(case, knowledge, on=ON).outline
    return list(faults(case, outline(decided) if outline else decided))


def test_a_plain_case_has_no_fault(knowledge):
    assert judged(knowledge) == []


@pytest.mark.parametrize("never", ["aztreonam", "ceftazidime-avibactam", "meropenem", "colistin"])
def test_what_is_never_offered_alone_is_seen(knowledge, never):
    def with_it(o):
        return o._replace(ranked=(*o.ranked, (never, "last_resort", True)))

    assert f"{never} is offered at bloodstream" in judged(knowledge, outline=with_it)


def test_an_offer_against_a_result_is_seen(knowledge):
    def with_f(o):
        return o._replace(outcome="regimens", ranked=(("cefiderocol", "preferred", False),))

    found = judged(knowledge, outline=with_f, **{"panel.results.cefiderocol": "R"})
    assert "cefiderocol is offered without S" in found


def test_another_dose_is_seen(knowledge):
    def halved(o):
        strategy, drug, key = next(d for d in o.doses if d[1] == "cefiderocol")
        total, *rest = key[2]
        doses = [d for d in o.doses if d[1] != "cefiderocol"]
        half = (total / 2, rest[0], (("cefiderocol", total / 2),), rest[2])
        return o._replace(doses=(*doses, (strategy, drug, (*key[:2], half, *key[3:]))))

    assert any(f.startswith("cefiderocol: Printed") for f in judged(knowledge, outline=halved))


def test_a_stop_beside_an_offer_is_seen(knowledge):
    found = judged(knowledge, outline=lambda o: o._replace(stops=("renal-limit",)))
    assert found == ["regimens are offered with the stops ('renal-limit',)"]


def test_the_wrong_outcome_is_seen(knowledge):
    found = judged(knowledge, outline=lambda o: o._replace(outcome="out_of_scope"))
    assert "outcome out_of_scope where section 4 decides" in found


# -- policy 10 over two answers -------------------------------------------------------------------

WAITING = """
format = "ndm-advisor/case/1"
isolate = { organism = "E. coli", mbl = "confirmed", mbl_method = "pcr", mbl_on = "current" }
infection = { site = "cystitis" }
patient = { age_years = 40, pregnant = false, crcl_ml_min = 90, egfr_ml_min_1_73m2 = 90 }
[panel]
standard = "EUCAST"
results = { meropenem = "R", ceftazidime-avibactam = "R", nitrofurantoin = "S", amikacin = "S" }
"""


@pytest.fixture
def answered(knowledge, names):
    """Constructed: amikacin waits for the weight, nitrofurantoin has its dose."""

    def make(*settings):
        case, _ = read_case(WAITING, path=None, names=names, on=ON, settings=settings)
        return advise(case, knowledge, on=ON)

    return make


def test_a_drug_that_leaves_with_its_own_result_takes_its_waiting_with_it(answered):
    key = "panel.results.amikacin"
    before, after = answered(), answered(f"{key}=")
    assert (before.dose_pending, after.dose_pending) == (True, False)
    assert list(certainty_faults(before, after, key)) == []
    silent = after._replace(not_assessed=())
    assert list(certainty_faults(before, silent, key)) == [
        "new [], firmer [], dosed ['nitrofurantoin']"
    ]


def test_a_dose_that_appears_with_less_known_is_seen(answered):
    before, after = answered(), answered("patient.weight_kg=70")
    assert list(certainty_faults(before, after, "patient.sex")) == [
        "new [], firmer [], dosed ['amikacin']"
    ]


def test_a_clearance_computed_in_place_of_the_given_one_is_another_value(answered):
    key = "patient.crcl_ml_min"
    before, after = answered()._replace(regimens=(), findings=()), answered()
    named = after._replace(not_assessed=(after.not_assessed[0]._replace(keys=(key,)),))
    assert list(certainty_faults(before, named, key))
    assert list(certainty_faults(before, named, key, another=True)) == []
    assert list(certainty_faults(before, after._replace(not_assessed=()), key, another=True))
