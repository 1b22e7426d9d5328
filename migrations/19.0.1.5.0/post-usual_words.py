"""Shipped layouts learn further words of other systems; a word that they have already keeps its meaning."""

from odoo import SUPERUSER_ID, api

#: {layout: {attribute: {value here: words there}}}
WORDS = {
    "acknowledgement": {
        "status": {
            "accepted": ("Enregistré", "Enregistrée", "Imported", "Integrated", "Posted", "True", "Vrai"),
            "rejected": ("Err", "Rejet", "Non intégré", "Non intégrée", "En anomalie", "False", "Faux"),
        }
    },
    "referential_third_party": {"type": {"customer": ("Redevable",), "supplier": ("FRS", "FOURN")}},
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for key, attributes in WORDS.items():
        layout = env.ref(f"utility_billing_sync.ledger_layout_{key}", raise_if_not_found=False)
        if layout:
            known = {(word.attribute, word.there.strip().casefold()) for word in layout.word_ids}
            env["ledger.word"].create(
                [
                    {"layout_id": layout.id, "attribute": attribute, "there": there, "here": here}
                    for attribute, values in attributes.items()
                    for here, words in values.items()
                    for there in words
                    if (attribute, there.casefold()) not in known
                ]
            )
