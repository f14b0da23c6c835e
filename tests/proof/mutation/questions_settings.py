"""What is asked of the policy's numbers: `explain pair_divergence` says the value and its place.

Typed from the clinical policy; the vignettes ask what each number does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.explain.evidence_pages import setting_sections
from ndm_advisor.explain.page_parts import Shelf
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names

# Name, values, section of the policy (or of the dosing dossier) that prints them.
_TYPED: Final = (
    ("adult", ("age_at_least_years = 18",), "section 3, row age"),
    ("adjusted_weight", ("factor = 0.4", "above_ratio_to_ideal = 1.2"), "section 3, row crcl"),
    ("adjusted_weight_plazomicin", ("above_ratio_to_ideal = 1.25",), "dossier section 15.3"),
    ("near_edge", ("fraction = 0.1",), "section 3, Words"),
    ("crcl_given_against_computed", ("difference_fraction = 0.1",), "section 3, row crcl"),
    ("stale_creatinine", ("older_than_days = 1",), "section 6, creatinine-unstable"),
    ("low_clearance_severe", ("crcl_at_most_ml_min = 50",), "section 6, creatinine-unstable"),
    ("unreduced_clearance", ("crcl_ml_min = 100",), "section 5, AKI within 48 h"),
    ("augmented_clearance", ("crcl_at_least_ml_min = 130",), "section 6, augmented-clearance"),
    ("pair", ("infusion_h = 3", "aztreonam_interval_h = 8"), "section 5"),
    ("pair_six_hourly", ("crcl_above_ml_min = 30",), "section 5, hospital.aztreonam_interval_h"),
    ("pair_divergence", ("crcl_at_most_ml_min = 30",), "section 5"),
    ("pair_not_interchangeable", ("crcl_at_most_ml_min = 50",), "section 5"),
    ("haemodialysis_residual", ("crcl_above_ml_min = 15",), "section 5, renal replacement"),
    (
        "severity",
        (
            "sofa_rise_at_least = 2",
            "pitt_score_at_least = 4",
            "increment_cpe_score_at_least = 8",
        ),
        "section 3, row severity",
    ),
    ("pregnancy_ask", ("from_age_years = 12", "to_age_years = 55"), "4.8"),
    ("tetracycline_mic", ("mic_at_least_mg_l = 0.5",), "section 6, tetracycline-mic"),
    ("review", ("first_h = 48", "last_h = 72"), "9.7"),
    (
        "order_dose",
        ("caution_beyond_fraction = 0.1", "stop_above_ratio = 2", "stop_below_ratio = 0.5"),
        "section 6, dose-outside-band",
    ),
    ("order_starts", ("apart_more_than_minutes = 30",), "section 3, Words"),
    ("order_rounding", ("fraction = 0.02",), "section 7"),
)


class SettingQuestion(NamedTuple):
    """One number, or numbers, of the policy."""

    name: str
    values: tuple[str, ...]
    place: str

    @property
    def label(self) -> str:
        return f"explain {self.name}"

    @property
    def texts(self) -> set[str]:
        return {self.name}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The values and the place that the page does not name."""
        page = {s.label: s.lines for s in setting_sections(self.name, Shelf(knowledge, (), {}))}
        if page["Value"] != self.values:
            yield f"{self.name}: {page['Value']}, not {self.values}"
        if not any(self.place in line for line in page.get("Sources", ())):
            yield f"{self.name}: does not cite {self.place}"


def setting_questions() -> Iterator[SettingQuestion]:
    """One for each table of numbers."""
    for name, values, place in _TYPED:
        yield SettingQuestion(name, values, place)
