"""Whatever stands in a field reaches the page as text."""

from __future__ import annotations

import html as escapes
import io
import json
import re
from typing import Any

import pytest
from markdown_it import MarkdownIt
from pypdf import PdfReader

from ndm_advisor.errors import CaseError
from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import CaseRef
from ndm_advisor.read.case_file import read_case
from ndm_advisor.render.text import visible
from tests.render import factory

from .conftest import ON, made_of
from .reading import Read

PAYLOADS = {
    "script": "<script>document.title='RUN'</script>",
    "closing": "</style></title></script><script>document.title='RUN'</script><style>",
    "handler": "<img src=x onerror=\"document.title='RUN'\"><svg onload=document.title='RUN'>",
    "attribute": "\" onmouseover=\"document.title='RUN'\" x='",
    "template": "{{ 7*7 }}{% raw %}${7*7}",
    "stylesheet": "'; } body { display: none } @import url(http://example.invalid/x); /*",
    "address": "http://example.invalid/ javascript:alert(1) <http://example.invalid>",
    "markdown": "# h\n- [a](http://example.invalid) ![b](http://example.invalid) **c** `d` | e |",
    "terminal": "\x1b[31mred\x1b[0m\x07 \x9b31m",
    "directions": "abc\u202edcba\u202c \u2066x\u2069 \u200bzero\ufeff",
    "comment": "<!--rows--> --> ]]> &lt;b&gt; &#60;",
    "long": "W" * 400,
}


def one_line(words: str) -> str:
    return " ".join(visible(words).split())


def hostile_case(payload: str) -> dict[str, Any]:
    return {
        "format": "ndm-advisor/case/1",
        "id": payload,
        "note": payload,
        "isolate": {"organism": "E. coli", "mbl": "confirmed", "mbl_family": "NDM"},
        "panel": {"standard": "EUCAST", "results": {"aztreonam-avibactam": "S"}},
        "infection": {
            "site": "bloodstream",
            "polymicrobial": True,
            "other_organisms": [payload],
        },
        "patient": {
            "allergies": [{"drug": payload, "reaction": payload}],
            "medicines": [payload],
            "conditions": [payload],
        },
        "orders": [{"drug": payload, "dose_mg": 1, "interval_h": 8, "route": "iv"}],
    }


def accepted(payload: str, names) -> dict[str, Any]:
    """The hostile case without the fields that its reader refuses."""
    held = hostile_case(payload)
    for _ in range(12):
        try:
            read_case(json.dumps(held), path="case.json", names=names, on=ON, settings=())
        except CaseError as error:
            for key in {problem.key for problem in error.problems if problem.key}:
                drop(held, key)
        else:
            return held
    pytest.fail("no field of the hostile case was accepted")


def drop(held: dict[str, Any], key: str) -> None:
    """Take out the key; where it is a part of a list, the list."""
    table, _, name = key.partition(".")
    if name and isinstance(held.get(table), dict):
        held[table].pop(name.partition(".")[0], None)
    else:
        held.pop(table, None)


def everywhere(value: Any, payload: str) -> Any:
    """An answer with the payload behind every text that is not an id, an enum or a date."""
    if not isinstance(value, tuple):
        return value
    fields = getattr(value, "_fields", None)
    if fields is None:
        return tuple(
            f"{item} {payload}" if isinstance(item, str) else everywhere(item, payload)
            for item in value
        )
    free = {"text", "action", "because", "why", "what", "supply", "note", "summary", "headline"}
    free |= {"reason", "ask", "running_drug", "at", "test", "when", "dialysis", "dose_beyond"}
    free |= {
        "acknowledged",
        "step_down",
        "breakpoint",
        "reported",
        "mic_mg_l",
        "path",
        "breakpoints",
    }
    changed = {}
    for name in fields:
        item = getattr(value, name)
        is_free = name in free and isinstance(item, str)
        changed[name] = f"{item} {payload}" if is_free else everywhere(item, payload)
    return value._replace(**changed)


def assert_inert(browser, tmp_path, html: str, payload: str, at_least: int) -> None:
    file = tmp_path / "page.html"
    file.write_text(html, encoding="utf-8")
    with browser.open(file) as tab:
        assert "RUN" not in tab.run("document.title").replace(one_line(payload), "")
        assert tab.run("document.querySelectorAll('script,img,iframe,a,form,link').length") == 0
        assert tab.run("document.querySelectorAll('style').length") == 1
        assert tab.run("document.querySelectorAll('main').length") == 1
        handlers = "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())"
        assert [name for name in tab.run(handlers) if name.startswith("on")] == []
        words = " ".join(tab.run("document.body.textContent").replace("\u00a0", " ").split())
        assert words.count(one_line(payload)) >= at_least
        assert tab.requests == [file.as_uri()]
        assert tab.said == []
        assert tab.run("document.documentElement.scrollWidth") <= 1100
        sheets = PdfReader(io.BytesIO(tab.pdf("A4"))).pages
    assert re.search(r"page 1 of \d+", sheets[0].extract_text())


@pytest.mark.parametrize("name", PAYLOADS)
def test_every_free_field_of_a_case(browser, knowledge, names, tmp_path, name):
    payload = PAYLOADS[name]
    held = accepted(payload, names)
    assert {"id", "note", "orders"} <= held.keys()
    assert "medicines" in held["patient"]
    case, _ = read_case(json.dumps(held), path="case.json", names=names, on=ON, settings=())
    reference = CaseRef(case.id, f"{payload}/case.json", "a" * 64)
    made = made_of(advise(case, knowledge, on=ON, reference=reference), knowledge)
    assert_inert(browser, tmp_path, made.html, payload, at_least=3)


@pytest.mark.parametrize("name", PAYLOADS)
def test_every_text_of_an_answer(browser, knowledge, tmp_path, name):
    payload = PAYLOADS[name]
    held = everywhere(factory.answer(alerts=(factory.STOP, factory.EDGE), note="n"), payload)
    made = made_of(held, knowledge)
    assert_inert(browser, tmp_path, made.html, payload, at_least=25)


@pytest.mark.parametrize("name", PAYLOADS)
def test_in_markdown_too(knowledge, name):
    payload = PAYLOADS[name]
    held = everywhere(factory.answer(alerts=(factory.STOP, factory.EDGE), note="n"), payload)
    made = made_of(held, knowledge)
    assert made.markdown.isprintable() or set(made.markdown) - {"\n"} == {
        c for c in made.markdown if c.isprintable()
    }
    read = MarkdownIt("commonmark").enable("table").render(made.markdown)
    assert not re.search(r"<(?:script|img|a|svg|style|h4|code|em)\b", read)
    words = " ".join(escapes.unescape(re.sub(r"<[^>]*>", " ", read)).split())
    assert words.count(one_line(payload)) >= 25


def test_a_stamp_cannot_leave_its_margin(knowledge):
    """A case's label stands in the style sheet, for the foot of each sheet: by numbers only."""
    label = "a\"; } body { display: none } </style>\\22 \n@import 'x"
    made = made_of(factory.answer(case=factory.answer().case._replace(id=label)), knowledge)
    style = made.html.partition("<style>")[2].partition("</style>")[0]
    (foot,) = re.findall(r"@bottom-left \{ content: (.*) \}", style)
    assert re.fullmatch(r'"(?:[A-Za-z0-9 .,|()-]|\\[0-9a-f]+ )*";', foot)
    assert Read(made.html).open == []
