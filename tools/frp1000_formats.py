"""How the counterpart reads files: its own understanding of the formats, shared with nobody."""

import csv
import datetime
import re

HEADERS = {
    "companies": "code name scan_directory",
    "third_parties": "company type code name street street2 street3 zip city country vat siret payment_mode "
    "payment_terms account iban bic email",
    "accounts": "company code name type",
    "journals": "company code name type",
    "vat_profiles": "company code name rate",
    "payment_modes": "company code name",
    "analytic_axes": "company code name",
    "analytic_sections": "company axis code name",
}

TYPES = {"FC", "AC", "FF", "AV"}
SCHEMA = """
CREATE TABLE IF NOT EXISTS code (company TEXT, kind TEXT, code TEXT, name TEXT,
    PRIMARY KEY (company, kind, code));
CREATE TABLE IF NOT EXISTS document (company TEXT, number TEXT, journal TEXT, type TEXT, date TEXT,
    external_reference TEXT, label TEXT, due_date TEXT, payment_mode TEXT, payment_approval TEXT,
    currency TEXT, lot TEXT, version INTEGER, PRIMARY KEY (company, number));
CREATE TABLE IF NOT EXISTS line (company TEXT, number TEXT, position INTEGER, account TEXT, third_party TEXT,
    label TEXT, debit INTEGER, credit INTEGER, PRIMARY KEY (company, number, position));
CREATE TABLE IF NOT EXISTS lot (name TEXT PRIMARY KEY, sha256 TEXT, format TEXT, answer TEXT,
    answered INTEGER);
CREATE TABLE IF NOT EXISTS delivery (name TEXT, sha256 TEXT, outcome TEXT);
CREATE TABLE IF NOT EXISTS event (lot TEXT, company TEXT, number TEXT, operation TEXT, status TEXT,
    code TEXT);
"""

ANSWER = ("company", "number", "external_reference", "status", "code", "message")


def write_table(path, titles, rows):
    """Writes a delimited file so that a reader sees all of it or nothing."""
    temporary = path.with_name(f".{path.name}.part")
    with open(temporary, "w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
        writer.writerow(titles)
        writer.writerows(rows)
    temporary.rename(path)


class Refused(Exception):
    """A document is rejected: code and message of the acknowledgement."""

    def __init__(self, code, message):
        self.code, self.message = code, message
        super().__init__(message)


def lot_number(name):
    return name.rpartition(".")[0].rpartition("_")[2]


def recognize(cells):
    """(format, reader of a row) by the look of the first line."""
    if len(cells) == 25:
        return "entries", lambda row: named(row, ENTRIES, "%d/%m/%Y")
    if len(cells) == 15 and cells[14] in ("OUI", "NON"):
        return "approval", lambda row: named(row, APPROVAL, "%Y%m%d")
    if len(cells) == 15 and cells[5] == "X":
        return "short", lambda row: named(row, SHORT, "%d%m%y")
    if len(cells) == 5:
        return "updates", lambda row: dict(zip(UPDATE, row, strict=True))
    raise Refused("FORMAT", f"aucun format connu n'a {len(cells)} colonnes de ce type")


UPDATE = ("company", "number", "external_reference", "field", "value")
ENTRIES = {
    0: "company", 2: "journal", 3: "type", 4: "date", 5: "number", 7: "account", 8: "third_party", 9: "label",
    10: "direction", 11: "amount", 14: "currency", 15: "due_date", 16: "payment_mode",
    23: "external_reference",
}  # fmt: skip
SHORT = {
    0: "company", 1: "journal", 2: "date", 3: "account", 4: "third_party", 6: "amount", 7: "direction",
    8: "number", 9: "due_date", 11: "type", 12: "label", 13: "payment_mode",
}  # fmt: skip
APPROVAL = {
    0: "journal", 1: "date", 2: "due_date", 4: "number", 5: "account", 6: "third_party", 7: "label",
    8: "amount", 9: "direction", 10: "payment_mode", 11: "currency", 14: "payment_approval",
}  # fmt: skip


def named(cells, places, form):
    row = {key: cells[place].strip() for place, key in places.items()}
    row["date_format"] = form
    return row


def entry_line(row):
    """(account, third party, label, debit, credit) in cents; dates become ISO in the row."""
    for key in ("date", "due_date"):
        row[key] = day(row[key], row["date_format"])
    if not re.fullmatch(r"[0-9]{1,15},[0-9]{2}", row["amount"]):
        raise Refused("MONTANT", f"{row['amount']} n'est pas un montant")
    if row["direction"] not in ("D", "C"):
        raise Refused("SENS", f"{row['direction']} n'est ni D ni C")
    cents = int(row["amount"].replace(",", ""))
    debit, credit = (cents, 0) if row["direction"] == "D" else (0, cents)
    return row["account"], row["third_party"], row["label"], debit, credit


def day(text, form):
    try:
        return datetime.datetime.strptime(text, form).date().isoformat() if text else ""
    except ValueError:
        raise Refused("DATE", f"{text} n'est pas une date") from None
