"""Names that the FHIR writer and the FHIR reader share, each written once.

Our own systems are URNs: nothing is looked up under them. What stands under `CASE_KEY` and
`CASE_WORD` are the keys and words of the case file, so that a case comes back as it went.
"""

from typing import Final

BASE: Final = "urn:ndm-advisor:fhir"
CASE_KEY: Final = f"{BASE}:case-key"  # a dotted key of the case file
CASE_WORD: Final = f"{BASE}:case-word"  # a word a key may hold
DRUG: Final = f"{BASE}:drug"
ORGANISM: Final = f"{BASE}:organism"
REGIMEN: Final = f"{BASE}:regimen"
ALERT: Final = f"{BASE}:alert"
OUTCOME: Final = f"{BASE}:outcome"
STATE: Final = f"{BASE}:state"  # of an alert: standing
MODULE: Final = f"{BASE}:advise"
CASE: Final = f"{BASE}:case"  # the one extension that carries what no FHIR element holds
STAMP: Final = f"{BASE}:stamp"  # versions, hashes and dates behind an answer

NONE: Final = "none"  # CASE_WORD of a list that is known to be empty

LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"
ATC: Final = "http://www.whocc.no/atc"
UCUM: Final = "http://unitsofmeasure.org"
INTERPRETATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
ABSENT: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ALLERGY_CLINICAL: Final = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
CONDITION_CLINICAL: Final = "http://terminology.hl7.org/CodeSystem/condition-clinical"
ROUTES: Final = "http://terminology.hl7.org/CodeSystem/v2-0162"

BACTERIA_IDENTIFIED: Final = "6463-4"  # LOINC, as in the Belgian laboratory message
LOINC_OF_KEY: Final = {  # of `patient`
    "age_years": "30525-0",
    "weight_kg": "29463-7",
    "height_cm": "8302-2",
    "creatinine_umol_l": "14682-9",
    "creatinine_mg_dl": "2160-0",
}
UNIT_OF_KEY: Final = {  # UCUM, of `patient`
    "age_years": "a",
    "weight_kg": "kg",
    "height_cm": "cm",
    "crcl_ml_min": "mL/min",
    "creatinine_umol_l": "umol/L",
    "creatinine_mg_dl": "mg/dL",
    "egfr_ml_min_1_73m2": "mL/min/{1.73_m2}",
    "residual_crcl_ml_min": "mL/min",
    "crrt_effluent_l_h": "L/h",
    "gestation_weeks": "wk",
}
UNIT_OF_DOSE: Final = {  # keys of an order: UCUM code, unit in words
    "dose_mg": ("mg", "mg"),
    "dose_mg_colistin_base": ("mg{colistin_base}", "mg colistin base"),
    "dose_million_units": ("10*6.[iU]", "million units"),
    "dose_mg_polymyxin_b": ("mg{polymyxin_B}", "mg polymyxin B"),
    "dose_units": ("[iU]", "units"),
}
CODE_OF_ROUTE: Final = {"iv": "IV", "oral": "PO", "im": "IM", "inhaled": "IH", "other": "OTH"}
CODE_OF_CATEGORY: Final = ("S", "I", "SDD", "R", "NS")
ABSENT_OF_CATEGORY: Final = {"not tested": "not-performed", "pending": "temp-unknown"}
