"""Every key and value of a TOML text can be pointed at; an unknown place is not invented."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from ndm_advisor.read.positions import TomlPlaces, dotted, nowhere, scan

TRICKY = '''\
# a comment with = and [brackets]
plain = 1   # trailing
"quoted key" = "with # no comment and \\" a quote"
'literal.key' = 'C:\\path'
a.b . "c d" = 0x1F
empty = {}
none = []
long = """
first line
second "" line """""
raw = \'\'\'
# not a comment [x]
\'\'\'
numbers = [
    1, # one
    2.5e3,
    [3, "]"], # nested

]
inline = { x = 1, y.z = [ { deep = true } ], "k }" = "," }
when = 2026-11-20 08:00:00
[table]
key = true
[table.sub]
key = nan
[[rows]]
name = "first"
[[rows]]
name = "second"
[rows.inner]
value = 1
[[rows.more]]
n = 1
[[rows.more]]
n = 2
[  spaced . "out"  ] # header comment
last = ""'''


def leaves(node, path=()):
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    elif isinstance(node, list) and node:
        for index, value in enumerate(node):
            yield from leaves(value, (*path, index))
    else:
        yield path, node


def assert_indexed(text):
    spans = scan(text).values
    for path, value in leaves(tomli.loads(text)):
        if path in spans:
            start, end = spans[path]
            assert repr(tomli.loads(f"v = {text[start:end]}")["v"]) == repr(value), path
        elif path:
            assert value == {}, path  # an empty table has a header, no value
            assert path in scan(text).keys


def test_every_value_of_a_tricky_text_is_found():
    assert_indexed(TRICKY)


def test_every_value_of_a_full_case_is_found():
    assert_indexed((Path(__file__).parent / "full-case.toml").read_text(encoding="utf-8"))


KEYS = st.from_regex(r"[a-z]{1,3}", fullmatch=True) | st.text(min_size=1, max_size=3).filter(
    lambda key: key.isprintable() and '"' not in key and "\\" not in key
)
SCALARS = st.integers(-9, 99) | st.booleans() | st.text(max_size=5).filter(str.isprintable)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)


def written(value, gap):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return f"[{gap}" + f",{gap}".join(written(item, gap) for item in value) + f"{gap}]"
    if isinstance(value, dict):
        pairs = (f'"{key}" = {written(item, gap)}' for key, item in value.items())
        return "{ " + ", ".join(pairs) + " }"
    return str(value)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(KEYS, VALUES, max_size=3),
    st.lists(st.dictionaries(KEYS, VALUES, max_size=3), max_size=2),
    st.sampled_from(["", " ", "\n", " # note, ]\n "]),
)
def test_every_value_of_any_text_is_found(top, rows, gap):
    lines = [f'"{key}" = {written(value, gap)}' for key, value in top.items()]
    for row in rows:
        lines.append("[[_rows]]")
        lines.extend(f'"{key}" = {written(value, gap)}' for key, value in row.items())
    text = "\n".join(lines)
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError:
        return  # TOML 1.0 keeps inline tables on one line
    assert_indexed(text)


@pytest.mark.parametrize(
    ("path", "part", "expected"),
    [
        (("plain",), "key", (2, 1, 5)),
        (("plain",), "value", (2, 9, 1)),
        (("quoted key",), "key", (3, 1, 12)),
        (("a", "b", "c d"), "key", (5, 1, 11)),
        (("a", "b"), "key", (5, 1, 3)),
        (("long",), "value", (8, 8, 3)),  # the first line only
        (("numbers", 2, 1), "value", (17, 9, 3)),
        (("inline", "y", "z", 0, "deep"), "value", (20, 36, 4)),
        (("table",), "key", (22, 1, 7)),
        (("rows",), "key", (26, 1, 8)),
        (("rows", 1), "key", (28, 1, 8)),
        (("rows", 1, "name"), "value", (29, 8, 8)),
        (("rows", 1, "inner", "value"), "value", (31, 9, 1)),
        (("rows", 1, "more", 1, "n"), "value", (35, 5, 1)),
        (("spaced", "out", "last"), "value", (37, 8, 2)),
    ],
)
def test_a_key_and_its_value_have_line_column_and_width(path, part, expected):
    place = TomlPlaces(TRICKY)(path, part)
    assert place is not None
    assert (place.line, place.column, place.width) == expected
    assert place.source_line == TRICKY.split("\n")[expected[0] - 1]


def test_what_is_not_in_the_text_has_no_place():
    assert TomlPlaces(TRICKY)(("table", "other"), "key") is None
    assert nowhere(("plain",), "key") is None


def test_text_that_ends_in_the_middle_keeps_what_came_before():
    places = TomlPlaces('good = 1\nbad = "')
    assert places(("good",), "value") is not None
    assert places(("bad",), "value") == places(("bad",), "key")  # the value is not known


def test_nonsense_depth_is_left_out():
    text = "ok = 1\na = " + "[" * 50 + "]" * 50 + "\nb = 2"
    places = TomlPlaces(text)
    assert places(("ok",), "key") is not None
    assert places(("b",), "key") is None


def test_a_key_is_written_as_a_person_would():
    assert dotted(("orders", 0, "dose_mg")) == "orders.1.dose_mg"
    assert dotted(("panel", "results", "fosfomycin (iv)")) == 'panel.results."fosfomycin (iv)"'
