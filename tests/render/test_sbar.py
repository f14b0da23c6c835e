"""Text for the phone: four parts, 80 columns, whole orders, nobody named."""

from __future__ import annotations

import re
from datetime import date

import pytest
import tomli

from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import CaseRef
from ndm_advisor.model.words import drug_name, every, over
from ndm_advisor.read.case_file import build_case
from ndm_advisor.render.regimens import whole_offers
from ndm_advisor.render.sbar import to_sbar

from .factory import (
    EDGE,
    PROVENANCE,
    STOP,
    abstained,
    all_answers,
    answer,
    cautions,
    harmful,
    with_case_text,
)
from .test_examples import EXAMPLES, FORBIDDEN
from .test_order_rows import SETS

ON = date(2026, 11, 22)
PARTS = ["SITUATION", "BACKGROUND", "ASSESSMENT", "REQUEST"]
CLOSING = "Decision support, not clinically signed off. Verify against local policy."
WHO = ("Zyxwv-17", "ward-nine/Zyxwv.toml", "a note on Mrs Zyxwv")


@pytest.fixture(scope="module")
def texts(knowledge, names):
    """Every example, and one with each set of orders; label, path and note name somebody."""
    made = {}
    documents = {stem: tomli.loads(path.read_text("utf-8")) for stem, path in EXAMPLES.items()}
    plain = documents["bloodstream-all-tested"]
    documents |= {f"orders-{name}": plain | {"orders": orders} for name, orders in SETS.items()}
    for stem, document in documents.items():
        case, _ = build_case(document | {"id": WHO[0], "note": WHO[2]}, names=names, on=ON)
        reference = CaseRef(WHO[0], WHO[1], "a" * 64)
        found = advise(case, knowledge, on=ON, reference=reference)
        made[stem] = (found, to_sbar(found))
    return made


STEMS = [*EXAMPLES, *(f"orders-{name}" for name in SETS)]


def on_one_line(screen):
    return " ".join(screen.split())


def part(shown, name):
    after = shown.partition(f"{name}\n")[2]
    following = PARTS[PARTS.index(name) + 1 :]
    return on_one_line(after.partition(f"\n{following[0]}\n")[0] if following else after)


@pytest.mark.parametrize("stem", STEMS)
def test_four_parts_in_order_and_one_disclaimer_at_the_end(texts, stem):
    lines = texts[stem][1].splitlines()
    assert [line for line in lines if line in PARTS] == PARTS
    assert lines[-1] == CLOSING
    assert texts[stem][1].count("not clinically signed off") == 1
    assert all(part(texts[stem][1], name) for name in PARTS)


@pytest.mark.parametrize("stem", STEMS)
def test_plain_and_80_columns(texts, stem):
    shown = texts[stem][1]
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.replace("\n", "").isprintable()
    assert not any(line != line.rstrip() for line in shown.splitlines())


@pytest.mark.parametrize("stem", STEMS)
def test_nobody_is_named(texts, stem):
    assert not [who for who in (*WHO, "Zyxwv", "ward-nine") if who in texts[stem][1]]


@pytest.mark.safety("SAF-207")
@pytest.mark.parametrize("stem", STEMS)
def test_nothing_is_written_in_a_dangerous_way(texts, stem):
    for what, pattern in FORBIDDEN.items():
        assert not re.search(pattern, texts[stem][1]), what


@pytest.mark.safety("SAF-505")
@pytest.mark.parametrize("stem", STEMS)
def test_every_stamp_is_there(texts, stem):
    found, shown = texts[stem][0], on_one_line(texts[stem][1])
    stamp = found.provenance
    for said in (stamp.tool_version, stamp.knowledge_version, stamp.reviewed_on, "aaaaaa"):
        assert said in shown
    for said in (stamp.review_due_on, stamp.region, stamp.breakpoints, stamp.advised_on):
        assert said in shown


@pytest.mark.parametrize("stem", STEMS)
def test_the_situation_and_the_background_hold_what_was_asked(texts, stem):
    found, shown = texts[stem]
    situation, background = part(shown, "SITUATION"), part(shown, "BACKGROUND")
    assert found.headline in situation
    stops = [alert for alert in found.alerts if alert.tier == "stop"]
    assert any(alert.text in situation for alert in stops) or found.summary in situation
    for label in ("Results: ", "Kidney: ", "Allergies: ", "Ordered now: "):
        assert label in background
    for line in found.order_check.orders:
        assert line.text in background


@pytest.mark.safety("SAF-303")
@pytest.mark.parametrize("stem", STEMS)
def test_every_stop_and_caution_stands_with_what_to_do(texts, stem):
    found, shown = texts[stem]
    said = part(shown, "ASSESSMENT")
    for alert in found.alerts:
        if alert.tier == "stop":
            assert f"STOP: {alert.text} Do: {alert.action}" in said
        if alert.tier == "caution":
            assert alert.text in said or alert.id in said
    if found.order_check.verdict != "not_assessed":
        assert f"Orders as a set: {found.order_check.verdict.replace('_', ' ')}." in said


def amounts(order):
    """Every dose of an order, as it may stand after the drug's name."""
    doses = [order.loading_dose, order.maintenance_dose]
    doses += [band.maintenance_dose for band in order.bands or ()]
    name = f"{drug_name(order.drug)} "
    return [dose.text.removeprefix(name) for dose in doses if dose is not None]


@pytest.mark.safety("SAF-207")
@pytest.mark.parametrize("stem", STEMS)
def test_the_request_has_the_whole_orders(texts, stem):
    found, request = texts[stem][0], part(texts[stem][1], "REQUEST")
    if not found.regimens:
        return
    offers = whole_offers(found)
    orders = [order for offer in offers for order in (*offer.drugs, *offer.companions)]
    wanted = [amount for order in orders for amount in amounts(order)]
    wanted += [every(o.interval_h, o.to_interval_h) for o in orders if o.maintenance_dose]
    wanted += [over(o.infusion_h, o.to_infusion_h) for o in orders if o.maintenance_dose]
    lead = re.compile(r"^(?:only if|only when|only|if) ")  # the label before them says it
    wanted += [lead.sub("", c).rstrip(".") for o in offers for c in o.conditions]
    wanted += [found.review_due.first_on, found.review_due.last_on]
    assert not [said for said in wanted if said not in request]


@pytest.mark.parametrize("stem", STEMS)
def test_the_request_says_what_to_change_what_to_ask_and_whom_to_call(texts, stem):
    found, request = texts[stem][0], part(texts[stem][1], "REQUEST")
    for text in found.lab_requests:
        assert f"Ask the laboratory: {on_one_line(text)}" in request
    for change in found.order_check.change:
        assert f"Order {change.order} " in request
    if found.outcome in {"regimens", "abstention"}:
        assert re.search(r"\b[Cc]all (?:\w+ and )?infectious diseases", request)
    else:
        assert found.summary in request


def test_no_regimen_still_says_whom_to_call_and_what_runs_on():
    shown = to_sbar(abstained())
    request = part(shown, "REQUEST")
    assert "This is not advice to withhold treatment." in request
    assert "Call infectious diseases and microbiology now." in request
    assert "runs on until its replacement hangs" in request
    assert "What would settle it" in request
    assert "fosfomycin" in part(shown, "ASSESSMENT")


@pytest.mark.parametrize("name", all_answers())
def test_works_for_every_outcome(name):
    shown = to_sbar(all_answers()[name])
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.endswith(f"{CLOSING}\n")


@pytest.mark.safety("SAF-304")
def test_an_acknowledged_stop_is_still_said_with_its_reason():
    seen = STOP._replace(acknowledged="consultant aware")
    found = harmful()
    check = found.order_check._replace(alerts=(seen,))
    shown = to_sbar(found._replace(alerts=(seen,), order_check=check))
    assert f"STOP: {STOP.text}" in part(shown, "SITUATION")
    assert "Acknowledged: consultant aware." in part(shown, "ASSESSMENT")


def test_cautions_beyond_five_are_counted_and_named():
    said = part(to_sbar(answer(alerts=cautions(7))), "ASSESSMENT")
    assert said.count(EDGE.text) == 5
    assert "And 2 more CAUTION, on the full screen: caution-5 and caution-6." in said


def test_allergies_stand_as_given_and_missing_ones_as_such():
    given = answer(allergies=("ceftazidime: anaphylaxis", "some syrup: rash"))
    assert "Allergies: ceftazidime: anaphylaxis; some syrup: rash." in part(
        to_sbar(given), "BACKGROUND"
    )
    assert "Allergies: none." in part(to_sbar(answer(allergies=())), "BACKGROUND")
    assert "Allergies: not given." in part(to_sbar(answer(allergies=None)), "BACKGROUND")


@pytest.mark.safety("SAF-501")
def test_overdue_knowledge_is_said_first_and_an_override_without_its_path():
    override = {"path": "secret/config.toml", "sha256": "ff00aa" + "2" * 58, "keys": ["region"]}
    stamp = PROVENANCE._replace(review_due_on="2026-11-01", local_override=override)
    shown = to_sbar(answer(provenance=stamp))
    assert shown.splitlines()[1] == "  KNOWLEDGE OVERDUE FOR REVIEW since 2026-11-01."
    assert "local override (ff00aa): region" in on_one_line(shown)
    assert "secret" not in shown


@pytest.mark.safety("SAF-701")
@pytest.mark.parametrize("hostile", ["\x1b[31m", "\u202e", "[/red]", "x" * 300, "\ud800", "a\nb"])
def test_case_text_is_data_and_never_widens_a_row(hostile):
    found = with_case_text(hostile)._replace(allergies=(hostile,))
    shown = to_sbar(found)
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.replace("\n", "").isprintable()


def test_a_stream_that_is_not_utf_8_gets_ascii():
    assert to_sbar(
        answer(allergies=("p\u00e9nicilline \u2265 1: rash",)), encoding="ascii"
    ).isascii()


def test_tall_man_letters_where_asked_for():
    assert "cefTAZidime 1 g" in to_sbar(answer(), tall_man=True)
    assert "cefTAZidime" not in to_sbar(answer())
