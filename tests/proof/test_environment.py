"""What a run of the environments keeps: only what worked counts when it goes on."""

from pathlib import Path

from tests.proof import environment as environments
from tests.proof.environment import Environment, Step

_WORKED = Environment("3.11", "python3.11", "lowest")
_FAILED = Environment("3.12", "python3.12", "highest")


def test_what_failed_is_tried_again(tmp_path: Path) -> None:
    tried = {
        _WORKED: [Step("wheel installs", ""), Step("selftest", "")],
        _FAILED: [Step("wheel installs", ""), Step("selftest", "it does not pass")],
    }
    environments._keep(tmp_path, tried, 12.5)
    assert environments._kept(tmp_path) == ({"3.11 lowest": tried[_WORKED]}, 12.5)


def test_a_run_of_another_program_is_not_gone_on_with(tmp_path: Path, monkeypatch) -> None:
    environments._keep(tmp_path, {_WORKED: [Step("wheel installs", "")]}, 1.0)
    monkeypatch.setattr(environments, "_stamp", lambda: {"ndm_advisor": "another"})
    assert environments._kept(tmp_path) is None


def test_nothing_kept_is_nothing_to_go_on_with(tmp_path: Path) -> None:
    assert environments._kept(tmp_path) is None
