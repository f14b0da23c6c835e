"""Where a figure of `double_entry/other.csv` stands in words: (kind, key) to the page of a drug.

The figures that the tool counts with stand in `double_entry_places.py`. The others are read by
people alone, on the page of the drug (`explain DRUG`); there the typed figure is looked for. Each
figure of a phrase stands in braces, with its unit where that is not the one of the typed row.
"""

from __future__ import annotations

from typing import NamedTuple


class Said(NamedTuple):
    """A phrase of a drug's page."""

    drug: str
    phrase: str


CZA, ATM, AAV = "ceftazidime-avibactam", "aztreonam", "aztreonam-avibactam"
FDC, COL, PMB, FOS = "cefiderocol", "colistin", "polymyxin-b", "fosfomycin-iv"

SAID: dict[tuple[str, str], Said] = {
    # vials and solutions
    ("vial-diluent", CZA): Said(CZA, "{10} mL of diluent gives"),
    ("draw-volume", f"{CZA}/2500 mg"): Said(CZA, "2.5 g is {12} mL"),
    ("draw-volume", f"{CZA}/1250 mg"): Said(CZA, "1.25 g is {6} mL"),
    ("draw-volume", f"{CZA}/940 mg"): Said(CZA, "0.94 g is {4.5} mL"),
    ("final-concentration", f"{CZA}/ceftazidime"): Said(
        CZA, "Final concentration: ceftazidime {8} to {40} mg/mL"
    ),
    ("y-site-tested", CZA): Said(CZA, "Tested at ceftazidime {20} mg/mL + avibactam {5} mg/mL"),
    ("y-site-not-tested", CZA): Said(
        CZA, "The {40} mg/mL + {10} mg/mL concentration was not tested and must not be co-infused"
    ),
    ("vial", ATM): Said(ATM, "Vials of {1 g} and {2 g}, with L-arginine"),
    ("concentration-max", ATM): Said(ATM, "At most {20} mg/mL"),
    ("vials-for-load", AAV): Said(AAV, "The full load needs {two} vials"),
    ("load-volume", AAV): Said(AAV, "two vials ({15.7} mL)"),
    ("us-total", f"{AAV} load rows"): Said(AAV, "load {2.67} g, {2.67} g, {1.8} g, {1.33} g;"),
    ("us-total", f"{AAV} maintenance rows"): Said(
        AAV, "maintenance {2} g, {1} g, {0.9} g, {0.9} g, in the order of the CrCl rows"
    ),
    ("vial-diluent", FDC): Said(FDC, "{10} mL of diluent gives about 11.2 mL"),
    ("vial", "colistin EU"): Said(COL, "Vials of {1} million units and {2} million units"),
    ("vial", "colistin US"): Said(COL, "Vial of {150} mg colistin base"),
    ("vial", PMB): Said(PMB, "Vial of {500,000} units"),
    ("vial", "fosfomycin-iv EU"): Said(FOS, "Bottles of {2 g}, {4 g} and {8 g}"),
    ("vial", "meropenem"): Said("meropenem", "Vials of {500 mg} and {1 g}"),
    ("vial", "gentamicin UK"): Said("gentamicin", "{80 mg} in {2} mL"),
    # the polymyxins' units
    ("unit-conversion", "polymyxin-b units per mg"): Said(PMB, "1 mg = {10,000} units"),
    ("unit-conversion", "colistin 12500 IU"): Said(COL, "12,500 units = {0.4} mg base"),
    ("unit-conversion", "colistin 12500 IU as CMS"): Said(COL, "0.4 mg base = {1} mg colisti"),
    ("unit-conversion", "colistin 150000 IU"): Said(COL, "150,000 units = {5} mg"),
    ("unit-conversion", "colistin 150000 IU as CMS"): Said(COL, "units = 5 mg = {12} mg"),
    ("unit-conversion", "colistin 1 million units"): Said(
        COL, "1 million units of colistimethate = {34} mg colistin base"
    ),
    ("unit-conversion", "colistin 1 million units as CMS"): Said(
        COL, "34 mg colistin base = {80} mg colistimethate"
    ),
    ("unit-conversion", "colistin 4.5 million units"): Said(COL, "4.5 million units = {150} mg"),
    ("unit-conversion", "colistin 4.5 million units as CMS"): Said(COL, "150 mg = {360} mg"),
    ("unit-conversion", "colistin 9 million units"): Said(COL, "9 million units = {300} mg ="),
    ("unit-conversion", "colistin 9 million units as CMS"): Said(COL, "300 mg = {720} mg"),
    ("unit-conversion", "mg colistimethate per mg colistin base"): Said(
        COL, "mg colistimethate is {2.4} times mg colistin base"
    ),
    ("colistin-load-cap", "consensus"): Said(
        COL, "Consensus load at most {300} mg colistin base (9 million units)"
    ),
    # sodium
    ("sodium-mmol", FDC): Said(FDC, "({7.64} mmol) of sodium per 1 g vial"),
    ("sodium", f"{FDC} 2 g in 100 mL saline"): Said(
        FDC, "A 2 g dose in 100 mL of 0.9 % sodium chloride holds {705} mg"
    ),
    ("sodium-mmol", f"{FDC} 2 g in 100 mL saline"): Said(FDC, "holds 705 mg ({30.67} mmol)"),
    ("sodium-mmol", "fosfomycin-iv EU"): Said(FOS, "320 mg ({14} mmol) of sodium per g"),
    ("sodium", "meropenem"): Said("meropenem", "{90.2} mg (3.92 mEq) of sodium per g"),
    # daily maxima
    ("daily-max", f"{AAV}/aztreonam"): Said(AAV, "At most aztreonam {6 g} + avibactam"),
    ("daily-max", f"{AAV}/avibactam"): Said(AAV, "6 g + avibactam {2 g} per day"),
    ("daily-max", "tigecycline"): Said("tigecycline", "At most {200} mg per day in the high dose"),
    ("daily-max", "eravacycline"): Said("eravacycline", "At most {2} mg/kg per day"),
    ("daily-max", "eravacycline with inducer"): Said(
        "eravacycline", "{3} mg/kg per day with a strong CYP3A inducer"
    ),
    ("daily-max", "minocycline CrCl 80 or more"): Said("minocycline", "At most {400} mg in 24"),
    ("daily-max", "minocycline CrCl below 80"): Said(
        "minocycline", "below CrCl 80 mL/min at most {200} mg in 24 hours"
    ),
    ("daily-max", "colistin US"): Said(COL, "US label: at most {5} mg colistin base per kg"),
    ("daily-max", "polymyxin-b US label"): Said(PMB, "units/kg per day ({2.5} mg/kg per day)"),
    ("daily-max", "fosfomycin-iv EU"): Said(FOS, "per dose and {24 g} per day"),
    ("single-max", "fosfomycin-iv EU"): Said(FOS, "EU: at most {8 g} per dose"),
    ("daily-max", "meropenem"): Said("meropenem", "At most {6 g} per day"),
    # removal by dialysis
    ("removal", f"{FDC} haemodialysis"): Said(FDC, "A session removes about {60} %"),
    ("removal", f"{AAV}/aztreonam 4 h session"): Said(
        AAV, "A 4-hour session removes about {38} % of aztreonam"
    ),
    ("removal", f"{AAV}/avibactam 4 h session"): Said(AAV, "and {55} % of avibactam"),
    # statements that were never figures
    ("vial", "rifampicin capsules"): Said("rifampicin", "{150} mg and {300} mg"),
    ("duration-max", "plazomicin"): Said("plazomicin", "{7} days"),
    ("duration-max", "fosfomycin-iv US"): Said(FOS, "{14} days"),
}
