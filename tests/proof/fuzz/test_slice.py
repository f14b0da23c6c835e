"""A short slice of the fuzzing, without atheris: the same inputs each time, by seed."""

from __future__ import annotations

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import CaseRef
from ndm_advisor.read.case_file import build_case
from tests.proof.fuzz import inert
from tests.proof.fuzz.mutate import READERS, Mutator, reader_of
from tests.proof.fuzz.renderers import RENDERERS
from tests.proof.fuzz.tally import Seen, Tally
from tests.proof.fuzz.target import ON, Reached, Target, Violation
from tests.proof.fuzz.vocabulary import EXAMPLES, HOSTILE

INPUTS = 1500  # for each seed
SEEDS = range(4)
POOL = 200


@pytest.fixture(scope="module")
def target() -> Target:
    return Target(watch_time=False)  # a test looks at no clock; the full run does


@pytest.mark.safety("SAF-701", "SAF-702", "SAF-703")
@pytest.mark.parametrize("seed", SEEDS)
def test_inputs_are_answered_or_refused_and_come_out_inert(target: Target, seed: int) -> None:
    mutator, tally = Mutator(seed), Tally()
    pool = [mutator.fresh() for _ in range(POOL)]
    for number in range(INPUTS):
        data = mutator.mutated(pool[number % POOL], seed=seed * INPUTS + number)
        tally.add(target(data))
        if number % 4 == 0:
            pool[number % POOL] = data
    assert tally.inputs == INPUTS
    assert set(tally.readers) == set(READERS)
    assert tally.decided >= 0.3 * INPUTS
    assert tally.rendered >= 0.1 * INPUTS


@pytest.mark.safety("SAF-701", "SAF-702")
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_text_in_every_field_comes_out_inert(text, knowledge, names) -> None:
    document = {
        "format": "ndm-advisor/case/1",
        "id": text,
        "note": text,
        "isolate": {"organism": "Escherichia coli", "mbl": "confirmed", "mbl_family": "NDM"},
        "panel": {"results": {"aztreonam-avibactam": "S", "cefiderocol": "S"}},
        "infection": {"site": "bloodstream", "other_organisms": [text]},
        "patient": {
            "crcl_ml_min": 45,
            "renal_replacement": "none",
            "allergies": [{"drug": text or "x", "reaction": text}],
            "medicines": [text or "x"],
        },
        "orders": [{"drug": text or "x", "dose_mg": 500}],
    }
    case, _ = build_case(document, names=names, on=ON)
    reference = CaseRef(case.id, f"ward/{text}.toml", None)
    answer = advise(case, knowledge, on=ON, reference=reference)
    for renderer in RENDERERS:
        renderer.check(answer, knowledge)


class TestHarness:
    """What looks for faults finds them."""

    @pytest.mark.parametrize(
        "text", ["\x1b[31m", "\x9b", "a\rb", "\u202e", "\u200b", "\ue000", "\x7f"]
    )
    def test_a_screen_with_what_a_terminal_obeys(self, text: str) -> None:
        with pytest.raises(inert.Passed):
            inert.screen(f"one\n{text}\n")

    def test_colour_alone_is_no_fault(self) -> None:
        assert inert.coloured("\x1b[1;31mSTOP\x1b[0m\n") == "STOP\n"
        with pytest.raises(inert.Passed):
            inert.coloured("\x1b[2J\n")

    @pytest.mark.parametrize("text", ["\x7f", "\x9b", "\u202e", "\u2028"])
    def test_json_with_a_raw_character(self, text: str) -> None:
        with pytest.raises(inert.Passed):
            inert.as_json(f'{{"note": "{text}"}}'.encode())

    @pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", " =1"])
    def test_a_formula(self, cell: str) -> None:
        with pytest.raises(inert.Passed):
            inert.as_csv(",".join([cell, *"x" * 19]).encode() + b"\n", rows=1)

    def test_a_case_over_two_lines_of_csv(self) -> None:
        with pytest.raises(inert.Passed):
            inert.as_csv(b'"a\nb"' + b",x" * 19 + b"\n", rows=1)

    @pytest.mark.parametrize(
        "page", ["<img src=x>", "<p onclick=x>", '<a href="JavaScript:x">', "<script>x</script>"]
    )
    def test_a_page_that_acts(self, page: str) -> None:
        with pytest.raises(inert.Passed):
            inert.as_html(page, scripts=0)

    @pytest.mark.parametrize("page", ["<b>x", "[a](b)", "`x`", "[x][y]"])
    def test_markdown_that_is_markup(self, page: str) -> None:
        with pytest.raises(inert.Passed):
            inert.as_markdown(page)

    def test_a_crash_is_a_violation_with_its_place(self, target: Target, monkeypatch) -> None:
        def crash(*_a: object, **_k: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("tests.proof.fuzz.target.read_case", crash)
        with pytest.raises(Violation, match=r"ZeroDivisionError at test_slice\.py"):
            target(b"\0\0")

    def test_the_same_seed_makes_the_same_inputs(self) -> None:
        one, other = Mutator(7), Mutator(7)
        assert [one.fresh() for _ in range(20)] == [other.fresh() for _ in range(20)]
        assert one.mutated(b"\0\0a", seed=3) == other.mutated(b"\0\0a", seed=3)
        assert one.fresh() != Mutator(8).fresh()

    def test_every_example_can_be_put_in_every_writing(self, target: Target) -> None:
        mutator = Mutator(1)
        assert len(list(EXAMPLES.glob("*.toml"))) > 40
        for document in mutator.words.documents[:40]:
            for reader in READERS:
                reached = target(mutator.written(reader, [document]))
                assert reached.decided, (reader, document.get("id"))

    def test_counts_are_kept_and_joined(self, tmp_path) -> None:
        one = Tally()
        one.add(Reached("toml", decided=True, renderer="plain", seconds=0.1))
        one.add(Reached("csv", decided=False, renderer=None, seconds=0.3))
        one.save(tmp_path / "one.json")
        both = Tally.load(tmp_path / "one.json").joined(one)
        assert (both.inputs, both.decided, both.rendered) == (4, 2, 2)
        assert (both.readers, both.renderers) == ({"csv": 2, "toml": 2}, {"plain": 2})
        assert both.slowest_s == 0.3
        assert Tally.load(tmp_path / "none.json") == Tally()

    def test_an_input_is_new_once_and_so_after_a_restart(self, tmp_path) -> None:
        seen = Seen(tmp_path / "seen")
        assert [seen.is_new(b"a"), seen.is_new(b"b"), seen.is_new(b"a")] == [True, True, False]
        assert not Seen(tmp_path / "seen").is_new(b"b")

    def test_an_empty_input_has_a_reader(self) -> None:
        assert reader_of(b"") == "toml"
