"""To which isolate a result of HL7 version 2 belongs: told by the message, never guessed."""

from __future__ import annotations

import pytest

from ndm_advisor.intake.hl7v2.messages import LONGEST_LINE
from ndm_advisor.intake.told import Told

from .conftest import adds_up, documents, reasons

HEAD = "MSH|^~\\&|L|L|||20261119||ORU^R01|1|T|2.3\r"
BLOOD = "SPM|1|||119297000^Blood^SCT\r"
COLI = "OBX|1|CE|600-7^Culture^LN|{0}|112283007^E. coli^SCT\r"
KLEBSIELLA = "OBX|2|CE|600-7^Culture^LN|{0}|^Klebsiella pneumoniae^L\r"
MEROPENEM = "OBX|3|ST|^Meropenem^L|{0}|R\r"


@pytest.fixture
def read(take, tmp_path):
    def run(text, **told):
        path = tmp_path / "message.hl7"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        done = take("hl7", path, told=Told(**told))
        adds_up(done)
        return done

    return run


def panels(done):
    return {
        d["isolate"]["organism"]: list(d.get("panel", {}).get("results", ()))
        for d in documents(done)
    }


def test_the_sub_id_of_the_organism(read):
    text = (
        HEAD + "OBR|1||F1\r" + COLI.format(1) + KLEBSIELLA.format(2) + MEROPENEM.format(2) + BLOOD
    )
    assert panels(read(text)) == {"escherichia-coli": [], "klebsiella-pneumoniae": ["meropenem"]}


def test_the_parent_result(read):
    parent = "OBR|2||F2|||||||||||||||||||||||600-7&Culture&LN^1\r"
    text = (
        HEAD
        + "OBR|1||F1\r"
        + COLI.format(1)
        + KLEBSIELLA.format(2)
        + parent
        + MEROPENEM.format("")
        + BLOOD
    )
    assert panels(read(text)) == {"escherichia-coli": ["meropenem"], "klebsiella-pneumoniae": []}


def test_the_parent_order(read):
    parent = "OBR|3||F3||||||||||||||||||||||||||^F2\r"
    text = (
        HEAD + "OBR|1||F1\r" + COLI.format(1) + "OBR|2||F2\r" + KLEBSIELLA.format(1)
        + parent + MEROPENEM.format("") + BLOOD
    )  # fmt: skip
    assert panels(read(text)) == {"escherichia-coli": [], "klebsiella-pneumoniae": ["meropenem"]}


def test_a_message_that_does_not_say_is_not_guessed(read):
    text = (
        HEAD + "OBR|1||F1\r" + COLI.format(1) + KLEBSIELLA.format(2) + MEROPENEM.format("") + BLOOD
    )
    done = read(text)
    assert panels(done) == {"escherichia-coli": [], "klebsiella-pneumoniae": []}
    assert any("does not say to which" in reason for reason in reasons(done))


def test_a_number_that_results_share_and_no_organism_has(read):
    """An organism the base does not know, under a local code: its panel is not E. coli's."""
    unknown = "OBX|2|CE|ORG^Organism^L|2|XYZ^Novel bacterium^L\r"
    text = HEAD + "OBR|1||F1\r" + COLI.format(1) + unknown + MEROPENEM.format(2) + BLOOD
    done = read(text)
    assert panels(done) == {"escherichia-coli": []}
    assert any("does not say to which" in reason for reason in reasons(done))


def test_a_parent_that_is_another_organism(read):
    parent = "OBR|2||F2|||||||||||||||||||||||ORG&Organism&L^2^Novel bacterium\r"
    text = HEAD + "OBR|1||F1\r" + COLI.format(1) + parent + MEROPENEM.format("") + BLOOD
    assert panels(read(text)) == {"escherichia-coli": []}


def test_a_running_number_is_no_number_of_an_isolate(read):
    text = HEAD + "OBR|1||F1\r" + COLI.format(7) + MEROPENEM.format(8) + BLOOD
    assert panels(read(text)) == {"escherichia-coli": ["meropenem"]}


@pytest.mark.parametrize(
    ("flags", "row"),
    [("A~R", {"category": "R"}), ("R^Resistant^HL70078", {"category": "R"}), ("N", None)],
)
def test_flags_that_stand_beside_a_category(read, flags, row):
    result = f"OBX|3|ST|^Meropenem^L|1|||||{flags}|||F\r".replace("|||||", "||||", 1)
    text = HEAD + "OBR|1||F1\r" + COLI.format(1) + result + BLOOD
    (case,) = documents(read(text))
    assert case.get("panel", {}).get("results", {}).get("meropenem") == row


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        ("S~I", "two categories in one result: I and S"),
        ("S~IE", "`IE and S` is not a category this tool knows"),
    ],
)
def test_two_categories_of_one_result_are_none(read, flags, why):
    result = f"OBX|3|ST|^Meropenem^L|1||||{flags}|||F\r"
    done = read(HEAD + "OBR|1||F1\r" + COLI.format(1) + result + BLOOD)
    assert why in reasons(done)


@pytest.mark.safety("SAF-102")
@pytest.mark.parametrize("flags", ["S~R", "R~S", "R~IE"])
def test_unless_one_is_r(read, flags):
    result = f"OBX|3|ST|^Meropenem^L|1||||{flags}|||F\r"
    (case,) = documents(read(HEAD + "OBR|1||F1\r" + COLI.format(1) + result + BLOOD))
    assert case["panel"]["results"] == {"meropenem": {"category": "R"}}


def test_the_same_isolate_reported_again_is_one_case(read):
    text = HEAD + "OBR|1||F1\r" + COLI.format(1) + COLI.format(1) + MEROPENEM.format(1) + BLOOD
    assert panels(read(text)) == {"escherichia-coli": ["meropenem"]}


def test_two_patients_in_one_message_are_two_reports(read):
    one = "PID|1||A\rOBR|1||F1\r" + COLI.format(1) + BLOOD
    done = read(HEAD + one + one.replace("||A", "||B"))
    assert [len(part.cases) for part in done] == [1, 1]


def test_a_result_without_an_organism_makes_no_case(read):
    done = read(HEAD + "OBR|1||F1\r" + MEROPENEM.format(1) + BLOOD)
    assert done[0].no_case == ("no organism is named",)


@pytest.mark.parametrize("header", ["MSH", "MSH|", "MSHabc|x", "MSH|^^^^|x", "MSH||"])
def test_a_damaged_header_costs_no_result(read, header):
    done = read(f"{header}\rOBR|1||F1\r" + COLI.format(1) + MEROPENEM.format(1) + BLOOD)
    assert panels(done) == {"escherichia-coli": ["meropenem"]}
    assert any("MSH" in note for note in done[0].report.notes)


def test_other_separators_than_the_usual(read):
    text = HEAD + "OBR|1||F1\r" + COLI.format(1) + MEROPENEM.format(1) + BLOOD
    other = text.translate(str.maketrans({"|": "*", "^": ":"}))
    assert panels(read(other)) == {"escherichia-coli": ["meropenem"]}


def test_frames_of_the_lower_layer_are_taken_off(read):
    text = HEAD + "OBR|1||F1\r" + COLI.format(1) + MEROPENEM.format(1) + BLOOD
    assert panels(read(f"\x0b{text}\x1c\r")) == {"escherichia-coli": ["meropenem"]}


def test_a_byte_that_is_not_utf_8_is_read_as_iso_8859_1_and_said(read):
    text = (HEAD + "OBR|1||F1\r" + COLI.format(1) + BLOOD).encode() + b"NTE|1||caf\xe9\r"
    done = read(text)
    assert len(documents(done)) == 1
    assert any("ISO 8859-1" in note for note in done[0].report.notes)


def test_a_line_beyond_any_segment_is_reported(read):
    text = HEAD + "NTE|1||" + "x" * (LONGEST_LINE + 1) + "\rOBR|1||F1\r" + COLI.format(1) + BLOOD
    done = read(text)
    assert len(documents(done)) == 1
    assert "longer than a segment" in done[0].report.faults[0]


def test_a_million_lines_that_are_no_message_are_one_fault(read):
    (done,) = read(b"x\n" * 100_000)
    assert done.report.faults == ("line 1 and 99999 more: stands before any message header (MSH)",)
