"""Words of the other system: correspondences between its values and ours."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

#: Attributes of incoming flows with a fixed set of values: any other word is a finding of its row.
CLOSED = {
    ("acknowledgement", "status"): ("accepted", "rejected", "pending"),
    ("third_party", "type"): ("customer", "supplier", "both"),
    ("journal", "type"): ("sale", "purchase", "general", "bank", "cash"),
    ("payments", "sense"): ("payment", "refusal", "reversal"),
}
#: The same for what is written: a correspondence of any other value would never be used.
WRITTEN = {
    (flow, attribute): values
    for flow in ("entries", "fec")
    for attribute, values in {
        "document_type": ("FC", "AC", "FF", "AV"),
        "direction": ("D", "C"),
        "account_type": ("G",),
        "payment_approval": ("none", "pending", "approved", "disputed"),
    }.items()
} | {("updates", "field"): ("payment_approval", "due_date", "payment_mode", "label", "external_reference")}
_USUAL = {
    ("acknowledgement", "status"): {
        "accepted": "OK, Oui, O, Yes, Accepté, Acceptée, Acc, A, Intégré, Intégrée, I, Importé, Importée, Validé,"
        " Validée, Comptabilisé, Comptabilisée, Enregistré, Enregistrée, Success, Imported,"
        " Integrated, Posted, True, Vrai",
        "rejected": "KO, Non, N, No, Rejeté, Rejetée, Rej, R, Refusé, Refusée, Erreur, Error, Err, En erreur, Échec,"
        " En échec, Rejet, Non intégré, Non intégrée, En anomalie, Failed, Failure, False, Faux, Écritures en échec,"
        " Échoué, Échouée, Invalide, Invalid",
        "pending": "À importer, À intégrer, À traiter, À contrôler, En attente, En cours, En cours de traitement,"
        " En cours d'intégration, Validation en cours, Waiting, In progress, Processing",
    },
    ("third_party", "type"): {
        "customer": "C, CLI, Client, Clients, Customers, Débiteur, Redevable",
        "supplier": "F, FOU, FRN, FRS, FOUR, FOURN, Fournisseur, Fournisseurs, Suppliers, Vendor, Créancier",
        "both": "CF, FC, Mixte, Client et fournisseur, Client/fournisseur",
    },
    ("journal", "type"): {
        "sale": "V, VE, VT, VTE, Vente, Ventes, Sales",
        "purchase": "A, AC, HA, ACH, Achat, Achats, Purchases",
        "general": "G, OD, Général, Générale, Opérations diverses, Divers, AN, À nouveau, À nouveaux, Misc",
        "bank": "B, BQ, BQE, Banque, T, TR, Trésorerie",
        "cash": "CA, CAI, Caisse",
    },
    ("payments", "sense"): {
        "payment": "R, Règlement, Reglt, P, Paiement, E, Encaissement, Recette, Receipt",
        "refusal": "J, Rejet, Rejeté, Rejetée, I, Impayé, Refus, Refusé, Refused",
        "reversal": "X, Annulation, Annulé, Annulée, Extourne, Contrepassation, Contre-passation, Cancelled",
    },
    ("payments", "payment_mode"): {
        "direct_debit": "PRLV, PRL, PRELEV, PRELSEPA, SDD, Prélèvement, Prélèvement SEPA, Prélèvement automatique",
        "transfer": "VIR, VIRT, VRT, SCT, Virement, Virement SEPA",
        "cheque": "CHQ, CH, CHEQ, Chèque, Chèques",
        "card": "CB, TPE, PAYFIP, TIPI, Carte, Carte bancaire, Paiement en ligne",
        "interbank_slip": "TIP, TIP SEPA, TIPSEPA, TEP",
        "cash": "ESP, NUM, Espèces, Numéraire",
        "postal_order": "MDT, Mandat, Mandat cash, Mandat-compte",
    },
}

#: Around a word, besides blanks; plus and minus signs may make the difference.
_AROUND = " \t\u00a0\u202f.,:;!\"'«»“”‘’"
_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])[-_]+(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Word:
    """A correspondence of a layout: an attribute's value `there`, in the files, and `here`."""

    attribute: str
    there: str
    here: str


def usual_words(flow: str) -> tuple[Word, ...]:
    """Return the words that accounting systems usually use in a flow."""
    return tuple(
        Word(attribute, there, here)
        for (of_flow, attribute), values in _USUAL.items()
        if of_flow == flow
        for here, words in values.items()
        for there in words.split(", ")
    )


def known_values(flow: str, attribute: str) -> tuple[str, ...]:
    """Return the values that an attribute may have; empty if any."""
    return CLOSED.get((flow, attribute)) or WRITTEN.get((flow, attribute), ())


@lru_cache(4096)
def folded(text: str) -> str:
    """Normalise a word: ignore case, accents, blanks, quotes and points around it, hyphens between its letters."""
    parts = unicodedata.normalize("NFKD", text)
    plain = "".join(part for part in parts if not unicodedata.combining(part)).casefold()
    word = " ".join(_BETWEEN_LETTERS.sub(" ", plain.strip(_AROUND)).split())
    return word or " ".join(plain.split())


def words_in(words: Iterable[Word], flow: str, attribute: str) -> dict[str, str]:
    """Return {normalised word of the files: our value} of an attribute, including our own values."""
    own = {folded(value): value for value in CLOSED.get((flow, attribute), ())}
    return own | {folded(word.there): word.here for word in words if word.attribute == attribute}


def words_out(words: Iterable[Word]) -> dict[str, dict[str, str]]:
    """Return {attribute: {our value: word of the files}}; the first word of a value is written."""
    found: dict[str, dict[str, str]] = {}
    for word in words:
        found.setdefault(word.attribute, {}).setdefault(word.here.strip(), word.there.strip())
    return found
