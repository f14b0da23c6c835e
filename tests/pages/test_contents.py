"""A page holds what the full screen holds, in the order of its urgency, in sound HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt

from ndm_advisor.model.answer import DrugOrder, Recommendation, WouldChange
from ndm_advisor.model.words import drug_name, every, over, regimen_name
from ndm_advisor.render.details import full_sections, why_sections
from ndm_advisor.render.gaps import gaps_of
from tests.render.factory import CEFIDEROCOL, PROVENANCE, SECOND, STOP, answer, offer
from tests.render.test_examples import FORBIDDEN

from .conftest import EXAMPLES, made_of
from .reading import Read, on_one_line

AMOUNT = re.compile(r"(?<![\w.,])\d[\d,.]* (?:mg/kg|mL/min|mg/L|mg|g|hours|million units)\b")
# Labels of the full screen whose lines stand on a page in other words, tested one by one below.
REWORDED = {"Results", "Not offered", "Status", "Monitoring", "Identity", "Information"}


def read(html: str) -> str:
    return Read(html).words


def rendered(markdown: str) -> str:
    return read(MarkdownIt("commonmark").enable("table").render(markdown))


@pytest.fixture(scope="module")
def told(pages):
    """The words of each page, in both formats."""
    return {
        stem: {"html": read(made.html), "md": rendered(made.markdown)}
        for stem, made in pages.items()
    }


def orders_of(answer_: Recommendation) -> list[DrugOrder]:
    return [order for o in answer_.regimens for order in (*o.drugs, *o.companions)]


def wanted(held: Recommendation) -> list[str]:
    """Everything that has to be read on the page, from the answer itself."""
    found = (*of_what_to_do(held), *of_offers(held), *of_reasons(held), *of_the_course(held))
    return [on_one_line(line) for line in found if line]


def of_what_to_do(held: Recommendation) -> Iterator[str]:
    yield from (held.headline, held.summary, *held.lab_requests, *held.notes, held.note or "")
    yield held.kidney.text if held.regimens else ""
    for alert in held.alerts:
        yield from (alert.text, alert.action, f"[{alert.id}]", *(s.id for s in alert.sources))
    for gap in gaps_of(held):
        yield from (gap.what, gap.why.rstrip("."), gap.supply)
    yield from (item.because for item in held.order_check.change)
    yield from (f"{item.says}: {item.text}" for item in held.would_change or ())
    yield from (i.name for i in held.missing_value_effects or ())
    yield held.next_question.text if held.next_question else ""
    if held.abstention is not None:
        yield from (line.rstrip(": ") for line in held.abstention.lines)


def of_offers(held: Recommendation) -> Iterator[str]:
    for offered in held.regimens:
        yield from (*offered.because, *offered.administration, *offered.supply)
        yield from (source.id for source in offered.sources)
    for item in held.information:
        yield from (item.text, *item.status.values())


def of_reasons(held: Recommendation) -> Iterator[str]:
    for rejected in held.rejected:
        yield from (*rejected.because, *rejected.rules)
    for line in held.susceptibilities:
        yield from (regimen_name(line.drug), line.used, line.breakpoint or "", line.mic_mg_l or "")
        yield "" if line.why == f"reported {line.reported}" else line.why
    for position in held.guideline_positions:
        names = (*position.preferred, *position.alternative, *position.last_resort)
        yield from (*map(regimen_name, names), position.note)
    yield from (held.pair_support.text, held.pair_support.request)


def of_the_course(held: Recommendation) -> Iterator[str]:
    for test in held.monitoring:
        yield from (test.test, test.when)
    if due := held.review_due:
        yield from (due.text, due.first_on, due.last_on)
    yield held.duration.text if held.duration else ""
    yield held.step_down or ""


@pytest.mark.parametrize("form", ["html", "md"])
@pytest.mark.parametrize("stem", EXAMPLES)
def test_everything_of_the_answer_is_there(pages, told, stem, form):
    assert [line for line in wanted(pages[stem].answer) if line not in told[stem][form]] == []


@pytest.mark.parametrize("form", ["html", "md"])
@pytest.mark.parametrize("stem", EXAMPLES)
def test_everything_of_the_full_screen_is_there(pages, told, stem, form):
    made = pages[stem]
    sections = (*why_sections(made.answer), *full_sections(made.answer, made.evidence))
    heads = {f"{regimen_name(item.id)}:" for item in made.answer.regimens}
    lines = [line for label, said in sections if label not in REWORDED for line in said]
    missing = [line for line in lines if on_one_line(line) not in told[stem][form]]
    assert set(missing) <= heads, "a regimen's name before its reasons stands without the colon"


@pytest.mark.parametrize("form", ["html", "md"])
@pytest.mark.parametrize("stem", EXAMPLES)
def test_every_dose_stands_whole_with_interval_and_infusion_time(pages, told, stem, form):
    for order in orders_of(pages[stem].answer):
        name = f"{drug_name(order.drug)} "
        for dose in (order.loading_dose, order.maintenance_dose):
            if dose is not None:
                assert dose.text.removeprefix(name) in told[stem][form]
        if order.maintenance_dose is not None:
            assert every(order.interval_h, order.to_interval_h) in told[stem][form]
            assert over(order.infusion_h, order.to_infusion_h) in told[stem][form]


@pytest.mark.parametrize("form", ["html", "md"])
@pytest.mark.parametrize("stem", EXAMPLES)
def test_no_amount_stands_there_that_is_not_in_the_answer(pages, told, stem, form):
    """Every number with a unit comes from the answer, its schedule or its evidence."""
    made = pages[stem]
    sections = (*why_sections(made.answer), *full_sections(made.answer, made.evidence))
    held = (
        repr(made.answer),
        repr(made.schedules),
        *(line for _, said in sections for line in said),
    )
    source = on_one_line(" ".join((*held, *wanted(made.answer))))
    found = set(AMOUNT.findall(told[stem][form].replace("First 24 hours", "")))
    assert found
    assert [amount for amount in sorted(found) if amount not in source] == []


@pytest.mark.parametrize("form", ["html", "md"])
@pytest.mark.parametrize("stem", EXAMPLES)
def test_nothing_is_written_in_a_dangerous_way(pages, told, stem, form):
    words = told[stem][form]
    for line in pages[stem].evidence:  # whose claims have names like 1g
        words = words.replace(on_one_line(line), "")
    for what, pattern in FORBIDDEN.items():
        found = re.search(pattern, words)
        assert not found, f"{what}: {words[max(0, found.start() - 40) : found.end() + 20]!r}"


@pytest.mark.parametrize("stem", EXAMPLES)
def test_nothing_points_at_a_screen_that_is_not_there(told, stem):
    for form in ("html", "md"):
        assert not re.search(r"--(?:full|why)\b", told[stem][form])
        assert "would_change" not in told[stem][form]


# -- order ----------------------------------------------------------------------------------------


def headings(html: str) -> list[str]:
    return re.findall(r"<h[1-6]>(.*?)</h[1-6]>", html)


def test_stops_stand_before_the_regimen_and_the_regimen_before_all_else(knowledge):
    made = made_of(answer(alerts=(STOP,)), knowledge)
    order = headings(made.html)
    assert order[:3] == ["Advice for case ward7-0231", "Stop", "Regimen and dose"]
    for words in (read(made.html), rendered(made.markdown)):
        assert words.index(STOP.text) < words.index("over 3 hours") < words.index("Not offered")


def test_an_abstention_stands_where_the_regimen_would(pages):
    abstained = [made for made in pages.values() if made.answer.outcome == "abstention"]
    assert abstained
    for made in abstained:
        order = [title for title in headings(made.html)[1:] if title != "Stop"]
        assert order[0] == "No regimen offered"


def test_overdue_knowledge_is_said_before_the_advice(knowledge):
    stamp = PROVENANCE._replace(review_due_on="2026-11-21")
    made = made_of(answer(provenance=stamp), knowledge)
    said = "KNOWLEDGE OVERDUE FOR REVIEW since 2026-11-21"
    for page in (read(made.html), rendered(made.markdown)):
        assert page.index(said) < page.index(
            "Give ceftazidime-avibactam and aztreonam together now."
        )


def test_a_local_file_that_applied_is_named_at_the_top(knowledge):
    local = {"path": "/etc/ndm/config.toml", "sha256": "b" * 64, "keys": ["region", "stock"]}
    made = made_of(answer(provenance=PROVENANCE._replace(local_override=local)), knowledge)
    for words in (read(made.html), rendered(made.markdown)):
        assert words.index("/etc/ndm/config.toml: region, stock") < words.index("Regimen and dose")
        assert "b" * 64 in words


def test_what_a_dose_depends_on_stands_between_its_name_and_its_dose(knowledge):
    conditional = offer(
        "cefiderocol", CEFIDEROCOL, conditions=("only if the isolate was retested",)
    )
    words = read(made_of(answer(conditional), knowledge).html)
    assert words.index("the isolate was retested") < words.index("1.5 g")


def test_a_further_regimen_keeps_its_whole_order_and_its_condition(knowledge):
    second = SECOND._replace(conditions=("only if stocked",))
    words = read(made_of(answer(answer().regimens[0], second), knowledge).html)
    assert "cefiderocol 1.5 g IV every 8 hours over 3 hours" in words
    assert "stocked" in words


def change(number: int, *flips: str) -> WouldChange:
    return WouldChange(
        set={f"panel.results.drug-{number}": "R"},
        outcome="regimens",
        preferred=("cefiderocol",),
        doses_change=False,
        alerts_added=(),
        key=f"panel.results.drug-{number}",
        flips=flips,
        alerts_removed=(),
        also=(),
        says=f"drug {number} tested R",
        text="prefer cefiderocol",
    )


def changes_of(html: str) -> list[str]:
    pattern = r'<(?:section|details) class="s-changes.*?</(?:section|details)>'
    return re.findall(pattern, html, re.DOTALL)


def test_a_few_changes_stand_open_and_nothing_is_closed(knowledge):
    html = made_of(answer(would_change=(change(1, "dose"),)), knowledge).html
    (only,) = changes_of(html)
    assert "drug 1 tested R: prefer cefiderocol" in only


def test_of_many_changes_the_weightiest_stand_open_and_all_of_them_closed(knowledge):
    """Two sheets have to hold the page."""
    tried = (*(change(n, "dose") for n in range(8)), change(8, "preferred"))
    html = made_of(answer(would_change=tried), knowledge).html
    open_, closed = changes_of(html)
    assert "drug 8 tested R" in open_
    assert open_.count("prefer cefiderocol") < len(tried)
    assert f"and {len(tried) - open_.count('prefer cefiderocol')} more" in open_
    assert closed.startswith("<details ")
    assert closed.count("prefer cefiderocol") == len(tried)


def test_the_legend_names_what_is_drawn_and_nothing_else(pages):
    legends = {stem: made.html for stem, made in pages.items() if "<figcaption>" in made.html}
    assert legends
    for html in legends.values():
        for figure in re.findall(r"<figure>.*?</figure>", html, re.DOTALL):
            assert ("hatched: load" in figure) == ('<rect class="load"' in figure)
            assert ("solid: maintenance" in figure) == ('<rect class="dose"' in figure)
            assert ("diamond:" in figure) == ("<path" in figure)


# -- markup ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("stem", EXAMPLES)
def test_the_markup_is_sound_and_readable_without_eyes(pages, stem):
    html = pages[stem].html
    found = Read(html)
    assert found.open == [], "every element is closed"
    assert found.all("html")[0]["lang"] == "en-GB"
    levels = [int(tag[1]) for tag, _ in found.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(head["scope"] in {"col", "row"} for head in found.all("th"))
    assert len(found.all("caption")) == len(found.all("table"))
    ids = [a["id"] for _, a in found.elements if "id" in a]
    assert len(ids) == len(set(ids))
    for svg in found.all("svg"):
        assert svg["role"] == "img"
        assert set((svg["aria-labelledby"] or "").split()) <= set(ids)
    assert len(found.all("svg")) == html.count("<desc ")


@pytest.mark.parametrize("stem", EXAMPLES)
def test_nothing_runs_and_nothing_is_fetched(pages, stem):
    html = pages[stem].html
    found = Read(html)
    tags = {tag for tag, _ in found.elements}
    assert not tags & {"script", "img", "iframe", "object", "link", "a", "form", "base", "use"}
    for _, attributes in found.elements:
        assert not [name for name in attributes if name.startswith("on") or name in {"src", "href"}]
        assert "style" not in attributes
    policy = next(m["content"] for m in found.all("meta") if m.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert not re.search(r"url\((?!#)|@import|https?:", html.partition("</style>")[0])


# -- the drawing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("stem", EXAMPLES)
def test_bars_stand_where_the_infusions_run(pages, stem):
    """Read the bars back into minutes by the scale of the drawing itself."""
    made = pages[stem]
    drawn = re.findall(r"<svg .*?</svg>", made.html, re.DOTALL)
    tables = [s.timetable for s in made.schedules.values() if s.timetable]
    tables = [t for t in tables if any(day.starts for day in t.drugs)]
    assert len(drawn) == len(tables)
    for svg, table in zip(drawn, tables, strict=True):
        ticks = [
            (float(x), int(h)) for x, h in re.findall(r'class="hour" x="([\d.]+)".*?>(\d+)', svg)
        ]
        (left, _), *_, (right, _) = ticks
        assert [hour for _, hour in ticks] == list(range(0, 25, 4))
        per_minute = (right - left) / (24 * 60)
        bars = [
            ((float(x) - left) / per_minute, float(w) / per_minute)
            for x, w in re.findall(
                r'<rect class="(?:load|dose)".*?x="([\d.]+)".*?width="([\d.]+)"', svg
            )
        ]
        expected = [
            (start.start_min, min(start.end_min, 1440) - start.start_min)
            for day in table.drugs
            for start in day.starts
            if start.end_min is not None
        ]
        assert len(bars) == len(expected)
        for (at, length), (start, minutes) in zip(bars, expected, strict=True):
            assert at == pytest.approx(start, abs=1)
            assert length == pytest.approx(minutes, abs=1)
        moments = [s for day in table.drugs for s in day.starts if s.end_min is None]
        assert len(re.findall(r'<path class="(?:load|dose)"', svg)) == len(moments)
        loads = [s for day in table.drugs for s in day.starts if s.part == "load"]
        assert len(re.findall(r'class="load"', svg)) == len(loads)
        for drug in (drug_name(day.drug) for day in table.drugs):
            assert f"{drug}</text>" in svg
