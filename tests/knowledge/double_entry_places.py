"""Where each figure of `double_entry/other.csv` stands in the base: (kind, key) to places.

A place is `file: dotted.keys`; `rows[key=value]` picks a record of a list. Several places answer a
row that holds several figures (`8..40`, `20/5`). `* 100` brings a share into percent, `* 24` days
into hours.
"""

from __future__ import annotations

CODE = "decision/renal.py"  # the one place outside the base: the constants of the equations
_D = "drugs/{}.toml: "
CZA = _D.format("ceftazidime-avibactam")
ATM = _D.format("aztreonam")
AAV = _D.format("aztreonam-avibactam")
FDC = _D.format("cefiderocol")
COL = _D.format("colistin")
PMB = _D.format("polymyxin-b")
FOS = _D.format("fosfomycin-iv")
SET = "settings.toml: "
REN = f"{CODE}: "
KID = "hazards/kidney.toml: "
PRE = "hazards/pregnancy.toml: "
DUR = "words.toml: durations."

PLACES: dict[tuple[str, str], list[str]] = {
    # vials and solutions
    ("vial", "ceftazidime-avibactam/ceftazidime"): [CZA + "text.vial.vial_mg.ceftazidime"],
    ("vial", "ceftazidime-avibactam/avibactam"): [CZA + "text.vial.vial_mg.avibactam"],
    ("vial-volume", "ceftazidime-avibactam"): [CZA + "text.vial.vial_volume_ml"],
    ("vial", "aztreonam-avibactam/aztreonam"): [AAV + "text.vial.vial_mg.aztreonam"],
    ("vial", "aztreonam-avibactam/avibactam"): [AAV + "text.vial.vial_mg.avibactam"],
    ("vial-volume", "aztreonam-avibactam"): [AAV + "text.vial.vial_volume_ml"],
    ("vial", "cefiderocol"): [FDC + "text.vial.vial_mg.cefiderocol"],
    ("vial-volume", "cefiderocol"): [FDC + "text.vial.vial_volume_ml"],
    ("vial", "tigecycline"): ["drugs/tigecycline.toml: text.vial.vial_mg.tigecycline"],
    ("vial", "eravacycline"): ["drugs/eravacycline.toml: text.vial.vial_mg.eravacycline"],
    ("vial", "fosfomycin-iv US"): [FOS + "text.vial_us.vial_mg.fosfomycin"],
    ("vial", "plazomicin"): [
        "drugs/plazomicin.toml: text.vial.vial_mg.plazomicin",
        "drugs/plazomicin.toml: text.vial.vial_volume_ml",
    ],
    # sodium
    ("sodium", "ceftazidime-avibactam"): [CZA + "text.sodium.sodium_mg_per_vial"],
    ("sodium", "aztreonam-avibactam"): [AAV + "text.sodium.sodium_mg_per_vial"],
    ("sodium", "cefiderocol"): [FDC + "text.sodium.sodium_mg_per_vial"],
    ("sodium", "fosfomycin-iv EU"): [FOS + "text.sodium_eu.sodium_mg_per_g"],
    ("sodium", "fosfomycin-iv US"): [FOS + "text.sodium_us.sodium_mg_per_vial"],
    # daily maxima
    ("daily-max", "ceftazidime-avibactam"): [
        CZA + "dosing[id=ceftazidime-avibactam/eu].daily_max_mg"
    ],
    ("daily-max", "aztreonam"): [ATM + "dosing[id=aztreonam/systemic].daily_max_mg"],
    ("daily-max", "aztreonam-avibactam"): [AAV + "dosing[id=aztreonam-avibactam/eu].daily_max_mg"],
    ("daily-max", "cefiderocol"): [FDC + "dosing[id=cefiderocol/eu].daily_max_mg"],
    ("daily-max", "rifampicin US"): [
        "drugs/rifampicin.toml: dosing[id=rifampicin/us-label].daily_max_mg"
    ],
    ("daily-max", "amikacin"): ["drugs/amikacin.toml: dosing[id=amikacin/eu-label].daily_max_mg"],
    ("daily-max", "nitrofurantoin"): [
        "drugs/nitrofurantoin.toml: dosing[id=nitrofurantoin/cystitis].daily_max_mg"
    ],
    ("daily-max", "metronidazole"): [
        "drugs/metronidazole.toml: dosing[id=metronidazole/us-label].daily_max_mg"
    ],
    # equations
    ("equation", "cockcroft-gault age constant"): [REN + "AGE_FROM_YEARS"],
    ("equation", "cockcroft-gault divisor mg/dL"): [REN + "DIVISOR"],
    ("equation", "cockcroft-gault female factor"): [REN + "FEMALE_FACTOR"],
    ("equation", "creatinine umol/L per mg/dL"): [REN + "UMOL_L_PER_MG_DL"],
    ("equation", "devine male base"): [REN + "DEVINE_BASE_KG.male"],
    ("equation", "devine female base"): [REN + "DEVINE_BASE_KG.female"],
    ("equation", "devine per inch"): [REN + "DEVINE_KG_PER_INCH"],
    ("equation", "devine threshold"): [REN + "DEVINE_FROM_INCHES"],
    ("equation", "adjusted weight fraction"): [SET + "adjusted_weight.factor"],
    ("equation", "adjusted weight trigger"): [SET + "adjusted_weight.above_ratio_to_ideal"],
    ("equation", "plazomicin adjusted weight trigger"): [
        SET + "adjusted_weight_plazomicin.above_ratio_to_ideal"
    ],
    # thresholds
    ("threshold", "augmented clearance"): [SET + "augmented_clearance.crcl_at_least_ml_min"],
    ("threshold", "crcl near band edge"): [SET + "near_edge.fraction * 100"],
    ("threshold", "crcl given against computed"): [
        SET + "crcl_given_against_computed.difference_fraction * 100"
    ],
    ("threshold", "creatinine age"): [SET + "stale_creatinine.older_than_days * 24"],
    ("threshold", "creatinine-unstable crcl"): [SET + "low_clearance_severe.crcl_at_most_ml_min"],
    ("threshold", "pair-renal-divergence"): [SET + "pair_divergence.crcl_at_most_ml_min"],
    ("threshold", "pair and product not interchangeable"): [
        SET + "pair_not_interchangeable.crcl_at_most_ml_min"
    ],
    ("threshold", "aztreonam 6-hourly"): [SET + "pair_six_hourly.crcl_above_ml_min"],
    ("threshold", "tetracycline-mic"): [SET + "tetracycline_mic.mic_at_least_mg_l"],
    ("threshold", "adult age"): [SET + "adult.age_at_least_years"],
    ("threshold", "nitrofurantoin US"): [
        KID + "hazard[id=nitrofurantoin-us-crcl].when[fact=crcl_ml_min].below"
    ],
    ("threshold", "nitrofurantoin EU eGFR"): [
        KID + "hazard[id=nitrofurantoin-eu-egfr-short].when.below"
    ],
    ("threshold", "nitrofurantoin EU eGFR never"): [
        KID + "hazard[id=nitrofurantoin-eu-egfr].when[fact=egfr].below"
    ],
    ("threshold", "trimethoprim-sulfamethoxazole no dose below"): [
        KID + "hazard[id=trimethoprim-sulfamethoxazole-low-crcl].when.below"
    ],
    ("threshold", "aminoglycoside not below"): [
        KID + "hazard[id=aminoglycoside-low-crcl].when.below"
    ],
    ("threshold", "amikacin EU once daily from"): [
        _D.format("amikacin")
        + "dosing[id=amikacin/eu-complicated-uti].bands[interval_h=24].crcl_at_least_ml_min"
    ],
    ("threshold", "pivmecillinam and gepotidacin not below"): [
        KID + "hazard[id=pivmecillinam-low-crcl].when.below"
    ],
    ("threshold", "plazomicin no dose below"): [KID + "hazard[id=plazomicin-low-crcl].when.below"],
    ("threshold", "fosfomycin-iv EU refused below"): [
        KID + "hazard[id=fosfomycin-iv-eu-low-crcl].when.below"
    ],
    ("threshold", "fosfomycin-iv US no dose at or below"): [
        KID + "hazard[id=fosfomycin-iv-us-low-crcl].when.at_most"
    ],
    ("threshold", "aztreonam-avibactam EU not on dialysis at or below"): [
        KID + "hazard[id=aztreonam-avibactam-eu-kidney-failure].when[fact=crcl_ml_min].at_most"
    ],
    ("severity", "sofa_rise"): [SET + "severity.sofa_rise_at_least"],
    ("severity", "pitt_score in bloodstream"): [SET + "severity.pitt_score_at_least"],
    ("severity", "increment_cpe_score in bloodstream"): [
        SET + "severity.increment_cpe_score_at_least"
    ],
    # pregnancy
    ("pregnancy", "trimethoprim-sulfamethoxazole not in weeks to"): [
        PRE + "hazard[id=trimethoprim-sulfamethoxazole-early].when[fact=gestation_weeks].at_most"
    ],
    ("pregnancy", "trimethoprim-sulfamethoxazole not from week"): [
        PRE + "hazard[id=trimethoprim-sulfamethoxazole-late].when[fact=gestation_weeks].at_least"
    ],
    ("pregnancy", "nitrofurantoin not from week"): [
        PRE + "hazard[id=nitrofurantoin-near-term].when[fact=gestation_weeks].at_least"
    ],
    ("pregnancy", "asked for from age"): [SET + "pregnancy_ask.from_age_years"],
    ("pregnancy", "asked for to age"): [SET + "pregnancy_ask.to_age_years"],
    # removal by dialysis
    # durations
    ("duration", "cystitis nitrofurantoin"): [DUR + "cystitis.nitrofurantoin.from_days"],
    ("duration", "cystitis trimethoprim-sulfamethoxazole"): [
        DUR + "cystitis.trimethoprim-sulfamethoxazole.from_days"
    ],
    ("duration", "cystitis pivmecillinam from"): [DUR + "cystitis.pivmecillinam.from_days"],
    ("duration", "complicated-uti"): [DUR + "complicated-uti.from_days"],
    ("duration", "complicated-uti fluoroquinolone"): [
        DUR + "complicated-uti.ciprofloxacin.from_days",
        DUR + "complicated-uti.ciprofloxacin.to_days",
    ],
    ("duration", "bloodstream"): [DUR + "bloodstream.from_days", DUR + "bloodstream.to_days"],
    ("duration", "intra-abdominal after source control"): [
        DUR + "intra-abdominal.source-controlled.from_days"
    ],
    ("duration", "intra-abdominal EU label"): [
        DUR + "intra-abdominal.EU.from_days",
        DUR + "intra-abdominal.EU.to_days",
    ],
    ("duration", "intra-abdominal US label"): [
        DUR + "intra-abdominal.US.from_days",
        DUR + "intra-abdominal.US.to_days",
    ],
    ("duration", "pneumonia"): [DUR + "pneumonia.from_days", DUR + "pneumonia.to_days"],
}

# Rows that no figure of the base answers: why.
NOT_FIGURES: dict[tuple[str, str], str] = {
    ("first-24-h-vials", "aztreonam-avibactam above CrCl 50"): "counted by the code",
    ("colistin-load", "IBW 60 kg"): "reckoned by the code from 4 mg per kg and the cap",
    ("colistin-load", "IBW 75 kg"): "reckoned by the code from 4 mg per kg and the cap",
    ("colistin-load", "IBW 90 kg"): "reckoned by the code from 4 mg per kg and the cap",
    ("vial", "amikacin UK"): "a statement in words",
    ("daily-max", "trimethoprim-sulfamethoxazole/trimethoprim"): (
        "the cap of the amounts in mg per kg, compared with the doses"
    ),
    ("threshold", "plazomicin levels below"): "a statement in words",
    ("threshold", "aki window"): "in the question itself: aki_within_48h",
    ("threshold", "start times differ"): "no rule of this version judges orders",
    ("pregnancy", "trimethoprim-sulfamethoxazole not in weeks from"): (
        "the first week there is: the limit needs no lower edge"
    ),
    ("missed-starts-48-h", "pair ceftazidime-avibactam every 12 or 24 h"): "counted by the code",
    ("missed-starts-48-h", "pair ceftazidime-avibactam every 48 h"): "counted by the code",
}
