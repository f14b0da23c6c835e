"""The mutation of the code on one small module; the whole run is `python -m tests.proof.code`."""

from __future__ import annotations

import importlib.util

import pytest

from tests.proof.code import tree as trees
from tests.proof.code.reasons import OPEN, reason_of
from tests.proof.code.tree import Mutant

RENAL = "ndm_advisor/decision/renal.py"
JUDGE = '''"""Patients by hand (dosing dossier 1.1 and 1.2)."""

import pytest

from ndm_advisor.decision.renal import creatinine_clearance_ml_min, ideal_weight_kg


@pytest.mark.parametrize(("female", "wanted"), [(True, 34.0), (False, 40.0)])
def test_clearance(female, wanted):
    found = creatinine_clearance_ml_min(
        age_years=60, weight_kg=72, creatinine_mg_dl=2.0, female=female
    )
    assert found == pytest.approx(wanted)


def test_devine():
    assert ideal_weight_kg(height_cm=177.8, sex="male") == pytest.approx(73.0)
'''
UNJUDGED = {"x_mg_dl_from_umol_l", "x_is_below_devine", "x_adjusted_weight_kg"}


@pytest.mark.slow
def test_mutmut_kills_what_is_judged_and_names_what_is_not(tmp_path):
    if importlib.util.find_spec("mutmut") is None:
        pytest.skip("mutmut is not installed: it is in the extra `proof`")
    trees.make(tmp_path, mutated=[RENAL], judged=["tests/judged_here.py"])
    (tmp_path / "tests" / "judged_here.py").write_text(JUDGE, encoding="utf-8")
    trees.run(tmp_path, 2, None)
    found = {mutant.name: mutant for mutant in trees.results(tmp_path)}
    assert len(found) > 10
    alive = [mutant for mutant in found.values() if mutant.status != "killed"]
    assert {m.name.rpartition(".")[2].rpartition("__mutmut_")[0] for m in alive} == UNJUDGED
    assert {mutant.module for mutant in alive} == {"renal"}
    for _, change in trees.changes(tmp_path, alive):
        was, arrow, now = change.partition(" -> ")
        assert arrow
        assert was != now


def test_tests_that_were_added_leave_what_was_killed_killed(tmp_path):
    held, now = tmp_path / "held", tmp_path / "now"
    for place in (held, now):
        for name in ("vignettes/a.toml", "unit/test_a.py", "proof/code/judged.py", "cli/a.py"):
            path = place / "tests" / name
            path.parent.mkdir(parents=True)
            path.write_text("asked\n", encoding="utf-8")
    (now / "tests/vignettes/b.toml").write_text("more\n", encoding="utf-8")
    (now / "tests/cli/a.py").write_text("judges nothing here\n", encoding="utf-8")
    assert trees.has_only_grown(held, now)


@pytest.mark.parametrize("name", ["vignettes/a.toml", "proof/code/judged.py"])
@pytest.mark.parametrize("now", ["asked otherwise\n", None])
def test_a_test_that_changed_or_went_may_have_let_go_what_was_killed(tmp_path, name, now):
    held, root = tmp_path / "held", tmp_path / "now"
    for place in (held, root):
        for each in ("vignettes/a.toml", "proof/code/judged.py"):
            path = place / "tests" / each
            path.parent.mkdir(parents=True)
            path.write_text("asked\n", encoding="utf-8")
    if now is None:
        (root / "tests" / name).unlink()
    else:
        (root / "tests" / name).write_text(now, encoding="utf-8")
    assert not trees.has_only_grown(held, root)


def test_a_mutant_is_named_below_the_decision():
    mutant = Mutant("ndm_advisor.decision.orders.of_set.x__alone__mutmut_3", "survived")
    assert mutant.short == "orders.of_set.x__alone__mutmut_3"
    assert mutant.module == "orders.of_set"


def test_a_reason_is_by_function_and_change():
    change = "return _Chosen(b, by_crcl=False) -> return _Chosen(b, by_crcl=None)"
    assert reason_of("dose.x__choose__mutmut_7", change).startswith("equivalent")
    assert reason_of("dose.x__choose__mutmut_7", "a -> b") == OPEN
    assert reason_of("dose.x_band_at__mutmut_7", change) == OPEN
