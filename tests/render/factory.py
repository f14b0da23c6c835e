"""Hand-made answers for the renderers. Doses follow the labels' rows; nothing is computed here."""

from __future__ import annotations

from ndm_advisor.model.answer import (
    Abstention,
    Alert,
    AlternativeDose,
    BandDose,
    BandEdge,
    CaseRef,
    Change,
    Cited,
    CrclBand,
    Dose,
    DrugOrder,
    Duration,
    Finding,
    Information,
    Kidney,
    Monitoring,
    NotAssessed,
    Offer,
    OrderCheck,
    PerKg,
    Position,
    Provenance,
    Recommendation,
    Rejected,
    ReviewDue,
    SusceptibilityLine,
    Units,
)
from ndm_advisor.model.words import components, total_then_split

SHA = "7f3a9c" + "0" * 58
LABEL = (Cited("SMPC-ZAVICEFTA-2025", "section 4.2, table 2"),)
POLICY = (Cited("policy", "4.2 row 4a"),)
BAND = CrclBand(from_ml_min=30, from_included=False, to_ml_min=50, to_included=True)


def product(**parts: float) -> Dose:
    """A dose of one product by its components in mg, split first."""
    return Dose(components(parts), sum(parts.values()), None, dict(parts), None, None)


def order(drug: str, dose: Dose | None, **changes: object) -> DrugOrder:
    """A banded intravenous order every 8 hours over 3 hours, with what a test changes."""
    base = DrugOrder(
        drug=drug,
        route="iv",
        loading_dose=None,
        maintenance_dose=dose,
        interval_h=8,
        to_interval_h=None,
        doses=None,
        infusion_h=3,
        to_infusion_h=None,
        daily_max_mg=7500,
        crcl_band=BAND,
        band_edge=BandEdge(5, "ceftazidime 2 g + avibactam 0.5 g (2.5 g total) every 8 hours"),
        bands=None,
        alternative_dose=None,
        dialysis="every 48 hours, after the session on dialysis days",
        basis="label",
        sources=LABEL,
    )
    return base._replace(**changes)  # type: ignore[arg-type]


CEFTAZIDIME_AVIBACTAM = order("ceftazidime-avibactam", product(ceftazidime=1000.0, avibactam=250.0))
AZTREONAM = order("aztreonam", product(aztreonam=2000.0), loading_dose=product(aztreonam=2000.0))
CEFIDEROCOL = order("cefiderocol", product(cefiderocol=1500.0), daily_max_mg=None, band_edge=None)
AZTREONAM_AVIBACTAM = order(
    "aztreonam-avibactam",
    Dose(
        total_then_split({"aztreonam": 1500, "avibactam": 500}),
        2000.0,
        None,
        {"aztreonam": 1500.0, "avibactam": 500.0},
        None,
        None,
    ),
    loading_dose=Dose(
        total_then_split({"aztreonam": 2000, "avibactam": 670}),
        2670.0,
        None,
        {"aztreonam": 2000.0, "avibactam": 670.0},
        None,
        None,
    ),
    interval_h=6,
    crcl_band=BAND._replace(from_ml_min=50, to_ml_min=None, to_included=False),
)
METRONIDAZOLE = order(
    "metronidazole", product(metronidazole=500.0), infusion_h=0.5, crcl_band=None, band_edge=None
)
AMIKACIN = order(
    "amikacin",
    Dose(
        "amikacin 15 mg/kg (71 kg actual weight): 1,065 mg",
        1065.0,
        None,
        {"amikacin": 1065.0},
        PerKg(15, None, 71, "actual"),
        None,
    ),
    interval_h=None,
    doses=1,
    infusion_h=0.5,
    to_infusion_h=1,
)
COLISTIN = order(
    "colistin",
    Dose(
        "colistin 9 million units colistimethate",
        None,
        None,
        None,
        None,
        Units("million-units-colistimethate", 9, None),
    ),
    interval_h=12,
    infusion_h=0.5,
    to_infusion_h=1,
)


def offer(regimen: str, *drugs: DrugOrder, **changes: object) -> Offer:
    """An offer of these drugs, preferred and tested susceptible, with what a test changes."""
    base = Offer(
        id=regimen,
        rank="preferred",
        order=1,
        provisional=False,
        conditions=(),
        companions=(),
        support="susceptible",
        strength="strong",
        certainty="moderate",
        basis="guideline_graded",
        because=(
            "the combined test is S by broth disk elution",
            "aztreonam-avibactam is not in stock",
        ),
        sources=(Cited("SIMIT22", "table 4"), Cited("ESCMID22-T", "recommendation 5")),
        drugs=drugs,
        administration=("both over 3 hours, started at the same time",),
        supply=(
            "ceftazidime-avibactam: 6 mL of a 12 mL vial per dose, 3 vials in the first 24 hours",
        ),
    )
    return base._replace(**changes)  # type: ignore[arg-type]


PAIR = offer("ceftazidime-avibactam+aztreonam", CEFTAZIDIME_AVIBACTAM, AZTREONAM)
SECOND = offer(
    "cefiderocol",
    CEFIDEROCOL,
    rank="alternative",
    strength="conditional",
    certainty="low",
    administration=("own line, flush before and after",),
)
PRODUCT = offer(
    "aztreonam-avibactam",
    AZTREONAM_AVIBACTAM,
    strength=None,
    certainty=None,
    basis="tool_policy",
    administration=("own line, flush before and after",),
)

STANDING = Alert(
    "aztreonam-alone",
    "note",
    "Aztreonam alone fails: other enzymes destroy it.",
    "Start both partners together.",
    (Cited("IDSA26", "question 3.2"),),
    standing=True,
    priority=10,
)
EDGE = Alert(
    "crcl-near-band-edge",
    "caution",
    "CrCl is 5 mL/min from the next band.",
    "Recheck creatinine before the next dose.",
    POLICY,
    priority=40,
)
STOP = Alert(
    "carbapenem-alone",
    "stop",
    "Meropenem is the only beta-lactam ordered; NDM destroys it even if reported S.",
    "Replace it with both partners of the pair at the next due dose.",
    (Cited("IDSA26", "question 3.1"),),
    priority=1,
)


def cautions(count: int) -> tuple[Alert, ...]:
    """That many different cautions."""
    return tuple(EDGE._replace(id=f"caution-{n}", priority=50 + n) for n in range(count))


NOT_ASSESSED = (
    NotAssessed(
        "liver function", "Child-Pugh class not given", "child_pugh", ("patient.child_pugh",)
    ),
    NotAssessed("interactions of paracetamol", "no rule for it", "", ("patient.medicines",)),
    NotAssessed("stock of cefiderocol", "not given", "stock", ("hospital.stock",)),
)
PROVENANCE = Provenance(
    tool_version="1.0.0",
    knowledge_version="2026.11",
    knowledge_sha256="ab12cd" + "1" * 58,
    reviewed_on="2026-11-22",
    review_due_on="2027-05-22",
    guideline="simit-2022",
    region="EU",
    breakpoints="EUCAST 2026",
    advised_on="2026-11-22",
    local_override=None,
)
KIDNEY = Kidney(
    45.0,
    "cockcroft-gault",
    71.0,
    "actual",
    0,
    "CrCl 45 mL/min (Cockcroft-Gault, actual weight 71 kg, creatinine today)",
)


def answer(*regimens: Offer, **changes: object) -> Recommendation:
    """An ordinary answer: the pair in a bloodstream infection, with what a test changes."""
    base = Recommendation(
        schema_version="1",
        case=CaseRef("ward7-0231", "ward7/case-03.toml", SHA),
        provenance=PROVENANCE,
        outcome="regimens",
        dose_pending=False,
        summary="Give ceftazidime-avibactam and aztreonam together now.",
        indicator="warning",
        regimens=regimens or (PAIR, SECOND),
        rejected=(
            Rejected("meropenem", ("an MBL destroys it",), ("carbapenem-alone",), POLICY),
            Rejected("aztreonam-avibactam", ("not in stock",), ("stock",)),
        ),
        abstention=None,
        information=(),
        alerts=(EDGE, STANDING),
        order_check=OrderCheck("not_assessed", (), ()),
        susceptibilities=(
            SusceptibilityLine(
                "aztreonam", ">32", None, None, "R", "R above 4 mg/L", "R", "", "EUCAST", "2026"
            ),
            SusceptibilityLine(
                "cefiderocol", None, 23.0, "S", "S", None, "S", "", "EUCAST", "2026"
            ),
        ),
        guideline_positions=positions(),
        would_change=None,
        missing_value_effects=None,
        not_assessed=NOT_ASSESSED,
        lab_requests=("aztreonam-avibactam MIC by broth microdilution",),
        monitoring=(
            Monitoring("creatinine", "every day", (Cited("FDA-AVYCAZ-2026", "section 2.3"),)),
        ),
        duration=Duration(
            "7 to 14 days, infectious diseases decides", 7, 14, (Cited("policy", "9.4"),)
        ),
        step_down="No oral agent is proven: complete intravenously.",
        review_due=ReviewDue(
            "2026-11-22 and 2026-11-23: culture, creatinine, response",
            "2026-11-22",
            "2026-11-23",
            "2026-11-20",
            "culture, creatinine, response",
        ),
        findings=(
            Finding(
                "assess",
                "mbl",
                "true",
                {"isolate.mbl": "confirmed"},
                POLICY,
                "MBL confirmed by PCR",
            ),
            Finding("usable", "hepatic", "unknown", {"patient.child_pugh": None}, POLICY),
            Finding("usable", "renal-limit", "false", {"patient.crcl_ml_min": 45.0}, POLICY),
        ),
        notes=("Guidelines rank this differently: --why.",),
        kidney=KIDNEY,
        note=None,
        headline="Escherichia coli, NDM confirmed, bloodstream, severe",
        lab_names=("an aztreonam-avibactam MIC",),
    )
    return base._replace(**changes)  # type: ignore[arg-type]


def positions() -> tuple[Position, ...]:
    """Three guidelines' positions on one case."""
    pair, product_id = "ceftazidime-avibactam+aztreonam", "aztreonam-avibactam"
    return (
        Position(
            "simit-2022", "regimens", (pair,), ("cefiderocol",), (), (), "strong", "moderate", ""
        ),
        Position(
            "escmid-2022",
            "regimens",
            (pair,),
            ("cefiderocol",),
            (),
            (pair,),
            "conditional",
            "moderate",
            "",
        ),
        Position(
            "idsa-2026",
            "regimens",
            (product_id, "cefiderocol"),
            (pair,),
            (),
            (),
            "not_graded",
            None,
            "IDSA 2026 speaks of NDM",
        ),
    )


def abstained() -> Recommendation:
    """Resistant to everything tested: no regimen."""
    lines = (
        "This is not advice to withhold treatment.",
        "Call infectious diseases and microbiology now.",
        "A running antibiotic not known to be inactive runs on until its replacement hangs.",
        "No regimen is offered: the combined test is R and cefiderocol is R.",
        "What would settle it: cefepime-zidebactam susceptibility.",
    )
    return answer(
        outcome="abstention",
        indicator="critical",
        summary="No regimen can be offered. Call infectious diseases now.",
        regimens=(),
        abstention=Abstention(
            "resistant to both strategies",
            ("isolate.panel",),
            "infectious diseases",
            lines[2],
            POLICY,
            "4.2 row 8",
            lines,
        ),
        information=(
            Information(
                "fosfomycin-iv+tigecycline",
                {"fosfomycin-iv": "not tested", "tigecycline": "S"},
                "laboratory data only; a specialist decides",
            ),
        ),
        alerts=(STANDING,),
        kidney=KIDNEY,
        review_due=None,
        duration=None,
        step_down=None,
    )


def pending() -> Recommendation:
    """CrCl not given: every dose withheld, bands printed."""
    bands = tuple(
        BandDose(f"CrCl {edge}", None, product(cefiderocol=mg), 8, None, 3, "", LABEL)
        for edge, mg in (
            ("above 60", 2000.0),
            ("30 to below 60", 1500.0),
            ("15 to below 30", 1000.0),
        )
    )
    waiting = CEFIDEROCOL._replace(
        maintenance_dose=None, bands=bands, crcl_band=None, pending="give CrCl or creatinine"
    )
    return answer(
        offer("cefiderocol", waiting),
        dose_pending=True,
        kidney=Kidney(None, "unknown", None, None, None, "CrCl not given"),
    )


def harmful() -> Recommendation:
    """Meropenem ordered alone."""
    return answer(
        alerts=(EDGE, STANDING, STOP),
        indicator="critical",
        order_check=OrderCheck(
            "harmful",
            (STOP,),
            (Change(1, "replace", "ceftazidime-avibactam", "an MBL destroys it"),),
        ),
    )


def with_kidney_injury() -> Recommendation:
    """The full dose stands beside the banded one for a person to choose."""
    full = AlternativeDose(
        "aki-first-48-h",
        "iv",
        None,
        product(ceftazidime=2000.0, avibactam=500.0),
        8,
        3,
        LABEL,
        "watch for seizures; recheck at 48 hours",
    )
    changed = CEFTAZIDIME_AVIBACTAM._replace(alternative_dose=full)
    return answer(offer(PAIR.id, changed, AZTREONAM))


def colonised() -> Recommendation:
    """No treatment."""
    return answer(
        outcome="not_treatment",
        indicator="info",
        summary="Colonisation: no antibiotic. Contact precautions.",
        regimens=(),
        alerts=(),
        lab_requests=(),
        lab_names=(),
        notes=("Re-run on fever, sepsis or a culture from a sterile site.",),
    )


def outside() -> Recommendation:
    """Not ours."""
    return answer(
        outcome="out_of_scope",
        indicator="info",
        summary="MBL ruled out: outside this tool. Use the local guideline.",
        regimens=(),
        alerts=(),
        lab_requests=(),
        lab_names=(),
        notes=("KPC or OXA-48-like: see the local guideline.",),
    )


def with_case_text(text: str) -> Recommendation:
    """An answer whose every text from the case file is this one."""
    return answer(
        case=CaseRef(text, text, SHA),
        note=text,
        headline=f"{text}, NDM confirmed, bloodstream",
        not_assessed=(NotAssessed(f"interactions of {text}", "no rule for it", ""),),
    )


def ordinary() -> dict[str, Recommendation]:
    """Cases whose default screen must fit 24 rows of 80 columns."""
    return {
        "pair": answer(),
        "product": answer(PRODUCT, PAIR._replace(order=2), SECOND),
        "cefiderocol": answer(SECOND._replace(rank="preferred")),
        "single-dose": answer(offer("amikacin", AMIKACIN), alerts=()),
        "abstained": abstained(),
        "colonised": colonised(),
        "outside": outside(),
    }


def all_answers() -> dict[str, Recommendation]:
    """Every hand-made answer."""
    return {
        **ordinary(),
        "pending": pending(),
        "harmful": harmful(),
        "kidney-injury": with_kidney_injury(),
        "companion": answer(PAIR._replace(companions=(METRONIDAZOLE,))),
        "colistin": answer(offer("colistin", COLISTIN, rank="last_resort", basis="tool_policy")),
        "many-cautions": answer(alerts=(*cautions(8), STOP, STANDING)),
    }
