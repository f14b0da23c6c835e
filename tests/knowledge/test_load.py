"""Loading: from the seal when it fits, checked when it does not, refused when unsound."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ndm_advisor.errors import KnowledgeError
from ndm_advisor.knowledge import seal
from ndm_advisor.knowledge.files import read_files
from ndm_advisor.knowledge.load import (
    checksum,
    find_base,
    load_claims,
    load_conditions,
    load_knowledge,
    load_loinc,
    write_seal,
)
from ndm_advisor.model.knowledge import Knowledge

DATA = Path(__file__).resolve().parents[2] / "data"
needs_posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")


def spoil(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


class TestSeal:
    """A seal spares parsing and checking, and changes nothing else."""

    def test_a_sealed_base_equals_the_checked_one(self, base: Path) -> None:
        (base / "seal.json").unlink(missing_ok=True)
        checked = load_knowledge(base)
        write_seal(base)
        sealed = load_knowledge(base)
        assert (checked.sealed, sealed.sealed) == (False, True)
        for field in Knowledge._fields[:-1]:
            assert getattr(sealed, field) == getattr(checked, field), field

    def test_a_sealed_base_has_the_same_types(self, base: Path) -> None:
        (base / "seal.json").unlink(missing_ok=True)
        checked = load_knowledge(base)
        write_seal(base)
        assert types_of(load_knowledge(base)[:-1]) == types_of(checked[:-1])

    @pytest.mark.safety("SAF-502")
    @pytest.mark.parametrize("name", ["base.toml", "claims.toml", "drugs/cefiderocol.toml"])
    def test_any_changed_file_breaks_it(self, base: Path, name: str) -> None:
        write_seal(base)
        with (base / name).open("a", encoding="utf-8") as file:
            file.write("\n# a comment\n")
        assert not load_knowledge(base).sealed

    @pytest.mark.safety("SAF-502")
    def test_a_file_under_another_name_breaks_it(self, base: Path) -> None:
        write_seal(base)
        (base / "hazards/kidney.toml").rename(base / "hazards/renal.toml")
        assert not load_knowledge(base).sealed

    def test_another_format_breaks_it(self, base: Path) -> None:
        path = write_seal(base)
        spoil(path, seal.seal_format(), "0-00000000")
        assert not load_knowledge(base).sealed

    def test_writing_it_twice_gives_the_same_bytes(self, base: Path) -> None:
        first = write_seal(base).read_bytes()
        assert write_seal(base).read_bytes() == first

    def test_it_is_json(self, base: Path) -> None:
        first, body = write_seal(base).read_text(encoding="utf-8").splitlines()
        assert json.loads(first)["sha256"] == checksum(read_files(base))
        json.loads(body, parse_constant=pytest.fail)

    @pytest.mark.safety("SAF-502")
    @pytest.mark.parametrize(
        "damage",
        [
            pytest.param(lambda body: body[: len(body) // 2], id="cut off"),
            pytest.param(lambda body: body.replace("[", "{", 1), id="no JSON"),
            pytest.param(lambda body: body.replace('"cefiderocol"', "7", 1), id="wrong type"),
            pytest.param(lambda body: "[]", id="empty"),
            pytest.param(lambda body: "", id="nothing"),
        ],
    )
    def test_a_damaged_one_is_refused(self, base: Path, damage: Callable[[str], str]) -> None:
        path = write_seal(base)
        first, body = path.read_text(encoding="utf-8").split("\n", 1)
        path.write_text(f"{first}\n{damage(body)}", encoding="utf-8")
        with pytest.raises(KnowledgeError, match=r"seal\.json: file: damaged"):
            load_knowledge(base)

    @pytest.mark.safety("SAF-502")
    def test_an_unsound_base_is_not_sealed(self, base: Path) -> None:
        (base / "seal.json").unlink(missing_ok=True)
        spoil(base / "strategies.toml", 'id = "minocycline"', 'id = "examplemycin"')
        with pytest.raises(KnowledgeError, match="there is no drug examplemycin"):
            write_seal(base)
        assert not (base / "seal.json").exists()

    def test_the_committed_seal_is_current(self) -> None:
        """Run `ndm-advisor knowledge check --seal` after every change under data/."""
        sha256 = checksum(read_files(DATA))
        sealed = seal.read(DATA / seal.SEAL, sha256)
        assert sealed is not None, "the seal does not fit the files"

    @pytest.mark.safety("SAF-502")
    def test_the_committed_seal_is_what_the_files_say(self, base: Path) -> None:
        committed = load_knowledge(DATA)
        (base / "seal.json").unlink(missing_ok=True)
        assert load_knowledge(base) == committed._replace(sealed=False)

    def test_a_sealed_base_needs_neither_toml_parser_nor_pydantic(self, base: Path) -> None:
        write_seal(base)
        code = (
            "import sys; from pathlib import Path\n"
            "from ndm_advisor.knowledge.load import load_knowledge\n"
            f"assert load_knowledge(Path({str(base)!r})).sealed\n"
            "assert not {'tomli', 'pydantic'} & set(sys.modules)\n"
        )
        subprocess.run([sys.executable, "-c", code], check=True, cwd=DATA.parent)


@pytest.mark.safety("SAF-503")
class TestUnsound:
    """A base with a fault advises nothing, and says what is wrong."""

    def test_no_base_at_the_given_place(self, tmp_path: Path) -> None:
        with pytest.raises(KnowledgeError, match="holds no knowledge base"):
            load_knowledge(tmp_path)

    def test_no_such_directory(self, tmp_path: Path) -> None:
        with pytest.raises(KnowledgeError, match="holds no knowledge base"):
            load_knowledge(tmp_path / "nowhere")

    def test_a_file_that_is_no_toml(self, base: Path) -> None:
        (base / "drugs/cefiderocol.toml").write_text("id = [", encoding="utf-8")
        with pytest.raises(KnowledgeError) as caught:
            load_knowledge(base)
        assert caught.value.problems[0].startswith("drugs/cefiderocol.toml: file: ")

    def test_a_file_that_is_no_utf_8(self, base: Path) -> None:
        (base / "base.toml").write_bytes(b'version = "\xff"')
        with pytest.raises(KnowledgeError, match=r"base\.toml: file: "):
            load_knowledge(base)

    @needs_posix
    @pytest.mark.parametrize("name", ["base.toml", "drugs/more.toml"])
    def test_a_pipe_among_the_files(self, base: Path, name: str) -> None:
        """Nobody writes to it: whoever opened it would wait for ever."""
        (base / name).unlink(missing_ok=True)
        os.mkfifo(base / name)
        code = (
            "import sys\n"
            "from ndm_advisor.__main__ import main\n"
            f"sys.argv = ['ndm-advisor', 'knowledge', 'check', {str(base)!r}]\n"
            "main()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], check=False, capture_output=True, timeout=60
        )
        assert (done.returncode, done.stdout) == (5, b"")
        said = b"no base.toml" if name == "base.toml" else b"drugs/more.toml: file: not a regular"
        assert said in done.stderr

    @needs_posix
    def test_a_pipe_in_place_of_the_seal_is_no_seal(self, base: Path) -> None:
        (base / "seal.json").unlink(missing_ok=True)
        os.mkfifo(base / "seal.json")
        code = (
            "from pathlib import Path\n"
            "from ndm_advisor.knowledge.load import load_knowledge\n"
            f"assert not load_knowledge(Path({str(base)!r})).sealed\n"
        )
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

    def test_all_faults_are_listed(self, base: Path) -> None:
        spoil(base / "drugs/cefiderocol.toml", "crcl_below_ml_min = 30", "crcl_below_ml_min = 25")
        spoil(base / "strategies.toml", 'id = "minocycline"', 'id = "examplemycin"')
        with pytest.raises(KnowledgeError) as caught:
            load_knowledge(base)
        assert (
            "drugs/cefiderocol.toml: cefiderocol/eu: gap between 25 and 30" in caught.value.problems
        )
        assert (
            "strategies.toml: examplemycin: there is no drug examplemycin" in caught.value.problems
        )

    def test_a_fault_under_a_stale_seal_is_found(self, base: Path) -> None:
        write_seal(base)
        spoil(base / "drugs/cefiderocol.toml", "crcl_below_ml_min = 30", "crcl_below_ml_min = 25")
        with pytest.raises(KnowledgeError, match="gap between 25 and 30"):
            load_knowledge(base)


class TestFind:
    """The given directory, else the wheel's, else the repository's."""

    def test_the_given_directory_is_taken(self, base: Path) -> None:
        assert find_base(base) == base

    def test_without_one_the_repository_is_found(self) -> None:
        assert find_base() in {DATA, DATA.parent / "ndm_advisor" / "_data"}

    def test_the_checksum_sees_names_and_contents(self) -> None:
        sums = {
            checksum({"a": b"1", "b": b"2"}),
            checksum({"a": b"2", "b": b"1"}),
            checksum({"a": b"12", "b": b""}),
            checksum({"ab": b"12"}),
        }
        assert len(sums) == 4
        assert checksum({"b": b"2", "a": b"1"}) == checksum({"a": b"1", "b": b"2"})


class TestAside:
    """What only `explain` and the importers read stands outside the seal."""

    def test_claims(self) -> None:
        assert {claim["id"] for claim in load_claims(DATA)} >= {"1a", "2a"}

    def test_loinc(self) -> None:
        assert load_loinc(DATA)["drugs"]["amikacin"]["mic"] == ["12-5"]

    def test_conditions(self) -> None:
        assert "seizures" in {condition["id"] for condition in load_conditions(DATA)}

    def test_one_that_is_gone(self, base: Path) -> None:
        (base / "claims.toml").unlink()
        with pytest.raises(KnowledgeError, match=r"claims\.toml: file: "):
            load_claims(base)


def types_of(value: object) -> object:
    """The types of a value, all the way down."""
    if isinstance(value, dict):
        return {key: types_of(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [types_of(item) for item in value]
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def test_the_last_band_has_no_upper_edge(knowledge: Knowledge) -> None:
    highest = knowledge.drugs["cefiderocol"].dosing[0].bands[-1]
    assert (highest.low, highest.low_included, highest.high) == (120, True, math.inf)
