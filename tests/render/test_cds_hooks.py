"""`advise --format cds-hooks`: cards by the CDS Hooks specification 2.0, safe to click on."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ndm_advisor.model.answer import Alert, Cited, Recommendation
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names
from ndm_advisor.render.fhir.cds_hooks import to_cards
from ndm_advisor.render.markdown_text import markdown
from ndm_advisor.render.text import visible
from tests.intake.fhir_cases import EXAMPLES, answered, example

Card = dict[str, Any]
ANSWERS = [path.stem for path in EXAMPLES]
STOP = Alert(
    "carbapenem-alone", "stop", "Meropenem is ordered alone.", "Call now.", (Cited("a", "b"),)
)


@pytest.fixture
def answer_to(names: Names, knowledge: Knowledge) -> Any:
    def answer(name: str) -> Recommendation:
        (path,) = [p for p in EXAMPLES if p.stem == name]
        return answered(example(path, names), knowledge)

    return answer


def cards(answer: Recommendation, knowledge: Knowledge) -> list[Card]:
    made = json.loads(to_cards(answer, knowledge))
    assert list(made) == ["cards"]
    return list(made["cards"])


@pytest.mark.parametrize("name", ANSWERS)
def test_every_example_gives_cards_as_specified(
    name: str, answer_to: Any, knowledge: Knowledge
) -> None:
    answer = answer_to(name)
    made = cards(answer, knowledge)
    assert made[0]["summary"] == answer.summary
    assert made[0]["indicator"] == answer.indicator
    assert len({card["uuid"] for card in made}) == len(made)
    for card in made:
        assert 0 < len(card["summary"]) < 140
        assert card["indicator"] in {"info", "warning", "critical"}
        assert card["source"]["label"].startswith("ndm-advisor ")
        assert "links" not in card
        assert ("suggestions" in card) is ("selectionBehavior" in card)
    raised = [a for a in answer.alerts if a.tier != "note" and not a.standing]
    assert [card["indicator"] for card in made[1:]] == [
        {"stop": "critical", "caution": "warning"}[alert.tier] for alert in raised
    ]
    for item in answer.not_assessed:
        assert markdown(item.what) in made[0]["detail"]


@pytest.mark.parametrize("name", ANSWERS)
def test_a_suggestion_is_a_whole_regimen_without_any_if(
    name: str, answer_to: Any, knowledge: Knowledge
) -> None:
    """Whoever clicks reads nothing else: no condition, no stop, no dose that is still open."""
    answer = answer_to(name)
    by_label = {}
    for card in cards(answer, knowledge):
        for suggestion in card.get("suggestions", []):
            drugs = tuple(
                action["resource"]["medicationCodeableConcept"]["coding"][0]["code"]
                for action in suggestion["actions"]
            )
            by_label[drugs] = suggestion
    for drugs, suggestion in by_label.items():
        (offer,) = [
            o for o in answer.regimens
            if tuple(d.drug for d in (*o.drugs, *o.companions)) == drugs
        ]  # fmt: skip
        assert (offer.rank, offer.provisional, offer.conditions) == ("preferred", False, ())
        assert all(d.pending is None for d in offer.drugs)
        assert suggestion["label"].startswith("Draft for a prescriber to check")
        for action in suggestion["actions"]:
            assert action["type"] == "create"
            assert action["resource"]["intent"] == "proposal"
            assert action["resource"]["status"] == "draft"
            assert action["resource"]["dosageInstruction"][0]["doseAndRate"]
    stopped = any(a.tier == "stop" and not a.standing for a in answer.alerts)
    if answer.outcome != "regimens" or answer.dose_pending or stopped:
        assert by_label == {}


def test_the_example_with_everything_tested_suggests_the_product_or_the_pair(
    answer_to: Any, knowledge: Knowledge
) -> None:
    """The test above would pass without any suggestion at all."""
    made = cards(answer_to("bloodstream-all-tested"), knowledge)
    drugs = [[a["resource"]["medicationCodeableConcept"]["text"] for a in s["actions"]]
             for s in made[0]["suggestions"]]  # fmt: skip
    assert drugs == [["aztreonam-avibactam"], ["ceftazidime-avibactam", "aztreonam"]]


def test_a_stop_takes_every_suggestion_away(answer_to: Any, knowledge: Knowledge) -> None:
    answer = answer_to("bloodstream-all-tested")
    made = cards(answer._replace(alerts=(*answer.alerts, STOP)), knowledge)
    assert all("suggestions" not in card for card in made)
    assert made[1]["summary"] == "STOP: Meropenem is ordered alone."
    assert made[1]["indicator"] == "critical"
    assert made[1]["detail"] == "**STOP** Meropenem is ordered alone.\n\nCall now."


def test_an_acknowledged_stop_still_has_its_card(answer_to: Any, knowledge: Knowledge) -> None:
    answer = answer_to("bloodstream-all-tested")
    seen = STOP._replace(acknowledged="consultant *aware*")
    made = cards(answer._replace(alerts=(seen,)), knowledge)
    assert made[1]["indicator"] == "critical"
    assert made[1]["detail"].endswith("Acknowledged; it stands: consultant \\*aware\\*")


def test_a_long_alert_is_named_in_the_summary_and_whole_in_the_detail(
    answer_to: Any, knowledge: Knowledge
) -> None:
    long = STOP._replace(text="ceftazidime-avibactam 2.5 g " * 10)
    made = cards(answer_to("bloodstream-all-tested")._replace(alerts=(long,)), knowledge)
    assert made[1]["summary"] == "STOP: carbapenem alone (see the detail)"
    assert long.text.strip() in made[1]["detail"]


def test_each_dose_stands_below_its_regimen(answer_to: Any, knowledge: Knowledge) -> None:
    detail = cards(answer_to("bloodstream-all-tested"), knowledge)[0]["detail"].splitlines()
    pair = next(
        n for n, line in enumerate(detail) if line.startswith("- ceftazidime-avibactam AND")
    )
    assert detail[pair + 1] == (
        "  - ceftazidime 2 g + avibactam 0.5 g (2.5 g total) IV every 8 hours over 3 hours"
    )
    assert detail[pair + 2] == "  - aztreonam 2 g IV every 8 hours over 3 hours"


def test_a_pending_dose_shows_every_band(answer_to: Any, knowledge: Knowledge) -> None:
    answer = answer_to("bloodstream-dose-pending")
    detail = cards(answer, knowledge)[0]["detail"]
    bands = [band for offer in answer.regimens for d in offer.drugs for band in d.bands or ()]
    assert bands
    assert all(band.band in detail for band in bands)


def test_an_abstention_says_what_is_not_offered(answer_to: Any, knowledge: Knowledge) -> None:
    made = cards(answer_to("bloodstream-cefiderocol-untested"), knowledge)
    assert made[0]["indicator"] == "critical"
    assert "**No regimen is offered**" in made[0]["detail"]
    assert "This is not advice to withhold treatment." in made[0]["detail"]
    assert "**Regimens offered**" not in made[0]["detail"]


HOSTILE = {
    "<script>alert(1)</script>": "\\<script\\>alert(1)\\</script\\>",
    "[bed 4](http://evil.example)": "\\[bed 4\\](http\\://evil.example)",
    "![x](y)": "!\\[x\\](y)",
    "**bold** _it_ `code` ~~no~~": "\\*\\*bold\\*\\* \\_it\\_ \\`code\\` \\~\\~no\\~\\~",
    "# heading": "\\# heading",
    "1. item": "1\\. item",
    "- item": "\\- item",
    "---": "\\---",
    "===": "\\===",
    "> quote": "\\> quote",
    "a | b": "a \\| b",
    "    code": "code",
    "a\nb\tc": "a b c",
    "\x1b[31mred\u202e": "\\\\x1b\\[31mred\\\\u202e",
    "www.evil.example and a@b.example": "www\\.evil.example and a\\@b.example",
    "&lt;b&gt;": "\\&lt;b\\&gt;",
    "ceftazidime-avibactam 2 g + 0.5 g (2.5 g total)": (
        "ceftazidime-avibactam 2 g + 0.5 g (2.5 g total)"
    ),
}


@pytest.mark.parametrize(("text", "wanted"), HOSTILE.items())
def test_markdown_shows_text_as_it_stands(text: str, wanted: str) -> None:
    assert markdown(text) == wanted


PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKS = st.text(st.sampled_from("\\`*_{}[]()<>#+-=.!|~&:;@/1a \n\t\"'"), max_size=30)


@given(text=MARKS | st.text(max_size=30))
@settings(max_examples=1500, deadline=None)
def test_a_markdown_parser_gives_back_the_text_and_nothing_else(text: str) -> None:
    line = " ".join(visible(text).split())
    wanted = f"<p>{escape(line).replace('&#x27;', chr(39))}</p>\n" if line else ""
    assert PARSER.render(markdown(line)) == wanted
    inside = PARSER.render(f"- {markdown(text)}")
    assert inside.count("<") == len(re.findall(r"</?(?:ul|li)>", inside))


def test_hostile_text_of_a_case_is_inert_in_the_cards(answer_to: Any, knowledge: Knowledge) -> None:
    hostile = STOP._replace(text="\x1b[31m<img src=x onerror=alert(1)> [x](http://e.example)")
    answer = answer_to("bloodstream-all-tested")._replace(alerts=(hostile,), headline="<b>*x*")
    raw = to_cards(answer, knowledge)
    assert b"\x1b" not in raw
    made = json.loads(raw)["cards"]
    assert "<img" not in made[1]["detail"].replace("\\<img", "")
    assert made[0]["detail"].startswith("\\<b\\>\\*x\\*")
