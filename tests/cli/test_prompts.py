"""Questions at a terminal: through a pseudo-terminal, and in this process with lines at hand."""

from __future__ import annotations

import io
import os
import re
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ndm_advisor.cli.asking import answers
from ndm_advisor.cli.asking.known import Known, Setting
from ndm_advisor.cli.asking.questions import plan
from ndm_advisor.cli.asking.session import Session
from ndm_advisor.cli.asking.terminal import Terminal
from ndm_advisor.cli.asking.wording import SECTIONS, WORDING
from ndm_advisor.cli.base import names_of
from ndm_advisor.model import case as model
from ndm_advisor.model.case import Case
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.model.quantities import PATIENT_RANGES
from ndm_advisor.read.case_file import read_case
from tests.cli.conftest import ON, Run, Start

pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")

DAY = date.fromisoformat(ON)
CTRL_C, CTRL_D = b"\x03", b"\x04"
PROMPT = b"> "
# Makes the pseudo-terminal the one that Ctrl-C reaches, even where the tests run in the background
# and ignore it, then becomes the program.
START = (
    "import fcntl, os, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "os.execv(sys.executable, [sys.executable, '-m', 'ndm_advisor', *sys.argv[1:]])"
)

Answers = tuple[str | bytes, ...]
ISOLATE: Answers = ("E. coli", "confirmed", "NDM", "pcr", "current", "none", "none", "no")
SITE: Answers = ("bloodstream", "complicated-uti", "67")
RESULTS: Answers = ("EUCAST", "", "S 0.5", "", "pending", "R", "R", "")
INFECTION: Answers = ("severe", "achieved", "none", "no", "2026-11-20", "no")
PATIENT: Answers = (
    *("female", "71", "165", "none", "1", "45", "today", "no", ""),
    *("ceftazidime", "anaphylaxis", "", "valproate", "none"),
)
HOSPITAL: Answers = ("no", "yes", "yes", "unknown", "", "")
WHOLE: Answers = (*ISOLATE, *SITE, *RESULTS, *INFECTION, *PATIENT, *HOSPITAL)


class Talk:
    """What came of a conversation with the real program on a pseudo-terminal."""

    def __init__(self, *arguments: str | Path, columns: int = 80) -> None:
        self.leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.mode = termios.tcgetattr(follower)
        self.follower = follower
        self.seen = bytearray()
        self.waits: list[float] = []
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, *map(str, arguments)],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
            env=dict(os.environ),  # not the environment itself: libraries write COLUMNS into it
        )

    def say(self, *lines: str | bytes) -> None:
        """Answer each prompt with the next line; bytes are sent as they are."""
        for line in lines:
            begun = time.perf_counter()
            self._wait_for_prompt()
            self.waits.append(time.perf_counter() - begun)
            os.write(self.leader, line if isinstance(line, bytes) else f"{line}\n".encode())

    def end(self) -> tuple[int, str]:
        """Exit status and screen."""
        while self._more():
            pass
        status = self.process.wait(timeout=30)
        assert termios.tcgetattr(self.follower) == self.mode
        os.close(self.follower)
        os.close(self.leader)
        return status, self.seen.decode().replace("\r\n", "\n")

    def _wait_for_prompt(self) -> None:
        new = len(self.seen)
        while not (len(self.seen) > new and self.seen.endswith(PROMPT)):
            assert self._more(), self.seen.decode()[-800:]

    def _more(self) -> bool:
        """Read what there is; False when the program has ended and all was read."""
        for _ in range(100):
            if select.select([self.leader], [], [], 0.1)[0]:
                part = os.read(self.leader, 65536)
                self.seen += part
                return bool(part)
            if self.process.poll() is not None:
                return False
        self.process.kill()
        pytest.fail(f"no prompt and no end: {self.seen.decode()[-800:]}")


def talk(
    *lines: str | bytes, arguments: tuple[str | Path, ...] = (), columns: int = 80
) -> tuple[int, str]:
    conversation = Talk(*(arguments or ("advise", "--on", ON, "--no-color")), columns=columns)
    conversation.say(*lines)
    return conversation.end()


class TestOnATerminal:
    @pytest.mark.parametrize("columns", [80, 60])
    def test_a_whole_session_ends_in_the_advice_and_a_saved_case(
        self, run: Run, names: Any, tmp_path: Path, columns: int
    ) -> None:
        path = tmp_path / "case.toml"
        status, screen = talk(*WHOLE, "", str(path), columns=columns)
        assert status == 0
        assert "\x1b" not in screen
        assert "BOTTOM LINE" in screen
        assert path.stat().st_mode & 0o777 == 0o600
        case, problems = read_case(path.read_text(encoding="utf-8"), path=None, names=names, on=DAY)
        assert problems == ()
        assert case.patient.crcl_ml_min == 45
        assert case.patient.allergies == (
            model.Allergy(drug="ceftazidime", drug_id="ceftazidime", reaction="anaphylaxis"),
        )
        assert case.hospital.stock == {
            "aztreonam-avibactam": False,
            "ceftazidime-avibactam": True,
            "aztreonam": True,
        }
        shown = run("advise", path, "--on", ON, "--format", "text").stdout
        stamp = re.search(r"case [0-9a-f]{6}", shown)
        assert stamp is not None
        assert stamp[0] in screen

    def test_nothing_is_wider_than_60_columns(self) -> None:
        _, screen = talk(*WHOLE, "quit", columns=60)
        asked = screen.partition("SUMMARY")[0]
        longest = max(asked.splitlines(), key=len)
        assert len(re.sub(r"> .*", "> ", longest)) <= 60, longest

    def test_the_next_question_comes_at_once(self) -> None:
        conversation = Talk("advise", "--on", ON)
        conversation.say(*WHOLE, CTRL_C)
        conversation.end()
        waits = sorted(conversation.waits[1:])  # the first holds the start of the program
        assert waits[len(waits) // 2] < 0.1  # the middle one: a busy machine may delay some

    @pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
    @pytest.mark.parametrize("before", [(), ISOLATE, (*ISOLATE, *SITE, *RESULTS), WHOLE])
    def test_it_leaves_at_any_point(self, key: bytes, before: Answers, tmp_path: Path) -> None:
        status, screen = talk(*before, key)
        assert status == 130
        assert screen.endswith("ndm-advisor: interrupted\n")
        assert "Traceback" not in screen
        assert "BOTTOM LINE" not in screen

    def test_it_leaves_after_the_advice_with_nothing_saved(self) -> None:
        status, screen = talk(*WHOLE, "", CTRL_C)
        assert status == 130
        assert "BOTTOM LINE" in screen

    def test_half_a_line_and_ctrl_c(self) -> None:
        conversation = Talk("advise", "--on", ON)
        conversation.say("E. coli", b"confir")
        os.write(conversation.leader, CTRL_C)
        status, screen = conversation.end()
        assert status == 130
        assert screen.endswith("\nndm-advisor: interrupted\n")

    def test_quit(self) -> None:
        status, screen = talk("E. coli", "quit")
        assert status == 130
        assert "Nothing was saved" in screen

    def test_json_and_a_file_for_the_answer(self, tmp_path: Path) -> None:
        target = tmp_path / "answer.json"
        options = ("advise", "--on", ON, "--format", "json", "-o", target)
        status, screen = talk(
            "E. coli", "", "", "", "", "other", "summary", "", "", arguments=options
        )
        assert status == 0
        assert "BOTTOM LINE" not in screen
        assert '"path":null' in target.read_text(encoding="utf-8").replace(" ", "")

    def test_new_asks_and_saves_and_does_not_advise(self, tmp_path: Path, names: Any) -> None:
        path = tmp_path / "case.toml"
        options = ("new", "--ask", "--on", ON)
        status, screen = talk(
            "E. coli", "", "", "", "", "cns", "summary", "", path, arguments=options
        )
        assert status == 0
        assert 'site = "cns"' in screen
        assert "BOTTOM LINE" not in screen
        case, _ = read_case(path.read_text(encoding="utf-8"), path=None, names=names, on=DAY)
        assert case.infection.site == "cns"

    def test_an_existing_file_is_overwritten_after_a_yes_only(self, tmp_path: Path) -> None:
        path, other = tmp_path / "case.toml", tmp_path / "other.toml"
        path.write_text("mine", encoding="utf-8")
        short: Answers = ("E. coli", "", "", "", "", "cns", "summary", "")
        status, screen = talk(*short, str(path), "", str(path), "y", str(other))
        assert status == 0
        assert path.read_text(encoding="utf-8") == "mine"
        assert "exists" in screen
        assert other.exists()
        talk(*short, str(path), "yes")
        assert 'site = "cns"' in path.read_text(encoding="utf-8")

    def test_a_path_that_cannot_be_written_is_asked_again(self, tmp_path: Path) -> None:
        short: Answers = ("E. coli", "", "", "", "", "cns", "summary", "")
        wrong = (str(tmp_path), str(tmp_path / "no" / "case.toml"), str(tmp_path / "case.json"))
        status, screen = talk(*short, *wrong, "")
        assert status == 0
        assert screen.count("Not saved:") == 3  # a long path goes on in the next row
        assert list(tmp_path.glob("case*")) == []

    def test_what_was_given_as_a_setting_is_shown(self) -> None:
        settings = ("--set", "isolate.organism=E. coli", "--set", "patient.weight_kg=71")
        options = ("advise", "--on", ON, *settings)
        _, screen = talk("", "", "", "", "", "cns", "summary", "quit", arguments=options)
        assert "[Enter: keep Escherichia coli]" in screen
        assert "weight: 71 kg" in screen

    def test_a_setting_that_cannot_hold_ends_before_the_first_question(self) -> None:
        options = ("advise", "--on", ON, "--set", "patient.weight_kg=7100")
        status, screen = talk(arguments=options)
        assert status == 4
        assert "--set: patient.weight_kg" in screen

    def test_no_input_never_asks(self) -> None:
        status, screen = talk(arguments=("advise", "--no-input"))
        assert status == 2
        assert "give a case file" in screen

    def test_output_that_goes_elsewhere_is_never_asked_for(self, start: Start) -> None:
        assert start("advise").returncode == 2


# -- in this process --


@pytest.fixture
def setting(knowledge: Knowledge) -> Setting:
    return Setting(knowledge, names_of(knowledge), DAY, None, None, None)


Ask = Callable[..., tuple[Case, str]]


@pytest.fixture
def ask(setting: Setting) -> Ask:
    """Answer with lines; the case, and what was said."""

    def asked(*lines: str, width: int = 80, document: Any = None) -> tuple[Case, str]:
        screen = io.StringIO()
        source = io.BytesIO("".join(f"{line}\n" for line in lines).encode())
        known = Known(setting, document or {})
        try:
            case = Session(Terminal(screen, source, width), known, finish="advise").run()
        except KeyboardInterrupt:
            pytest.fail(f"one more line is asked for: {screen.getvalue()[-600:]}")
        assert source.read() == b"", "lines were left over"
        return case, screen.getvalue()

    return asked


SHORT: Answers = ("E. coli", "", "", "", "", "other")


@pytest.mark.safety("SAF-401")
def test_unknown_and_an_empty_line_leave_the_key_out(ask: Ask) -> None:
    case, screen = ask("E. coli", "unknown", "", "UNKNOWN", "", "cns", "unknown", "summary", "")
    assert case.isolate.mbl is None
    assert case.isolate.pbp3_insertion is None
    assert "Not known: 2 = MBL" in screen


def test_back_asks_again_and_shows_what_is_known(ask: Ask) -> None:
    case, screen = ask(
        *("E. coli", "1", "NDM", "back", "back", "suspected", ""),
        *("pcr", "", "", "", "", "cns", "summary", ""),
    )
    assert "[Enter: keep NDM]" in screen
    assert "[Enter: keep confirmed]" in screen
    assert case.isolate.mbl == "suspected"
    assert case.isolate.mbl_family == "NDM"
    assert case.isolate.mbl_method == "pcr"


def test_back_at_the_first_question_stays_there(ask: Ask) -> None:
    _, screen = ask("back", *SHORT, "summary", "")
    assert "This is the first question." in screen


def test_help_for_every_question(setting: Setting) -> None:
    for question in plan(Known(setting, {})):
        assert question.help, question.key
        assert question.text.endswith("?"), question.key


def test_what_is_needed_cannot_be_left_out(ask: Ask) -> None:
    case, screen = ask("", "unknown", "summary", *SHORT, "summary", "")
    assert screen.count("is needed: nothing can be advised without it") == 2
    assert "First the organism and the site" in screen
    assert case.isolate.organism == "escherichia-coli"


@pytest.mark.parametrize(
    ("before", "wrong", "said", "right", "key", "value"),
    [
        ((), "E. kohli", "unknown organism", "E. coli", "isolate.organism", "escherichia-coli"),
        (
            ("E. coli", "", "", "", ""),
            "blood",
            "did you mean `bloodstream`?",
            "3",
            "infection.site",
            "bloodstream",
        ),
        ((*SHORT,), "400", "outside the accepted range 0 to 120", "40", "patient.age_years", 40),
        (
            (*SHORT,),
            "67.5",
            "takes a whole number, not 67.5. `unknown` is an answer",
            "67 years",
            "patient.age_years",
            67,
        ),
        ((*SHORT,), "67,5", "decimals have a point", "67", "patient.age_years", 67),
        ((*SHORT,), "67 months", "write the number in years", "67", "patient.age_years", 67),
    ],
)
def test_a_wrong_answer_is_explained_and_asked_again(  # noqa: PLR0917
    ask: Ask, before: Answers, wrong: str, said: str, right: str, key: str, value: object
) -> None:
    after = SHORT[len(before) + 1 :]
    case, screen = ask(*before, wrong, right, *after, "summary", "")
    assert "Not taken" in screen
    assert said in re.sub(r"\s+", " ", screen)
    table, field = key.split(".")
    assert getattr(getattr(case, table), field) == value


def test_a_word_for_another_is_suggested_not_assumed(ask: Ask) -> None:
    lines = ("E. coli", "NDM", "2", *[""] * 6, "other", "summary", "")
    case, screen = ask(*lines)
    assert "did you mean `confirmed`? (not assumed)" in screen
    assert case.isolate.mbl == "suspected"


AGED: Answers = (*SHORT, "40")


@pytest.mark.parametrize(
    ("written", "row"),
    [
        ("S", {"category": "S"}),
        ("r", {"category": "R"}),
        ("SDD", {"category": "SDD"}),
        ("0.5", {"mic_mg_l": "0.5"}),
        (">32", {"mic_mg_l": ">32"}),
        ("> 32 mg/L", {"mic_mg_l": "> 32"}),
        ("S 0.5", {"category": "S", "mic_mg_l": "0.5"}),
        ("MIC <=0.25, S", {"category": "S", "mic_mg_l": "<=0.25"}),
        ("zone 23", {"zone_mm": 23}),
        ("23 mm", {"zone_mm": 23}),
        ("S, zone 23 mm", {"category": "S", "zone_mm": 23}),
        ("pending", {"category": "pending"}),
        ("not tested", {"category": "not tested"}),
    ],
)
def test_a_result_in_every_writing(ask: Ask, written: str, row: dict[str, object]) -> None:
    case, _ = ask(*AGED, "EUCAST", "", written, "summary", "")
    assert case.panel.results["aztreonam-avibactam"] == model.PanelResult(**row)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", ["sensitive", "0,5", ".5", "S R", "1 2", "zone", "0.5 0.25"])
def test_what_is_no_result_is_refused(ask: Ask, wrong: str) -> None:
    case, screen = ask(*AGED, "EUCAST", "", wrong, "S", "summary", "")
    assert "Not taken" in screen
    assert case.panel.results["aztreonam-avibactam"].category == "S"


def test_the_combined_test_keeps_its_method(ask: Ask) -> None:
    lines = (
        *AGED,
        "EUCAST",
        "",
        "",
        "S",
        "broth-disk-elution",
        "back",
        "back",
        "R",
        "",
        "summary",
        "",
    )
    case, screen = ask(*lines)
    row = case.panel.results[model.COMBINED_TEST]
    assert (row.category, row.method) == ("R", "broth-disk-elution")
    assert "check" not in screen.replace("checked", "")


def test_the_combined_test_without_a_method_is_said(ask: Ask) -> None:
    _, screen = ask(*AGED, "EUCAST", "", "", "S", "", "S", "summary", "")
    assert "combined test without its method" in screen


def test_another_drug_is_found_by_its_name_only(ask: Ask) -> None:
    lines = (*AGED, "EUCAST", "", "", "", "", "R", "R")
    wrong = ("gentamycin", "AZT", "meropenem")
    case, screen = ask(*lines, *wrong, "Gentamicin", "R", "amikacin", "S 2", "", "summary", "")
    assert "did you mean `gentamicin`?" in screen
    assert "`AZT` is not accepted" in screen
    assert "meropenem has a question of its own" in screen
    assert case.panel.results["gentamicin"].category == "R"
    assert case.panel.results["amikacin"].mic_mg_l == "2"


def test_another_drug_can_be_exchanged_and_taken_back(ask: Ask) -> None:
    lines = (*AGED, "EUCAST", "", "", "", "", "R", "R")
    case, _ = ask(
        *lines, "gentamicin", "back", "amikacin", "S", "back", "unknown", "", "summary", ""
    )
    assert set(case.panel.results) == {"meropenem", "ceftazidime-avibactam"}


def test_the_older_agents_of_the_site_are_asked_for(ask: Ask) -> None:
    lines = ("E. coli", "", "", "", "", "complicated-uti", "40", "EUCAST", "")
    _, screen = ask(*lines, *("" for _ in range(7)), "S", "summary", "")
    assert "Ciprofloxacin: the result?" in screen
    _, screen = ask(*AGED, *("" for _ in range(8)), "summary", "")
    assert "Ciprofloxacin: the result?" not in screen


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((*SHORT, "7"), "Below 18 years the case is out of scope."),
        (("Pseudomonas aeruginosa", "other"), "none of the Enterobacterales"),
        (("E. coli", "ruled-out", "pcr", "", "", "", "", "other"), "With the MBL ruled out"),
    ],
)
def test_nothing_more_is_asked_when_the_outcome_is_settled(
    ask: Ask, lines: Answers, said: str
) -> None:
    case, screen = ask(*lines, "")
    assert said in screen
    assert "Questions that cannot change this are skipped." in re.sub(r"\s+", " ", screen)
    assert "the outcome is settled: " in screen
    assert case.panel.results == {}


def test_colonisation_asks_what_may_still_matter(ask: Ask) -> None:
    lines = ("E. coli", "", "", "", "", "colonisation", "30", "yes", "female", "yes", "20", "")
    case, screen = ask(*lines)
    assert "no antibiotic is advised" in screen
    assert case.infection.urology_procedure_planned is True
    assert case.patient.gestation_weeks == 20


def test_every_carbapenem_tested_s_ends_the_questions(ask: Ask) -> None:
    lines = ("E. coli", "", "", "", "", "bloodstream", "", "40", "EUCAST", "", "", "", "")
    _, screen = ask(*lines, "S", "S", "S", "", "", "")
    assert "every carbapenem tested S" in screen
    assert "Is the patient severely ill?" not in screen


def test_a_corrected_age_brings_the_questions_back(ask: Ask) -> None:
    case, screen = ask(*SHORT, "7", "3", "70", *[""] * 3, "summary", "")
    assert "By which standard" in screen
    assert case.patient.age_years == 70


def test_a_number_of_the_summary_asks_that_line_again(ask: Ask) -> None:
    lines = (*SHORT, "40", "summary", "99", "x", "1", "Klebsiella pneumoniae", "")
    case, screen = ask(*lines)
    assert "Write a number from 1 to" in screen
    assert screen.count("SUMMARY") == 2
    assert case.isolate.organism == "klebsiella-pneumoniae"


def test_back_from_the_summary(ask: Ask) -> None:
    case, _ = ask(*SHORT, "7", "back", "8", "")
    assert case.patient.age_years == 8


def test_an_answer_that_lost_its_meaning_is_left_out_and_said(ask: Ask) -> None:
    lines = ("E. coli", "", "", "", "", "bloodstream", "pneumonia", "40", "summary")
    case, screen = ask(*lines, "6", "cns", "")
    assert "source: left out, because not a bloodstream infection." in screen
    assert case.infection.source is None


def to_patient(setting: Setting, ask: Ask, *lines: str, **known: object) -> tuple[Case, str]:
    """Answer from the question for sex on; everything before it is left unknown."""
    document = {"isolate": {"organism": "E. coli"}, "infection": {"site": "bloodstream"}}
    questions = [q for q in plan(Known(setting, document)) if not q.skip]
    before = [q.key for q in questions].index("patient.sex")
    return ask(*[""] * before, *lines, document={**document, **known})


def test_creatinine_is_asked_in_its_unit(setting: Setting, ask: Ask) -> None:
    lines = ("female", "71", "165", "none", "2", "1.4", "124", "yesterday", "summary", "")
    case, screen = to_patient(setting, ask, *lines)
    assert "A number in micromol/L, 18 to 1768." in screen
    assert "this looks like mg/dL" in screen
    assert case.patient.creatinine_umol_l == 124
    assert case.patient.creatinine_measured_on == date(2026, 11, 21)


def test_another_way_to_give_kidney_function_replaces_the_first(setting: Setting, ask: Ask) -> None:
    lines = ("", "", "", "", "2", "124", "back", "back", "3", "1.4", "summary", "")
    case, _ = to_patient(setting, ask, *lines)
    assert case.patient.creatinine_umol_l is None
    assert case.patient.creatinine_mg_dl == 1.4


def test_on_haemodialysis_no_creatinine_is_asked_for(setting: Setting, ask: Ask) -> None:
    lines = ("", "", "", "intermittent-haemodialysis", "8", "A", "summary", "")
    case, screen = to_patient(setting, ask, *lines)
    assert "How is kidney function given?" not in screen
    assert case.patient.residual_crcl_ml_min == 8
    assert case.patient.child_pugh == "A"


def test_a_date_after_the_advice_is_refused(setting: Setting, ask: Ask) -> None:
    lines = ("", "", "", "", "1", "45", "2026-11-23", "30.11.2026", ON, "summary", "")
    case, screen = to_patient(setting, ask, *lines)
    assert "lies after the date of advice" in screen
    assert "is not a date" in screen
    assert case.patient.creatinine_measured_on == DAY


def test_an_unusual_value_is_taken_and_said_once(setting: Setting, ask: Ask) -> None:
    case, screen = to_patient(setting, ask, "", "35", "165", "summary", "")
    assert case.patient.weight_kg == 35
    assert screen.count("outside the plausible range") == 1


@pytest.mark.parametrize("sex", ["male", "female", "unknown"])
def test_pregnancy_is_asked_where_it_can_be(setting: Setting, ask: Ask, sex: str) -> None:
    # age stays unknown; sex, weight, height, replacement, kidney, AKI, liver
    asked = sex != "male"
    more = ("yes", "20", "no") if asked else ()
    lines = (sex, "", "", "", "", "", "", *more, "none", "summary", "")
    case, screen = to_patient(setting, ask, *lines)
    assert ("Is the patient pregnant?" in screen) is asked
    assert case.patient.pregnant is (True if asked else None)
    assert case.patient.allergies == ()


def test_a_pregnancy_can_be_taken_back(setting: Setting, ask: Ask) -> None:
    start = ("female", "", "", "", "", "", "", "yes", "20", "back", "back", "no")
    case, _ = to_patient(setting, ask, *start, "summary", "")
    assert case.patient.pregnant is False
    assert case.patient.gestation_weeks is None


def test_lists(setting: Setting, ask: Ask) -> None:
    start = ("male", "", "", "", "", "", "")
    allergies = ("ceftazidime, penicillin", "anaphylaxis", "", "rash", "mild")
    lines = (*start, *allergies, "valproate; warfarin", "1, heart failure", "summary", "")
    case, screen = to_patient(setting, ask, *lines)
    given = case.patient.allergies or ()
    assert [(a.drug, a.reaction, a.severity) for a in given] == [
        ("ceftazidime", "anaphylaxis", None),
        ("penicillin", "rash", "mild"),
    ]
    assert [m.drug for m in case.patient.medicines or ()] == ["valproate", "warfarin"]
    assert case.patient.conditions == ("seizures", "heart-failure")
    assert "What was the reaction to penicillin?" in screen


@pytest.mark.parametrize("word", ["none", "no", "None"])
def test_none_is_an_answer(setting: Setting, ask: Ask, word: str) -> None:
    start = ("male", "", "", "", "", "", "")
    case, _ = to_patient(setting, ask, *start, "yes", word, word, word, "summary", "")
    assert case.patient.allergies == ()
    assert case.patient.medicines == ()
    assert case.patient.conditions == ()


def test_defaults_and_their_origin_are_shown(setting: Setting, ask: Ask) -> None:
    start = ("male", "", "", "", "", "", "", "", "", "")
    case, screen = to_patient(setting, ask, *start, "yes", "", "", "no", "idsa-2026", "", "")
    assert "[Enter: simit-2022, the default]" in screen
    assert "[Enter: US, that of the guideline]" in screen
    assert case.hospital.guideline == "idsa-2026"
    assert case.hospital.region is None
    assert case.hospital.stock == {"aztreonam-avibactam": True, "cefiderocol": False}


def test_arrow_keys_are_not_taken_as_an_answer(ask: Ask) -> None:
    _, screen = ask("\x1b[A", *SHORT, "summary", "")
    assert "cannot be seen" in screen
    assert "\x1b" not in screen


@pytest.mark.parametrize("width", [30, 60, 80])
def test_lines_are_folded(setting: Setting, width: int) -> None:
    screen = io.StringIO()
    source = io.BytesIO("".join(f"{line}\n" for line in WHOLE).encode() + b"\n")
    terminal = Terminal(screen, source, width)
    Session(terminal, Known(setting, {}), finish="advise").run()
    said = re.sub(r"(?m)^(\[Enter|Number to correct).*?> ", "", screen.getvalue())
    assert max(map(len, said.splitlines())) <= max(width, 40)


# -- one source --

NOT_ASKED = {
    "isolate": set(),
    "panel": {"results"},
    "infection": {"other_organisms"},  # read, and judged by nothing yet
    "patient": set(),
    "hospital": {"stock", "aztreonam_interval_h"},  # stock drug by drug; the interval is a setting
}


@pytest.mark.parametrize("table", NOT_ASKED)
def test_every_key_of_a_case_has_its_question(table: str) -> None:
    asked = {key for _, keys in SECTIONS for key in keys} | {
        f"patient.{key}" for key in ("crcl_ml_min", "creatinine_umol_l", "creatinine_mg_dl")
    }
    form = {name.lower(): value for name, value in vars(model).items()}[table]
    keys = {f"{table}.{field}" for field in set(form.model_fields) - NOT_ASKED[table]}
    assert keys <= asked
    assert keys <= set(WORDING)


def test_unit_and_range_stand_in_every_question_for_a_number(setting: Setting) -> None:
    for question in plan(Known(setting, {})):
        if isinstance(question.answer, answers.Number):
            limits = question.answer.limits
            assert limits.unit in answers.allowed(question.answer, DAY)
            assert str(limits.high) in answers.allowed(question.answer, DAY)
    assert answers.allowed(answers.Number(PATIENT_RANGES["weight_kg"]), DAY) == (
        "A number in kg, 30 to 300."
    )


def test_every_choice_lists_its_values(setting: Setting) -> None:
    sites = next(q for q in plan(Known(setting, {})) if q.key == "infection.site").answer
    assert isinstance(sites, answers.Choice)
    assert sites.values == model.Site.__args__  # type: ignore[attr-defined]
