"""The shipped layout of answers learns further words, also for documents that wait; its own keep their meaning."""

from odoo import SUPERUSER_ID, api

WORDS = {
    "rejected": ("Écritures en échec", "Échoué", "Échouée", "Invalide", "Invalid"),
    "pending": (
        "À importer",
        "À intégrer",
        "À traiter",
        "À contrôler",
        "En attente",
        "En cours",
        "En cours de traitement",
        "En cours d'intégration",
        "Validation en cours",
        "Waiting",
        "In progress",
        "Processing",
    ),
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    layout = env.ref("utility_billing_sync.ledger_layout_acknowledgement", raise_if_not_found=False)
    if layout:
        known = {word.there.strip().casefold() for word in layout.word_ids if word.attribute == "status"}
        env["ledger.word"].create(
            [
                {"layout_id": layout.id, "attribute": "status", "there": there, "here": here}
                for here, words in WORDS.items()
                for there in words
                if there.casefold() not in known
            ]
        )
