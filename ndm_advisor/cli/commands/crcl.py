"""`crcl`: one creatinine clearance, with its equation and its weight."""

from typing import Annotated, Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import COMMON, Data, Format, Linear, On, Strict, TallMan, WeightKg
from ndm_advisor.errors import UsageError

HELP: Final = """
Compute a creatinine clearance as an answer does, and say what another weight would change.

Examples:

\b
  ndm-advisor crcl --age 70 --weight-kg 70 --sex male --creatinine-mg-dl 1
  ndm-advisor crcl --age 70 --weight-kg 60 --height-cm 160 --sex female \\
    --creatinine-umol-l 133

Adults only. The result is unstable while the creatinine is changing, and not for a patient on
renal replacement.
"""
_OPTIONS: Final = {
    "age_years": "--age",
    "weight_kg": "--weight-kg",
    "height_cm": "--height-cm",
    "sex": "--sex",
    "creatinine_umol_l": "--creatinine-umol-l",
    "creatinine_mg_dl": "--creatinine-mg-dl",
}
_NEEDED: Final = ("age_years", "weight_kg", "sex")


def crcl(
    *,
    age: Annotated[
        str | None,
        typer.Option("--age", metavar="YEARS", rich_help_panel=COMMON, help="Age in years."),
    ] = None,
    weight_kg: WeightKg = None,
    height_cm: Annotated[
        str | None,
        typer.Option(
            "--height-cm",
            metavar="CM",
            rich_help_panel=COMMON,
            help="For ideal and adjusted weight; without it the actual weight is used.",
        ),
    ] = None,
    sex: Annotated[
        str | None,
        typer.Option(
            "--sex", metavar="female|male", rich_help_panel=COMMON, help="female or male."
        ),
    ] = None,
    creatinine_umol_l: Annotated[
        str | None,
        typer.Option(
            "--creatinine-umol-l",
            metavar="N",
            rich_help_panel=COMMON,
            help="Serum creatinine in micromol/L.",
        ),
    ] = None,
    creatinine_mg_dl: Annotated[
        str | None,
        typer.Option(
            "--creatinine-mg-dl",
            metavar="N",
            rich_help_panel=COMMON,
            help="Serum creatinine in mg/dL; one of the two units.",
        ),
    ] = None,
    output_format: Format = None,
    on: On = None,
    data: Data = None,
    strict: Strict = False,
    linear: Linear = False,
    tall_man: TallMan = False,
) -> ExitStatus:
    """Compute a clearance."""
    from ndm_advisor.cli.base import load_base, names_of  # noqa: PLC0415
    from ndm_advisor.cli.inputs import date_of_advice  # noqa: PLC0415
    from ndm_advisor.cli.lookup_screen import refuse_overdue, show  # noqa: PLC0415
    from ndm_advisor.cli.patient_values import case_of, number_of  # noqa: PLC0415
    from ndm_advisor.decision.assess import assess  # noqa: PLC0415
    from ndm_advisor.decision.decide import DEFAULT_GUIDELINE  # noqa: PLC0415
    from ndm_advisor.decision.renal import mg_dl_from_umol_l  # noqa: PLC0415
    from ndm_advisor.explain.clearance import clearance  # noqa: PLC0415
    from ndm_advisor.explain.stamp import stamp  # noqa: PLC0415
    from ndm_advisor.render.lookups import clearance_page  # noqa: PLC0415

    day = date_of_advice(on)
    height = number_of(height_cm, "--height-cm")
    mg_dl = number_of(creatinine_mg_dl, "--creatinine-mg-dl")
    umol_l = number_of(creatinine_umol_l, "--creatinine-umol-l")
    values: dict[str, object] = {
        "age_years": number_of(age, "--age"),
        "weight_kg": number_of(weight_kg, "--weight-kg"),
        "height_cm": height,
        "sex": sex,
        "creatinine_umol_l": umol_l,
        "creatinine_mg_dl": mg_dl,
    }
    _refuse_missing(values)
    knowledge = load_base(data)
    made = stamp(knowledge, day)
    if strict:
        refuse_overdue(made)
    case = case_of(values, _OPTIONS, names=names_of(knowledge), on=day)
    _refuse_child(case.patient.age_years or 0, knowledge.settings.adult_from_years)
    region = knowledge.profiles[DEFAULT_GUIDELINE].default_region  # no fact used here differs by it
    facts = assess(case, knowledge, guideline=DEFAULT_GUIDELINE, region=region, on=day)
    in_mg_dl = mg_dl if mg_dl is not None else mg_dl_from_umol_l(umol_l or 0)
    computed = clearance(facts, knowledge, made, height_cm=height, mg_dl=in_mg_dl)
    page = clearance_page(computed, knowledge)
    show(computed, page, output_format, linear=linear, tall_man=tall_man)
    return ExitStatus.OK


def _refuse_missing(values: dict[str, object]) -> None:
    missing = [_OPTIONS[key] for key in _NEEDED if values[key] is None]
    if values["creatinine_umol_l"] is None and values["creatinine_mg_dl"] is None:
        missing.append("--creatinine-umol-l or --creatinine-mg-dl")
    if missing:
        message = f"missing: {', '.join(missing)}"
        raise UsageError(message)


def _refuse_child(age_years: float, adult_from: float) -> None:
    if age_years < adult_from:
        message = (
            f"--age: the equation and every dose of the base are for adults, from {adult_from:g} "
            "years"
        )
        raise UsageError(message)
