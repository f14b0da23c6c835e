"""Runs in steps: alone to the end, and several side by side without touching each other."""

from __future__ import annotations

from ndm_advisor.steps import Steps, finish, side_by_side


def counting(name: str, steps: int, said: list[str]) -> Steps[str]:
    for step in range(steps):
        said.append(f"{name}{step}")
        yield
    return name.upper()


def failing(said: list[str]) -> Steps[str]:
    said.append("x0")
    yield
    raise LookupError(said[-1])


def test_one_run_goes_through_its_steps_to_what_it_returns() -> None:
    said: list[str] = []
    assert finish(counting("a", 2, said)) == "A"
    assert said == ["a0", "a1"]


def test_a_step_is_done_by_all_before_the_next() -> None:
    said: list[str] = []
    assert side_by_side([counting("a", 2, said), counting("b", 3, said)]) == ["A", "B"]
    assert said == ["a0", "b0", "a1", "b1", "b2"]


def test_what_a_run_raises_stands_in_its_place_and_the_others_go_on() -> None:
    said: list[str] = []
    first, broken, last = side_by_side(
        [counting("a", 0, said), failing(said), counting("b", 2, said)]
    )
    assert (first, last) == ("A", "B")
    assert isinstance(broken, LookupError)
    assert said == ["x0", "b0", "b1"]


def test_nothing_side_by_side_is_nothing() -> None:
    assert side_by_side([]) == []
