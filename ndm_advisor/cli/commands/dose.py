"""`dose`: what the tables of a drug say at a clearance, without a case."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import COMMON, Data, Format, Linear, On, Strict, TallMan, WeightKg
from ndm_advisor.errors import UsageError

if TYPE_CHECKING:
    from ndm_advisor.explain.dose_lookup import Question
    from ndm_advisor.model.knowledge import Knowledge
    from ndm_advisor.read.names import Names

HELP: Final = """
Look up the dose of a drug or regimen: band, edges, dose, sources, both regions where they differ.

Examples:

\b
  ndm-advisor dose ceftazidime-avibactam --crcl 45
  ndm-advisor dose aztreonam-avibactam --crcl 30 --region EU
  ndm-advisor dose ceftazidime-avibactam+aztreonam --crcl 22
  ndm-advisor dose amikacin --crcl 70 --weight-kg 82 --sex male
  ndm-advisor dose cefiderocol --renal-replacement crrt --effluent 2.5
  ndm-advisor dose cefiderocol                          every band

A dose without a case: site, allergies, results and interactions are not asked. `advise` asks them.
"""
_OPTIONS: Final = {
    "crcl_ml_min": "--crcl",
    "egfr_ml_min_1_73m2": "--egfr",
    "weight_kg": "--weight-kg",
    "height_cm": "--height-cm",
    "sex": "--sex",
    "renal_replacement": "--renal-replacement",
    "crrt_effluent_l_h": "--effluent",
    "residual_crcl_ml_min": "--residual-crcl",
    "site": "--site",
}


def dose(
    drug: Annotated[
        str,
        typer.Argument(metavar="DRUG", show_default=False, help="A drug or regimen of the base."),
    ],
    *,
    crcl: Annotated[
        str | None,
        typer.Option(
            "--crcl", metavar="ML/MIN", rich_help_panel=COMMON, help="Creatinine clearance."
        ),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(
            metavar="EU|US", rich_help_panel=COMMON, help="One region's tables; else both."
        ),
    ] = None,
    weight_kg: WeightKg = None,
    height_cm: Annotated[
        str | None,
        typer.Option("--height-cm", metavar="CM", rich_help_panel=COMMON, help="For ideal weight."),
    ] = None,
    sex: Annotated[
        str | None,
        typer.Option(
            "--sex", metavar="female|male", rich_help_panel=COMMON, help="For ideal weight."
        ),
    ] = None,
    renal_replacement: Annotated[
        str | None,
        typer.Option(
            "--renal-replacement",
            metavar="MODE",
            rich_help_panel=COMMON,
            help="none, intermittent-haemodialysis, crrt, peritoneal-dialysis or sled; "
            "CrCl is then not used.",
        ),
    ] = None,
    effluent: Annotated[
        str | None,
        typer.Option("--effluent", metavar="L/H", help="Effluent rate of CRRT in litres per hour."),
    ] = None,
    residual_crcl: Annotated[
        str | None,
        typer.Option(
            "--residual-crcl", metavar="ML/MIN", help="Residual clearance on haemodialysis."
        ),
    ] = None,
    egfr: Annotated[
        str | None,
        typer.Option("--egfr", metavar="ML/MIN/1.73M2", help="For nitrofurantoin in the EU alone."),
    ] = None,
    site: Annotated[
        str | None,
        typer.Option(
            "--site", metavar="SITE", help="Only tables that serve this site of infection."
        ),
    ] = None,
    output_format: Format = None,
    on: On = None,
    data: Data = None,
    strict: Strict = False,
    linear: Linear = False,
    tall_man: TallMan = False,
) -> ExitStatus:
    """Look a dose up."""
    from ndm_advisor.cli.base import load_base, names_of  # noqa: PLC0415
    from ndm_advisor.cli.inputs import date_of_advice  # noqa: PLC0415
    from ndm_advisor.cli.lookup_screen import refuse_overdue, show  # noqa: PLC0415
    from ndm_advisor.cli.patient_values import case_of, number_of  # noqa: PLC0415
    from ndm_advisor.decision.assess import assess  # noqa: PLC0415
    from ndm_advisor.decision.decide import DEFAULT_GUIDELINE  # noqa: PLC0415
    from ndm_advisor.explain.dose_lookup import REGIONS, dose_look  # noqa: PLC0415
    from ndm_advisor.explain.stamp import stamp  # noqa: PLC0415
    from ndm_advisor.render.lookups import dose_page  # noqa: PLC0415

    day = date_of_advice(on)
    if region is not None and region not in REGIONS:
        message = f"--region: `{region}` is not a region; write one of {', '.join(REGIONS)}"
        raise UsageError(message)
    values: dict[str, object] = {
        "crcl_ml_min": number_of(crcl, "--crcl"),
        "egfr_ml_min_1_73m2": number_of(egfr, "--egfr"),
        "weight_kg": number_of(weight_kg, "--weight-kg"),
        "height_cm": number_of(height_cm, "--height-cm"),
        "sex": sex,
        "renal_replacement": renal_replacement,
        "crrt_effluent_l_h": number_of(effluent, "--effluent"),
        "residual_crcl_ml_min": number_of(residual_crcl, "--residual-crcl"),
    }
    knowledge = load_base(data)
    made = stamp(knowledge, day)
    if strict:
        refuse_overdue(made)
    names = names_of(knowledge)
    ident, drugs = found(drug, knowledge, names)
    case = case_of(values, _OPTIONS, names=names, on=day, site=site)
    asked = _question(drug, (ident, drugs), (region,) if region else REGIONS, site, values)
    facts_of = {
        place: assess(case, knowledge, guideline=DEFAULT_GUIDELINE, region=place, on=day)
        for place in REGIONS
    }
    look = dose_look(asked, facts_of, knowledge, made)
    show(look, dose_page(look, knowledge), output_format, linear=linear, tall_man=tall_man)
    return ExitStatus.OK


def _question(
    name: str,
    found_as: tuple[str, tuple[str, ...]],
    regions: tuple[str, ...],
    site: str | None,
    values: dict[str, object],
) -> "Question":
    from ndm_advisor.explain.dose_lookup import Question  # noqa: PLC0415

    ident, drugs = found_as
    return Question(
        name=name,
        id=ident,
        drugs=drugs,
        regions=regions,
        site=site,
        **values,  # type: ignore[arg-type]  # judged by the case reader
    )


def found(name: str, knowledge: "Knowledge", names: "Names") -> tuple[str, tuple[str, ...]]:
    """The id a name stands for, and its drugs: exact after alias look-up, never a substring.

    Raises:
        UsageError: unknown, with suggestions, or of more than one meaning.
    """
    from ndm_advisor.model.names import fold  # noqa: PLC0415
    from ndm_advisor.read.names import AMBIGUOUS_AZT, is_azt  # noqa: PLC0415

    drugs = []
    for given in fold(name).split("+"):
        if is_azt(given):
            raise UsageError(AMBIGUOUS_AZT)
        drugs.append(_drug(given, name, names))
    if len(drugs) == 1:
        return drugs[0], tuple(drugs)
    for strategy in knowledge.strategies.values():
        if set(strategy.drugs or strategy.id.split("+")) == set(drugs):
            return strategy.id, tuple(strategy.drugs or drugs)
    known = ", ".join(s for s in knowledge.strategies if "+" in s)
    message = f"`{name}` is no regimen of the base; regimens of several drugs: {known}"
    raise UsageError(message)


def _drug(given: str, whole: str, names: "Names") -> str:
    from ndm_advisor.read.names import drug_ids, similar_drugs  # noqa: PLC0415

    ids = drug_ids(given, names)
    if len(ids) == 1:
        return ids[0]
    if ids:
        message = f"`{whole}` may mean {' or '.join(ids)}: write one of them"
        raise UsageError(message)
    near = similar_drugs(given, names)
    meant = f"; did you mean {', '.join(near)}?" if near else ""
    message = (
        f"no drug of the base is called `{given}`{meant}\n`ndm-advisor explain drugs` lists them"
    )
    raise UsageError(message)
