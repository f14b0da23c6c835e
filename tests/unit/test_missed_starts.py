"""Policy section 5 and 6, `pair-renal-divergence`: aztreonam starts that stand alone in 48 h."""

from __future__ import annotations

import pytest

from ndm_advisor.decision.alerts.of_kidney import missed_starts


@pytest.mark.parametrize(
    ("partner_h", "aztreonam_h", "said"),
    [(8, 8, "0 of 6"), (12, 8, "4 of 6"), (24, 8, "4 of 6"), (48, 8, "5 of 6")],
)
def test_aztreonam_starts_alone_in_48_h(partner_h: float, aztreonam_h: float, said: str) -> None:
    assert missed_starts(partner_h, aztreonam_h) == said


@pytest.mark.parametrize(("partner_h", "aztreonam_h"), [(None, 8), (12, None), (None, None)])
def test_no_count_while_an_interval_is_not_set(
    partner_h: float | None, aztreonam_h: float | None
) -> None:
    assert missed_starts(partner_h, aztreonam_h) == ""
