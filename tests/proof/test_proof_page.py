"""docs/proof.md: its sections, and what is said of figures whose code has moved on."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from tests.proof import page
from tests.proof.status import status_lines


@pytest.fixture
def checkout(tmp_path):
    """A page with one section, and the three folders a figure is proved on."""
    for folder in page.PROVED:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.toml").write_text("x = 1\n", encoding="utf-8")
    written = tmp_path / "proof.md"
    parts = [f"{begin}\nNot run.\n{end}" for begin, end in map(page.markers, ("status", "sweep"))]
    written.write_text("before\n" + "\n".join(parts) + "\nafter\n", encoding="utf-8")
    return tmp_path, written


def section() -> page.Section:
    return page.Section("sweep", "All of it.", "2026-11-22", [("vectors", "12", "")])


def test_every_part_of_the_page_can_be_run():
    assert page.names()
    for name in page.names():
        found = find_spec(f"tests.proof.{name}")
        assert found is not None
        if found.submodule_search_locations:  # a package is run by its own main module
            assert find_spec(f"tests.proof.{name}.__main__") is not None


def test_the_page_says_of_each_part_whether_its_figures_count():
    """As the page was last written; whether that is still so, `tests.proof.status` says."""
    said = page.between("status")
    for name in page.names():
        assert f"- {name}: " in said


def test_a_part_without_figures_is_not_run(checkout):
    root, written = checkout
    assert status_lines(written, root) == ["- sweep: not run"]


def test_figures_are_current_until_a_folder_changes(checkout):
    root, written = checkout
    page.write(section(), page.hashes(root), written)
    assert "| vectors | 12 |  |" in written.read_text(encoding="utf-8")
    assert status_lines(written, root) == ["- sweep: current"]
    (root / "data" / "a.toml").write_text("x = 2\n", encoding="utf-8")
    assert status_lines(written, root) == ["- sweep: no longer current, changed since: `data`"]


def test_hashes_see_names_and_bytes_and_nothing_else(checkout):
    root, _ = checkout
    before = page.hashes(root)
    (root / "data" / "seal.json").write_text("{}", encoding="utf-8")
    (root / "data" / "README.md").write_text("words", encoding="utf-8")
    assert page.hashes(root) == before
    (root / "data" / "a.toml").rename(root / "data" / "b.toml")
    assert page.hashes(root) != before
    assert page.hashes(root)["ndm_advisor/model"] == before["ndm_advisor/model"]


def test_a_page_without_the_markers_is_refused(checkout):
    _, written = checkout
    with pytest.raises(ValueError, match="no place for other"):
        page.put("other", "text", written)
