"""The first 24 hours of a regimen: starts, ends, shared starts, partners, lines."""

from __future__ import annotations

import pytest

from ndm_advisor.explain.timetable import DAY_MIN, Timetable, timetable
from ndm_advisor.model.answer import Dose, DrugOrder, Offer
from ndm_advisor.model.knowledge import Knowledge

PAIR = "ceftazidime-avibactam+aztreonam"


def dose(text: str = "a dose") -> Dose:
    return Dose(text, 1000, None, {"x": 1000}, None, None)


def order(
    drug: str,
    interval_h: float | None,
    *,
    infusion_h: float | None = 3,
    load: bool = False,
    **changes: object,
) -> DrugOrder:
    made = DrugOrder(
        drug=drug,
        route="iv",
        loading_dose=dose("the load") if load else None,
        maintenance_dose=dose(),
        interval_h=interval_h,
        to_interval_h=None,
        doses=None,
        infusion_h=infusion_h,
        to_infusion_h=None,
        daily_max_mg=None,
        crcl_band=None,
        band_edge=None,
        bands=None,
        alternative_dose=None,
        dialysis=None,
        basis="label",
        sources=(),
    )
    return made._replace(**changes)


def offer(ident: str, *drugs: DrugOrder, companions: tuple[DrugOrder, ...] = ()) -> Offer:
    return Offer(
        id=ident,
        rank="preferred",
        order=1,
        provisional=False,
        conditions=(),
        companions=companions,
        support="susceptible",
        strength=None,
        certainty=None,
        basis="label",
        because=(),
        sources=(),
        drugs=drugs,
    )


def pair(partner_h: float, aztreonam_h: float, *, load: bool = False) -> Offer:
    return offer(
        PAIR,
        order("ceftazidime-avibactam", partner_h),
        order("aztreonam", aztreonam_h, load=load),
    )


def starts(table: Timetable, drug: str) -> list[tuple[str, int, int | None]]:
    (day,) = [d for d in table.drugs if d.drug == drug]
    return [(s.part, s.start_min, s.end_min) for s in day.starts]


@pytest.mark.parametrize(
    ("interval_h", "minutes"),
    [(6, [0, 360, 720, 1080]), (8, [0, 480, 960]), (12, [0, 720])],
)
def test_maintenance_starts_one_interval_after_the_start_of_the_load(
    knowledge: Knowledge, interval_h: float, minutes: list[int]
) -> None:
    made = offer("aztreonam-avibactam", order("aztreonam-avibactam", interval_h, load=True))
    drawn = starts(timetable(made, "EU", knowledge), "aztreonam-avibactam")
    assert [at for _, at, _ in drawn] == minutes
    assert [part for part, _, _ in drawn] == ["load"] + ["maintenance"] * (len(minutes) - 1)
    assert all(end == at + 180 for _, at, end in drawn)


def test_a_start_at_24_hours_belongs_to_the_next_day(knowledge: Knowledge) -> None:
    table = timetable(offer("cefiderocol", order("cefiderocol", 8)), "EU", knowledge)
    assert table.drugs[0].next_start_min == DAY_MIN


def test_every_48_hours_has_one_start_and_names_the_next(knowledge: Knowledge) -> None:
    (partner, _) = timetable(pair(48, 8), "US", knowledge).drugs
    assert [s.start_min for s in partner.starts] == [0]
    assert partner.next_start_min == 48 * 60


def test_a_single_dose_has_no_next(knowledge: Knowledge) -> None:
    made = offer("amikacin", order("amikacin", None, infusion_h=0.5, doses=1))
    (day,) = timetable(made, "EU", knowledge).drugs
    assert [(s.start_min, s.end_min) for s in day.starts] == [(0, 30)]
    assert day.next_start_min is None


def test_a_number_of_doses_ends_the_day(knowledge: Knowledge) -> None:
    made = offer("x", order("gentamicin", 6, doses=2, load=True))
    (day,) = timetable(made, "EU", knowledge).drugs
    assert [s.start_min for s in day.starts] == [0, 360, 720]  # the load and two doses


def test_a_dose_by_mouth_has_a_start_and_takes_no_line(knowledge: Knowledge) -> None:
    made = offer("nitrofurantoin", order("nitrofurantoin", 12, infusion_h=None, route="oral"))
    table = timetable(made, "EU", knowledge)
    assert starts(table, "nitrofurantoin") == [("maintenance", 0, None), ("maintenance", 720, None)]
    assert table.busiest is None


def test_a_printed_range_of_time_holds_the_line_to_its_longer_end(knowledge: Knowledge) -> None:
    made = offer("x", order("metronidazole", 8, infusion_h=0.33, to_infusion_h=1))
    (day,) = timetable(made, "EU", knowledge).drugs
    assert day.starts[0].end_min == 60
    assert "printed over 20 to 60 minutes; drawn over 1 hour" in day.notes


def test_a_third_of_an_hour_is_twenty_minutes(knowledge: Knowledge) -> None:
    made = offer("x", order("aztreonam", 8, infusion_h=0.33))
    assert timetable(made, "EU", knowledge).drugs[0].starts[0].end_min == 20


def test_no_dose_says_why_and_draws_nothing(knowledge: Knowledge) -> None:
    without = order(
        "aztreonam", None, maintenance_dose=None, infusion_h=None, pending="dose withheld: unknown"
    )
    made = offer(PAIR, order("ceftazidime-avibactam", 8), without)
    table = timetable(made, "EU", knowledge)
    assert table.drugs[1].starts == ()
    assert table.drugs[1].pending == "dose withheld: unknown"
    assert table.unpartnered is None
    assert table.busiest is not None
    assert table.busiest.drugs == ("ceftazidime-avibactam",)


# -- policy section 5: the pair's intervals part company ------------------------------------------


@pytest.mark.parametrize(
    ("partner_h", "aztreonam_h", "alone", "of", "in_48_h"),
    [
        (8, 8, 0, 3, "0 of 6"),
        (12, 8, 2, 3, "4 of 6"),
        (24, 8, 2, 3, "4 of 6"),
        (48, 8, 2, 3, "5 of 6"),
        (8, 6, 3, 4, "6 of 8"),
    ],
)
def test_starts_without_a_partner(  # noqa: PLR0917
    knowledge: Knowledge, partner_h: float, aztreonam_h: float, alone: int, of: int, in_48_h: str
) -> None:
    table = timetable(pair(partner_h, aztreonam_h, load=True), "EU", knowledge)
    assert table.unpartnered == (alone, of, in_48_h)
    assert bool(table.different_intervals) == (partner_h != aztreonam_h)


def test_same_starts_are_named(knowledge: Knowledge) -> None:
    table = timetable(pair(12, 8), "EU", knowledge)
    assert [t.start_min for t in table.same_starts] == [0]
    assert [t.start_min for t in timetable(pair(8, 8), "EU", knowledge).same_starts] == [
        0,
        480,
        960,
    ]


# -- policy 9.2: lines ----------------------------------------------------------------------------


@pytest.mark.parametrize(("region", "lines"), [("EU", 2), ("US", 1)])
def test_the_pair_shares_a_line_by_the_us_label(
    knowledge: Knowledge, region: str, lines: int
) -> None:
    busiest = timetable(pair(8, 8), region, knowledge).busiest
    assert busiest is not None
    assert (busiest.lines, busiest.lines_if_shared) == (lines, 1)


@pytest.mark.parametrize(("region", "lines"), [("EU", 3), ("US", 2)])
def test_metronidazole_has_its_own_line(knowledge: Knowledge, region: str, lines: int) -> None:
    metronidazole = order("metronidazole", 8, infusion_h=1)
    made = pair(8, 8)._replace(companions=(metronidazole,))
    busiest = timetable(made, region, knowledge).busiest
    assert busiest is not None
    assert busiest.lines == lines
    assert "Metronidazole: own line." in busiest.text


@pytest.mark.parametrize("drug", ["aztreonam-avibactam", "cefiderocol"])
def test_a_and_f_have_their_own_line(knowledge: Knowledge, drug: str) -> None:
    busiest = timetable(offer(drug, order(drug, 8)), "US", knowledge).busiest
    assert busiest is not None
    assert (busiest.lines, busiest.lines_if_shared) == (1, None)
    assert "own line" in busiest.text


def test_an_infusion_that_has_ended_holds_no_line(knowledge: Knowledge) -> None:
    one = order("cefiderocol", 6, infusion_h=3)
    made = offer("x", one, order("metronidazole", 3, infusion_h=3))
    busiest = timetable(made, "EU", knowledge).busiest
    assert busiest is not None
    assert (busiest.at_min, busiest.lines) == (0, 2)
    back_to_back = offer("x", order("cefiderocol", 3, infusion_h=3))
    alone = timetable(back_to_back, "EU", knowledge).busiest
    assert alone is not None
    assert alone.lines == 1
