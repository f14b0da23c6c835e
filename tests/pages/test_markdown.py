"""Markdown that reads as the words it was made of, whatever they are."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ndm_advisor.render.pages.markdown import Writer, escaped, row_of
from ndm_advisor.render.text import visible

from .conftest import EXAMPLES

READER = MarkdownIt("commonmark").enable("table")
SPECIAL = st.text(alphabet=" \\`*_{}[]()<>#+-.!|~&:=/\"'1a\u202e\x1b\t\nw@h", max_size=24)
WORDS = st.one_of(SPECIAL, st.text(max_size=40))
ALLOWED = {"h1", "h2", "h3", "p", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td"}
ALLOWED |= {"br", "hr"}


def shown(words: str) -> str:
    """What a reader has to see: one line, as HTML writes it."""
    return html.escape(visible(words).strip(), quote=False).replace('"', "&quot;")


def one_space(text: str) -> str:
    return re.sub(" +", " ", text)


@given(WORDS)
def test_a_paragraph_reads_as_its_words(words):
    made = READER.render(f"before\n\n{escaped(words)}\n\nafter")
    expected = f"<p>{shown(words)}</p>\n" if visible(words).strip() else ""
    assert made == f"<p>before</p>\n{expected}<p>after</p>\n"


@given(WORDS)
def test_a_list_item_and_strong_words_read_as_their_words(words):
    if not visible(words).strip():
        return
    assert READER.render(f"- {escaped(words)}") == f"<ul>\n<li>{shown(words)}</li>\n</ul>\n"
    made = READER.render(f"**{escaped(words)}:** x")
    assert made == f"<p><strong>{shown(words)}:</strong> x</p>\n"


@given(WORDS, WORDS)
def test_a_cell_holds_its_words_and_no_border(first, second):
    head = row_of(("a", "b"))
    made = READER.render(
        "\n".join((head, row_of(("---", "---")), row_of(map(escaped, (first, second)))))
    )
    cells = re.findall(r"<td>(.*?)</td>", made, re.DOTALL)
    assert cells == [shown(first), shown(second)]


def test_look_alike_names_are_written_apart_on_request_only():
    assert Writer(tall_man=True).words("ceftazidime 2 g") == "cefTAZidime 2 g"
    assert Writer().words("ceftazidime 2 g") == "ceftazidime 2 g"


@pytest.mark.parametrize("stem", EXAMPLES)
def test_a_page_is_headings_lists_tables_and_paragraphs(pages, stem):
    made = READER.render(pages[stem].markdown)
    assert set(re.findall(r"<([a-z0-9]+)", made)) <= ALLOWED
    rows = [re.findall(r"<t[hd]", row) for row in re.findall(r"<tr>(.*?)</tr>", made, re.DOTALL)]
    assert all(rows)
    levels = [int(level) for level in re.findall(r"<h(\d)>", made)]
    assert levels[0] == 1
    assert max(levels) <= 3


@pytest.mark.parametrize("stem", EXAMPLES)
def test_the_stamp_stands_at_head_and_foot(pages, stem):
    markdown = pages[stem].markdown
    lines = markdown.rstrip("\n").splitlines()
    made = pages[stem].answer.provenance
    for line in (lines[0], lines[-1]):
        assert f"ndm-advisor {made.tool_version}" in line
        assert f"knowledge {made.knowledge_version} ({made.knowledge_sha256[:6]})" in line
        assert "advised 2026-11-22" in line
    assert "Not clinically validated; figures await sign-off." in lines[1]
