"""The cross-over graph of allergy.toml: folded allergens, cells by culprit, drug and region."""

from __future__ import annotations

from ndm_advisor.knowledge.files import Tree
from ndm_advisor.knowledge.records import cited, strings
from ndm_advisor.model.knowledge import AllergyCell, AllergyGraph
from ndm_advisor.model.names import fold

AVIBACTAM: str = "avibactam-products"  # `extra` of a culprit that holds avibactam


def allergy_graph(tree: Tree) -> AllergyGraph:
    """The graph, ready for look-ups by folded name."""
    cells = {(c["culprit"], c["drug"], c["region"]): _cell(c) for c in tree["cell"]}
    forbids = tree["label_forbids_any"]
    classes = tree["classes"]
    return AllergyGraph(
        drugs=tuple(dict.fromkeys(drug for _, drug, _ in cells)),
        cells=cells,
        severe_words=strings(tree["severe_words"]["words"]),
        culprits={
            fold(name): (strings(c["rows"]), c.get("extra") == AVIBACTAM)
            for name, c in tree["culprits"].items()
        },
        side_chain_group=strings(tree["side_chain_group"]),
        avibactam_products=strings(tree["avibactam_products"]),
        avibactam_cell=_cell(tree["avibactam"]),
        label_forbids=frozenset(
            (culprit, drug, entry["region"])
            for entry in forbids
            for culprit in entry["culprits"]
            for drug in entry["drugs"]
        ),
        label_forbids_text=forbids[0]["condition"],
        class_of={fold(a): name for name, c in classes.items() for a in c["allergens"]},
        class_members={name: strings(c["drugs"]) for name, c in classes.items()},
        class_sources=cited(tree["reaction_to_class"]),
    )


def _cell(record: Tree) -> AllergyCell:
    return AllergyCell(record["value"], record["reason"], record["text"], cited(record))
