"""`teach`: a class played at a pseudo-terminal, progress, paper, and lessons of a teacher's own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ndm_advisor.cli.base import names_of
from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.teaching.check import orders_of
from ndm_advisor.cli.teaching.printed import EXAMPLE
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.model.words import drug_name
from tests.cli.conftest import ROOT, Run, Start
from tests.cli.lessons import INLINE, MINIMAL, Room, room, typed, write
from tests.cli.test_prompts import CTRL_C, CTRL_D, Talk

READ = ("", "")  # the two pages after an answer
LONE = "aztreonam 2000 mg every 8 h over 3 h"
LESSONS = sorted((ROOT / "examples" / "teaching").glob("*.toml"))
HOSTILE = "\x1b[31m\x07 </dd><script>alert(1)</script> {{ 7*7 }} [b] \u202ee"

INERT = "\\x1b[31m\\x07 </dd><script>alert(1)</script> {{ 7*7 }} [b] \\u202ee"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where progress is kept; never this machine's."""
    folder = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder / "ndm-advisor" / "teaching.json"


@pytest.fixture(scope="module")
def class_room(knowledge: Knowledge) -> Room:
    return room(knowledge, names_of(knowledge))


class Seat(Talk):
    """A learner's conversation; a drawing holds arrows, so a prompt is told by its bracket too."""

    def _wait_for_prompt(self) -> None:
        new = len(self.seen)
        while not (len(self.seen) > new and self._asks()):
            assert self._more(), self.seen.decode()[-800:]

    def _asks(self) -> bool:
        last = self.seen.rpartition(b"\n")[2]
        return last.startswith(b"[") and last.endswith(b"> ")


def sit(*lines: str | bytes, arguments: tuple[str | Path, ...], columns: int = 80) -> Any:
    seat = Seat("teach", *arguments, columns=columns)
    seat.say(*lines)
    return seat.end()


def kept(state: Path) -> dict[str, dict[str, Any]]:
    lessons: dict[str, dict[str, Any]] = json.loads(state.read_text(encoding="utf-8"))["lessons"]
    return lessons


class TestAClass:
    @pytest.mark.parametrize(("columns", "options"), [(60, ()), (100, ()), (80, ("--linear",))])
    def test_played_from_start_to_end_with_the_tools_own_answers(
        self, class_room: Room, state: Path, columns: int, options: tuple[str, ...]
    ) -> None:
        lines: list[str] = []
        for lesson in class_room.collection.lessons:
            drugs, tests = class_room.right(lesson)
            lines += [*([""] if lines else []), drugs, tests, "", *READ]
        status, screen = sit(*lines, arguments=options, columns=columns)
        number = len(class_room.collection.lessons)
        assert status == 0
        assert f"{number} of {number} lessons played" in screen
        assert len(kept(state)) == number
        for ident, result in kept(state).items():
            assert result["earned"] == result["of"], ident
            assert not result["lost"]
        assert "HARMFUL" not in screen
        assert "\x1b" not in screen

    def test_played_with_wrong_answers(self, class_room: Room, state: Path) -> None:
        lines: list[str] = []
        for _ in class_room.collection.lessons:
            # a cephalosporin that NDM destroys: inadequate, and no stop of the closed list
            wrong = [*([""] if lines else []), "ceftazidime", "2000 mg every 8 h", "", "", *READ]
            lines += wrong
        status, screen = sit(*lines, arguments=())
        assert status == 0
        results = kept(state)
        assert len(results) == len(class_room.collection.lessons)
        assert all(result["earned"] < result["of"] for result in results.values())
        assert "Verdict         INADEQUATE" in screen
        assert "Verdict         APPROPRIATE" not in screen

    def test_played_with_dangerous_answers(self, class_room: Room, state: Path) -> None:
        lines: list[str] = []
        for lesson in class_room.collection.lessons:
            _, tests = class_room.right(lesson)
            lines += [*([""] if lines else []), LONE, tests, "", *READ]
        status, screen = sit(*lines, arguments=())
        assert status == 0
        regimens = [
            lesson.id
            for lesson in class_room.collection.lessons
            if class_room.adviser.answer(lesson).outcome in {"regimens", "abstention"}
        ]
        results = kept(state)
        assert len(regimens) >= 12
        for ident in regimens:
            assert (results[ident]["lost"], results[ident]["earned"]) == (True, 0), ident
        assert screen.count("CASE LOST") == sum(result["lost"] for result in results.values())

    def test_nothing_is_wider_than_sixty_columns(self) -> None:
        _, screen = sit("call", "", "", *READ, arguments=("5",), columns=60)
        too_wide = [
            line
            for line in re.sub(r"> .*", "> ", screen).splitlines()
            if len(line) > 60 and "teaching.json" not in line
        ]
        assert too_wide == []

    def test_linear_says_the_drawing_in_sentences(self) -> None:
        _, screen = sit(LONE, "", "", *READ, arguments=("1", "--linear"))
        assert "In words: NDM does not hydrolyse aztreonam." in screen
        assert "---X" not in screen
        _, drawn = sit(LONE, "", "", *READ, arguments=("1",))
        assert "---X" in drawn
        assert "NDM does not hydrolyse aztreonam." in " ".join(drawn.split())

    def test_a_dumb_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TERM", "dumb")
        status, screen = sit("call", "", "", *READ, arguments=("12",))
        assert status == 0
        assert "8 of 8" in screen


class TestCommitting:
    def test_the_answer_is_hidden_until_then(self) -> None:
        status, screen = sit(LONE, "1", CTRL_C, arguments=("kidney-band",))
        assert status == ExitStatus.INTERRUPTED
        assert "ANSWER" not in screen
        assert "1250" not in screen
        assert "1.25 g" not in screen

    def test_a_name_that_is_near_gets_another_try(self) -> None:
        _, screen = sit("ceftazidim-avibactam", "AZT", LONE, "", "quit", arguments=("1",))
        assert "did you mean ceftazidime-avibactam? (not assumed)" in " ".join(screen.split())
        assert "zidovudine" in " ".join(screen.split())

    def test_part_of_a_name_is_another_drug(self, state: Path) -> None:
        lines = ("ceftazidime 2500 mg every 8 h over 3 h, " + LONE, "", "", *READ)
        _, screen = sit(*lines, arguments=("1",))
        assert kept(state)["first-report"]["lost"]  # the pair was not ordered: aztreonam is alone
        assert "aztreonam-alone" in screen

    def test_an_alias_stands_for_the_whole_name(self, state: Path) -> None:
        lines = ("caz-avi, aztreonam", "2500 mg q8h over 3 h", "2 g q8h over 3 h", "", "", *READ)
        sit(*lines, arguments=("1",))
        assert kept(state)["first-report"]["earned"] == 10

    def test_going_back_and_correcting(self, state: Path) -> None:
        right = "cefiderocol 1500 mg every 6 h over 3 h"
        lines = ("back", LONE, "back", "case", "?", "cefiderocol", "2 g every 8 h", "back")
        more = ("back", right, "", "back", "nonsense", "1", "back", "none", "no", "", *READ)
        _, screen = sit(*lines, *more, arguments=("first-choice-lost",))
        assert "This is the first question." in screen
        assert screen.count("Origin ") == 2
        assert "Not taken: `nonsense`" in screen
        assert "= 1.5 g" in screen or "= cefiderocol 1.5 g every 6 hours" in screen
        assert "press Enter to commit" in screen
        assert not kept(state)["first-choice-lost"]["lost"]

    def test_a_dose_left_open_is_not_guessed(self, state: Path) -> None:
        lines = ("cefiderocol", "unknown", "", "", *READ)
        _, screen = sit(*lines, arguments=("first-choice-lost",))
        assert "no dose given" in screen
        assert kept(state)["first-choice-lost"]["earned"] == 8

    def test_hostile_typing_comes_back_inert(self) -> None:
        lines = ("{{7*7}} [bold] </script>", b"\x1b[31mred\n", "call", "", "quit")
        _, screen = sit(*lines, arguments=("1",))
        assert "`{{7*7}} [bold] </script>` is no drug" in " ".join(screen.split())
        assert "it holds a character that cannot be seen" in " ".join(screen.split())


class TestLeaving:
    @pytest.mark.parametrize("key", [CTRL_C, CTRL_D, "quit"])
    @pytest.mark.parametrize("before", [(), (LONE,), (LONE, "")])
    def test_in_the_middle_of_a_case(
        self, key: bytes | str, before: tuple[str, ...], state: Path
    ) -> None:
        status, screen = sit(*before, key, arguments=("1",))
        assert status == ExitStatus.INTERRUPTED
        assert screen.endswith("ndm-advisor: interrupted\n")
        assert not state.exists()

    @pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
    def test_after_a_case_it_is_kept(self, key: bytes, state: Path) -> None:
        status, _ = sit("call", "", "", key, arguments=())
        assert status == ExitStatus.INTERRUPTED
        assert list(kept(state)) == ["first-report"]

    def test_between_two_cases(self, state: Path) -> None:
        status, screen = sit("call", "", "", *READ, "quit", arguments=())
        assert status == 0
        assert "Next: 2, A swab on admission." in screen

    def test_it_is_taken_up_where_it_was_left(self, state: Path) -> None:
        sit("call", "", "", *READ, "quit", arguments=())
        status, screen = sit("none", "", "", *READ, "quit", arguments=())
        assert status == 0
        assert "LESSON 2" in screen
        assert "LESSON 1:" not in screen
        assert sorted(kept(state)) == ["a-swab", "first-report"]


class TestProgress:
    def test_it_is_the_owners_alone_and_holds_no_case(self, state: Path) -> None:
        _, screen = sit("call", "", "", *READ, arguments=("1",))
        assert f"{state}," in screen
        assert state.stat().st_mode & 0o777 == 0o600
        assert state.parent.stat().st_mode & 0o777 == 0o700
        tree = json.loads(state.read_text(encoding="utf-8"))
        assert set(tree["lessons"]["first-report"]) == {"earned", "of", "lost", "on"}

    def test_none_is_kept_on_request(self, state: Path) -> None:
        status, screen = sit("call", "", "", *READ, arguments=("1", "--no-progress"))
        assert status == 0
        assert "Progress" not in screen
        assert not state.exists()

    def test_none_is_kept_through_a_pipe(self, start: Start, state: Path) -> None:
        done = start("teach", "1", stdin=b"call\n\n\n")
        assert done.returncode == 0, done.stderr
        assert not state.exists()

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\xff\xfe",
            b"[]",
            b"{}",
            b'{"format": "other", "lessons": {}}',
            b'{"format": "ndm-advisor/teaching/1", "lessons": {"first-report": 7}}',
            b'{"format": "ndm-advisor/teaching/1", "lessons": {"first-report": '
            b'{"earned": 11, "of": 10, "lost": false, "on": "2026-11-22"}}}',
            b"[" * 100_000,
        ],
    )
    def test_a_damaged_file_is_put_aside(self, content: bytes, state: Path, run: Run) -> None:
        state.parent.mkdir(parents=True)
        state.write_bytes(content)
        listed = run("teach", "--list")
        assert listed.exit_code == 0
        assert "cannot be used" in listed.stdout
        assert state.read_bytes() == content
        status, _ = sit("call", "", "", *READ, arguments=("1",))
        assert status == 0
        assert list(kept(state)) == ["first-report"]
        assert Path(f"{state}.unreadable").read_bytes() == content

    def test_where_it_cannot_be_kept_that_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        blocked = tmp_path / "a-file"
        blocked.write_text("")
        monkeypatch.setenv("XDG_STATE_HOME", str(blocked))
        status, screen = sit("call", "", "", *READ, arguments=("1",))
        assert status == 0
        assert "Progress not kept:" in screen

    def test_the_list_says_how_each_went(self, run: Run, state: Path) -> None:
        sit(LONE, "", "", *READ, arguments=("1",))
        shown = run("teach", "--list").stdout
        assert "A first NDM report, with every test back: 0 of 10, lost, on " in shown
        assert "A swab on admission: not played" in shown
        assert "1 of 17 lessons played, 0 of 10 points, 1 lost" in shown


class TestThroughAPipe:
    def test_answers_line_by_line(self, start: Start, class_room: Room) -> None:
        drugs, tests = class_room.right(class_room.lesson("kidney-band"))
        done = start("teach", "6", stdin=f"{drugs}\n{tests}\n\n".encode())
        assert done.returncode == 0, done.stderr
        assert "Score: 10 of 10" in done.stdout.decode()

    def test_the_last_line_may_lack_its_end(self, start: Start) -> None:
        done = start("teach", "12", stdin=b"call\nnone\n\n")
        assert "Score: 8 of 8" in done.stdout.decode()
        ended = start("teach", stdin=b"call\nnone\n\nquit")
        assert ended.returncode == 0, ended.stderr

    def test_a_pipe_that_ends_between_two_cases_ends_well(self, start: Start) -> None:
        assert start("teach", stdin=b"call\n\n\n").returncode == 0

    def test_a_pipe_that_ends_inside_a_case_is_interrupted(self, start: Start) -> None:
        done = start("teach", "1", stdin=b"call\n")
        assert done.returncode == ExitStatus.INTERRUPTED
        assert b"interrupted" in done.stderr

    def test_ascii_output(self, start: Start) -> None:
        done = start("teach", "14", stdin=b"call\n\n\n", PYTHONIOENCODING="ascii")
        assert done.returncode == 0, done.stderr
        assert done.stdout.isascii()


class TestOnPaper:
    @pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
    def test_blind_names_no_drug_and_no_dose_of_the_answer(
        self, run: Run, class_room: Room, path: Path
    ) -> None:
        shown = run("teach", "--blind", path.stem).stdout
        # what the case and the list of tests say themselves is no answer
        rows = ("Origin", "Results", "Hospital", "Ordered now", "Patient", "3 Laboratory")
        rest = "\n".join(line for line in shown.splitlines() if not line.startswith(rows))
        assert EXAMPLE in rest
        rest = rest.replace(EXAMPLE, "")
        answer = class_room.adviser.answer(class_room.lesson(path.stem))
        orders = [order for offer in answer.regimens for order in orders_of(offer)]
        for order in orders:
            assert not re.search(rf"(?<![\w-]){re.escape(drug_name(order.drug))}(?![\w-])", rest)
            assert f"{order.dose_mg:g} mg" not in rest
        assert not re.search(r"\d (?:mg|g)\b", rest)

    @pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
    def test_blind_says_nothing_of_what_is_read_afterwards(
        self, run: Run, class_room: Room, path: Path
    ) -> None:
        lesson = class_room.lesson(path.stem)
        shown = run("teach", "--blind", lesson.id).stdout
        answer = class_room.adviser.answer(lesson)
        held = class_room.collection.mechanisms
        spoken = [held[key].sentences[0] for key in lesson.mechanisms]
        for text in (answer.summary, *answer.lab_requests, *lesson.after, *spoken):
            assert text not in shown
        for word in ("Bottom line", "Preferred", "Verdict", "explain ", "claim ", "KEY"):
            assert word not in shown

    def test_the_key_holds_them(self, run: Run, class_room: Room) -> None:
        shown = run("teach", "--key").stdout
        for lesson in class_room.collection.lessons:
            assert f"KEY TO LESSON {lesson.order}: {lesson.title}" in shown
            answer = class_room.adviser.answer(lesson)
            assert answer.summary in shown
            for request in answer.lab_requests:
                assert request in shown
            for mechanism in lesson.mechanisms:
                assert class_room.collection.mechanisms[mechanism].sentences[0] in shown
        assert "ceftazidime 1 g + avibactam 0.25 g (1.25 g total) IV every 8 hours" in shown
        assert "Sources: " in shown

    def test_one_lesson_alone(self, run: Run) -> None:
        shown = run("teach", "--blind", "14").stdout
        assert re.findall(r"^LESSON .*$", shown, re.M) == ["LESSON 14: Four residues too many"]

    def test_the_guideline_of_the_option_is_the_one_that_answers(self, run: Run) -> None:
        ours = run("teach", "--key", "1").stdout
        theirs = run("teach", "--key", "1", "--guideline", "idsa-2026", "--region", "US").stdout
        assert "guideline simit-2022 (case), region EU (case)" in ours
        assert "guideline idsa-2026 (option), region US (option)" in theirs

    def test_the_date_of_the_option_stands_for_that_of_the_lesson(self, run: Run) -> None:
        shown = run("teach", "--key", "1", "--on", "2026-11-24").stdout
        assert "advised 2026-11-24" in shown
        assert "advised 2026-11-22" in run("teach", "--key", "1").stdout

    def test_overdue_knowledge_is_said(self, run: Run) -> None:
        done = run("teach", "--blind", "1", "--on", "2028-01-01")
        assert "KNOWLEDGE OVERDUE FOR REVIEW" in done.stderr
        refused = run("teach", "--blind", "1", "--on", "2028-01-01", "--strict")
        assert refused.exit_code == ExitStatus.KNOWLEDGE


class Text(HTMLParser):
    """What a page says, and the elements it is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: set[str] = set()
        self.values: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.values += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def text(self) -> str:
        return " ".join("".join(self.said).replace("\u00a0", " ").split())


class TestExport:
    def test_a_page_that_needs_nothing_else(self, run: Run, tmp_path: Path) -> None:
        target = tmp_path / "class.html"
        done = run("teach", "--export", "html", "-o", target)
        assert done.exit_code == 0, done.stderr
        assert target.stat().st_mode & 0o777 == 0o600
        page = target.read_text(encoding="utf-8")
        said = Text(page)
        assert not {"script", "link", "img", "iframe"} & said.tags
        assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:|//)|@import|url\(", page)
        assert all(value.startswith("#") for value in said.values if "#" in value)
        assert "LESSON 17: Resistant to everything" in said.text()
        assert "KEY TO LESSON 17: Resistant to everything" in said.text()
        assert "not clinically signed off" in said.text()

    def test_blind_and_key_are_its_two_halves(self, run: Run) -> None:
        blind = Text(run("teach", "--export", "html", "--blind").stdout).text()
        key = Text(run("teach", "--export", "html", "--key").stdout).text()
        assert "Bottom line" not in blind
        assert "1 Regimen" in blind
        assert "Bottom line" in key
        assert "Think about" not in key

    def test_hostile_text_reaches_the_page_as_text(self, run: Run, tmp_path: Path) -> None:
        folder = write(tmp_path / "mine", _hostile())
        page = run("teach", "--dir", folder, "--export", "html", "50").stdout
        said = Text(page)
        assert "script" not in said.tags
        assert "\x1b" not in page
        assert "\u202e" not in page
        assert INERT in said.text()
        # both titles, both lines of the contents, before, question, after, note, reaction
        assert said.text().count(INERT) >= 9


class TestOwnLessons:
    def test_a_file_in_a_folder_is_a_lesson(self, run: Run, tmp_path: Path) -> None:
        folder = write(tmp_path / "mine", MINIMAL)
        assert (
            "50: A lesson of my own: not played" in run("teach", "--dir", folder, "--list").stdout
        )
        done = run("teach", "--dir", folder, "--check")
        assert (done.exit_code, done.stderr) == (0, "")
        assert "18 of 18 lessons are sound" in done.stdout

    def test_so_is_one_in_the_folder_of_the_configuration(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        (tmp_path / "ndm-advisor").mkdir()
        write(tmp_path / "ndm-advisor" / "teaching", MINIMAL)
        assert "A lesson of my own" in run("teach", "--list").stdout

    def test_it_is_played_and_kept_like_the_others(self, tmp_path: Path, state: Path) -> None:
        folder = write(tmp_path / "mine", MINIMAL)
        status, _ = sit("call", "", "", *READ, arguments=("mine", "--dir", folder))
        assert status == 0
        assert "mine" in kept(state)

    def test_hostile_text_reaches_the_screen_as_text(self, start: Start, tmp_path: Path) -> None:
        folder = write(tmp_path / "mine", _hostile())
        done = start("teach", "50", "--dir", str(folder), stdin=b"call\n\n\n")
        screen = done.stdout.decode()
        assert done.returncode == 0, done.stderr
        assert "\x1b" not in screen
        assert "\u202e" not in screen
        assert INERT in screen

    @pytest.mark.parametrize(
        ("text", "code", "said"),
        [
            ("format = ", "E104", "not TOML"),
            (MINIMAL.replace("lesson/1", "lesson/9"), "E601", "not a lesson"),
            (MINIMAL + 'ttle = "x"', "E602", "did you mean `title`?"),
            (MINIMAL + 'answer = "cefiderocol"', "E602", "`answer` is no key"),
            (MINIMAL.replace('"A lesson of my own"', "7"), "E603", "is no text"),
            (MINIMAL.replace("order = 50", 'order = "x"'), "E603", "no whole number"),
            (MINIMAL.replace("order = 50", "order = 0"), "E603", "outside 1 to 999"),
            (MINIMAL.replace('["1t"]', '"1t"'), "E603", "not a list"),
            (MINIMAL.replace('title = "A lesson of my own"', ""), "E604", "`title` is missing"),
            (MINIMAL.replace("order = 50", ""), "E604", "`order` is missing"),
            (MINIMAL.replace("on = 2026-11-22", ""), "E604", "no date"),
            (MINIMAL.replace("Read the panel.", "x" * 701), "E605", "701 characters"),
            (MINIMAL + "questions = [" + '"?", ' * 5 + "]", "E605", "5 questions"),
            (MINIMAL.replace('example = "bloodstream-all-tested"', ""), "E606", "no case"),
            (MINIMAL + INLINE, "E606", "both an example and a case"),
            (MINIMAL.replace("all-tested", "al-tested"), "E607", "bloodstream-all-tested"),
            (MINIMAL.replace('"1t"', '"1zz"'), "E607", "knows no such id"),
            (MINIMAL + 'mechanisms = ["pbp3"]', "E607", "`pbp3` is not known"),
            (MINIMAL + 'laboratory = ["cefiderocl"]', "E607", "did you mean `cefiderocol`?"),
            (MINIMAL.replace("That was all.", "Give 2.5 g now."), "E608", "2.5 g"),
            (
                MINIMAL.replace('example = "bloodstream-all-tested"', "")
                + INLINE.replace("constructed, no real patient", "bed 4"),
                "E609",
                "does not say what the case is",
            ),
            (MINIMAL.replace("order = 50", "order = 3"), "E610", "`a-drug-is-running`"),
            (
                MINIMAL.replace("all-tested", "cefiderocol-untested")
                + 'laboratory = ["combined-test"]',
                "E611",
                "cannot be chosen",
            ),
            (MINIMAL.replace("Read the panel.", "Give cefiderocol."), "E612", "names cefiderocol"),
            (MINIMAL.replace("bloodstream-all-tested", "ar-0149-pneumonia"), "", ""),
        ],
    )
    def test_check_finds_what_is_wrong(
        self, run: Run, tmp_path: Path, text: str, code: str, said: str
    ) -> None:
        done = run("teach", "--dir", write(tmp_path / "mine", text), "--check")
        if not code:
            assert (done.exit_code, done.stderr) == (0, "")
            return
        assert done.exit_code == ExitStatus.SOME_NOT_ASSESSED
        assert f"error[{code}]" in done.stderr
        assert said in done.stderr
        assert "mine.toml" in done.stderr
        assert "17 of 18 lessons are sound" in done.stdout

    def test_check_finds_the_faults_of_an_inline_case_with_their_lines(
        self, run: Run, tmp_path: Path
    ) -> None:
        text = MINIMAL.replace('example = "bloodstream-all-tested"', "") + INLINE
        faulty = text.replace('mbl = "confirmed"', 'mbl = "confrmed"')
        line = faulty.splitlines().index('mbl = "confrmed"') + 1
        done = run("teach", "--dir", write(tmp_path / "mine", faulty), "--check")
        assert done.exit_code == ExitStatus.SOME_NOT_ASSESSED
        assert f"mine.toml:{line}:" in done.stderr

    def test_check_finds_a_case_that_cannot_be_won(self, run: Run, tmp_path: Path) -> None:
        # row 4b with a known insertion: what is offered raises a stop when ordered
        text = MINIMAL.replace('example = "bloodstream-all-tested"', "") + INLINE.replace(
            'mbl_method = "pcr"', 'mbl_method = "pcr"\npbp3_insertion = "YRIN"'
        ).replace('"colonisation"', '"bloodstream"')
        done = run("teach", "--dir", write(tmp_path / "mine", text), "--check")
        assert "error[E613]" in done.stderr
        assert "pair-untested-e-coli" in done.stderr

    def test_a_lesson_at_fault_is_left_out_and_named(self, run: Run, tmp_path: Path) -> None:
        folder = write(tmp_path / "mine", MINIMAL.replace("order = 50", "order = 1"))
        done = run("teach", "--dir", folder, "--list")
        assert done.exit_code == 0
        assert "A lesson of my own" not in done.stdout
        assert "mine.toml: not used" in done.stderr

    def test_two_files_of_one_name(self, run: Run, tmp_path: Path) -> None:
        write(tmp_path / "mine", MINIMAL, "first-report.toml")
        done = run("teach", "--dir", tmp_path / "mine", "--check")
        assert "a lesson `first-report` stands in" in done.stderr

    def test_a_lesson_that_cannot_be_read(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "loop.toml").symlink_to(tmp_path / "nowhere")
        done = run("teach", "--dir", tmp_path / "mine", "--check")
        assert "error[E600]" in done.stderr


class TestRefused:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("99",), "no lesson `99`"),
            (("kidney-bnd",), "did you mean kidney-band?"),
            (("--export", "pdf"), "write html"),
            (("-o", "x.html"), "-o is for --export html"),
            (("--list", "--check"), "ask for one"),
            (("--list", "--blind"), "ask for one"),
            (("--check", "--export", "html"), "ask for one"),
            (("--dir", "nowhere"), "is not a directory"),
            (("--on", "soon"), "is not a date"),
            (("--key", "--guideline", "other"), "is not a guideline"),
        ],
    )
    def test_options_that_cannot_be(self, run: Run, arguments: tuple[str, ...], said: str) -> None:
        done = run("teach", *arguments)
        assert done.exit_code == ExitStatus.USAGE
        assert said in done.stderr

    def test_a_date_before_the_results_refuses_every_lesson(self, run: Run) -> None:
        done = run("teach", "--on", "2020-01-01", "--check")
        assert done.exit_code == ExitStatus.NONE_ASSESSED
        assert "error[E607]: the example is refused" in done.stderr
        played = run("teach", "--on", "2020-01-01")
        assert played.exit_code == ExitStatus.USAGE
        assert "no lesson can be used" in played.stderr


def _hostile() -> str:
    """A lesson whose every text is hostile; what TOML allows unescaped stands as it is."""
    quoted = json.dumps(HOSTILE)
    lines = MINIMAL.splitlines()
    texts = {"title": quoted, "before": quoted, "after": quoted}
    kept_lines = [
        f"{key} = {texts[key]}" if (key := line.partition(" =")[0]) in texts else line
        for line in lines
    ]
    case = INLINE.replace('"constructed, no real patient"', json.dumps(f"constructed {HOSTILE}"))
    allergy = f'[case.patient]\nallergies = [{{ drug = "ceftazidime", reaction = {quoted} }}]'
    head = [line for line in kept_lines if not line.startswith("example")]
    return "\n".join([*head, f"questions = [{quoted}]", case, allergy]) + "\n"


def test_hostile_text_is_what_it_claims() -> None:
    assert "\\u001b" in _hostile()
    assert list(_controls(_hostile())) == []


def _controls(text: str) -> Iterator[str]:
    return (character for character in text if ord(character) < 32 and character != "\n")


def test_typed_orders_read_back(class_room: Room) -> None:
    answer = class_room.adviser.answer(class_room.lesson("kidney-band"))
    assert [typed(order) for order in orders_of(answer.regimens[0])] == [
        "ceftazidime-avibactam 1250 mg every 8 h over 3 h",
        "aztreonam 2000 mg every 8 h over 3 h",
    ]
