#!/usr/bin/env python3
"""A counterpart for trials and tests: an accounting system on the other side of an exchange directory.

It publishes référentiel files, collects files of entries and of updates, checks them by its own reading of the formats,
keeps its ledger in SQLite, and answers with acknowledgements. It shares no code with the module; a directory is enough.

    frp1000_simulator.py publish --root DIR [--data FILE.json]
    frp1000_simulator.py serve --root DIR [--interval SECONDS] [--once]
    frp1000_simulator.py answer --root DIR LOT…
    frp1000_simulator.py pay --root DIR [--most INVOICES] [--date DD/MM/YYYY] [--company CODE]
    frp1000_simulator.py report --root DIR
"""

import argparse
import hashlib
import itertools
import json
import os
import re
import signal
import sqlite3
import sys
from decimal import Decimal
from pathlib import Path

from frp1000_formats import (
    ANSWER,
    HEADERS,
    SCHEMA,
    TYPES,
    Refused,
    day,
    entry_line,
    lot_number,
    recognize,
    write_table,
)
from frp1000_payments import Cashier


class Counterpart:
    """The accounting system over one root directory: entries in; acknowledgements, payments, référentiel out."""

    def __init__(self, root, encoding="cp1252"):
        self.root, self.encoding = Path(root), encoding
        self.inbox, self.outbox = self.root / "entries", self.root / "acknowledgements"
        self.referential, self.archive = self.root / "referential", self.root / "archive"
        for folder in (self.inbox, self.outbox, self.referential, self.archive):
            folder.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(self.root / "frp1000.sqlite", isolation_level=None, timeout=30)
        self.db.executescript(SCHEMA)
        self.cashier = Cashier(self.db, self.root / "payments")

    # Référentiel

    def publish(self, data):
        """Replaces the known codes by `data` ({file: [row, …]}) and writes the référentiel files."""
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute("DELETE FROM code")
        for kind, rows in data.items():
            values = [(row.get("company", ""), kind, row["code"], row["name"]) for row in rows]
            self.db.executemany("INSERT INTO code VALUES (?, ?, ?, ?)", values)
        self.db.execute("COMMIT")
        for kind, rows in data.items():
            table = [[row.get(title, "") for title in HEADERS[kind].split()] for row in rows]
            write_table(self.referential / f"{kind}.csv", HEADERS[kind].split(), table)

    def knows(self, company, kind, code):
        query = "SELECT 1 FROM code WHERE company IN (?, '') AND kind = ? AND code = ?"
        return self.db.execute(query, (company, kind, code)).fetchone()

    # Lots

    def work(self):
        """Takes every lot that has arrived, oldest first; returns how many."""
        self.answer_again()
        self.cashier.write_again()
        names = sorted(entry.name for entry in os.scandir(self.inbox) if entry.is_file(follow_symlinks=False))
        names = [name for name in names if not name.startswith(".") and not name.endswith(".part")]
        for name in names:
            self.take(name)
        return len(names)

    def take(self, name):
        """One lot: a single transaction for its documents and its answer, so that a crash leaves all or
        nothing."""
        data = (self.inbox / name).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        self.db.execute("BEGIN IMMEDIATE")
        known = self.db.execute("SELECT sha256 FROM lot WHERE name = ?", (name,)).fetchone()
        outcome = "new" if not known else "again" if known[0] == digest else "conflict"
        self.db.execute("INSERT INTO delivery VALUES (?, ?, ?)", (name, digest, outcome))
        if outcome == "new":
            form, answers = self.process(name, data)
            answer = json.dumps(answers)
            self.db.execute("INSERT INTO lot VALUES (?, ?, ?, ?, 0)", (name, digest, form, answer))
        self.db.execute("COMMIT")
        self.answer_again()
        target = self.archive / name
        for copy in itertools.count(1):
            if not target.exists():
                break
            target = self.archive / f"{name}.{copy}"
        (self.inbox / name).rename(target)

    def answer_again(self):
        """Writes the acknowledgements that are due, also those that a crash held back."""
        due = self.db.execute("SELECT name, answer FROM lot WHERE answered = 0").fetchall()
        for name, answer in due:
            write_table(self.outbox / f"AR_{lot_number(name)}.txt", ANSWER, json.loads(answer))
            self.db.execute("UPDATE lot SET answered = 1 WHERE name = ?", (name,))

    def answer(self, numbers):
        """Answers these lots again, as before: somebody here lost the acknowledgements."""
        for (name,) in self.db.execute("SELECT name FROM lot").fetchall():
            if lot_number(name) in numbers:
                self.db.execute("UPDATE lot SET answered = 0 WHERE name = ?", (name,))
        self.answer_again()

    def process(self, name, data):
        """(format, answers) of a lot; each document stands or falls alone."""
        try:
            form, groups = self.parse(name, data)
        except Refused as error:
            return error.code, [["?", name, "", "rejected", error.code, error.message]]
        answers = []
        for (company, number), rows in groups.items():
            operation, status, code, message = "create", "accepted", "", ""
            try:
                if form == "updates":
                    operation = self.update(company, number, rows)
                else:
                    operation = self.enter(company, number, rows, lot_number(name), form)
            except Refused as error:
                status, code, message = "rejected", error.code, error.message
            event = (lot_number(name), company, number, operation, status, code)
            self.db.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", event)
            answers.append([company, number, rows[0].get("external_reference", ""), status, code, message])
        return form, answers

    def parse(self, name, data):
        """(format, {(company, number): rows}) of the bytes of a lot."""
        if not data.endswith(b"\r\n"):
            raise Refused("TRONQUE", "la dernière ligne n'a pas de fin")
        try:
            text = data.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise Refused("ENCODAGE", f"octet illisible en {self.encoding}, place {error.start}") from error
        table = [line.split(";") for line in text[:-2].split("\r\n")]
        form, readers = recognize(table[0])
        if any(len(row) != len(table[0]) for row in table):
            raise Refused("COLONNES", "une ligne a un autre nombre de colonnes")
        groups = {}
        for cells in table:
            row = readers(cells)
            company = row.get("company") or self.company_of(name)
            groups.setdefault((company, row["number"]), []).append(row)
        return form, groups

    def company_of(self, name):
        """The company in a file name, where what is not a letter, digit, dot or dash was replaced by a
        dash."""
        part = name.split("_")[1] if name.count("_") == 2 else ""
        codes = self.db.execute("SELECT code FROM code WHERE kind = 'companies'").fetchall()
        found = [code for (code,) in codes if re.sub(r"[^A-Za-z0-9.-]+", "-", code) == part]
        return found[0] if len(found) == 1 else part

    # Documents

    def enter(self, company, number, rows, lot, form):
        """Enters a document, or takes the approval of one already entered (format with payment approval)."""
        head, lines = rows[0], [entry_line(row) for row in rows]
        query = "SELECT 1 FROM document WHERE company = ? AND number = ?"
        known = self.db.execute(query, (company, number)).fetchone()
        if known and form == "approval" and self.lines_of(company, number) == lines:
            self.change(company, number, {"payment_approval": head["payment_approval"]})
            return "update"
        if known:
            raise Refused("DOUBLON", f"pièce {number} déjà saisie")
        self.check(company, head, rows, lines)
        values = [head.get(key, "") for key in ("journal", "type", "date", "external_reference", "label")]
        due = next((row["due_date"] for row in rows if row.get("due_date")), "")
        values += [due, head.get("payment_mode", ""), head.get("payment_approval", ""), head.get("currency", "EUR")]
        self.db.execute(
            "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
            (company, number, *values, lot),
        )
        self.db.executemany(
            "INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(company, number, place, *line) for place, line in enumerate(lines, 1)],
        )
        return "create"

    def check(self, company, head, rows, lines):
        if not self.knows("", "companies", company):
            raise Refused("SOCIETE", f"société {company} inconnue")
        if not self.knows(company, "journals", head["journal"]):
            raise Refused("JOURNAL", f"journal {head['journal']} inconnu")
        if head.get("type", "FC") not in TYPES:
            raise Refused("TYPE", f"type de pièce {head['type']} inconnu")
        for row in rows:
            if not self.knows(company, "accounts", row["account"]):
                raise Refused("COMPTE", f"compte {row['account']} inconnu")
            if row["third_party"] and not self.knows(company, "third_parties", row["third_party"]):
                raise Refused("TIERS", f"tiers {row['third_party']} inconnu")
        balance = sum(line[3] - line[4] for line in lines)
        if balance:
            raise Refused("EQUILIBRE", f"écart entre débit et crédit : {Decimal(balance) / 100}".replace(".", ","))

    def lines_of(self, company, number):
        return self.db.execute(
            "SELECT account, third_party, label, debit, credit FROM line WHERE company = ? AND number = ?"
            " ORDER BY position",
            (company, number),
        ).fetchall()

    def update(self, company, number, rows):
        """Applies the update rows of one document, all or none."""
        changes = {}
        for row in rows:
            field, value = row["field"], row["value"]
            if field not in ("payment_approval", "due_date", "payment_mode", "label", "external_reference"):
                raise Refused("CHAMP", f"le champ {field} ne peut pas être modifié")
            if field == "payment_approval" and value not in ("OUI", "NON"):
                raise Refused("VALEUR", f"{value} n'est ni OUI ni NON")
            changes[field] = day(value, "%d/%m/%Y") if field == "due_date" else value
        if not self.change(company, number, changes):
            raise Refused("INCONNUE", f"pièce {number} jamais saisie")
        return "update"

    def change(self, company, number, changes):
        assignments = ", ".join(f"{field} = :{field}" for field in changes)
        key = "company = :key_company AND number = :key_number"
        values = {**changes, "key_company": company, "key_number": number}
        query = f"UPDATE document SET {assignments}, version = version + 1 WHERE {key}"
        return self.db.execute(query, values).rowcount

    def report(self):
        """Totals and documents, for comparison with the other side; amounts in cents."""
        paid = self.cashier.report()
        self.db.row_factory = sqlite3.Row
        queries = {
            "balances": "SELECT company, account, third_party, SUM(debit) debit, SUM(credit) credit,"
            " COUNT(*) lines FROM line GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            "documents": "SELECT * FROM document ORDER BY company, number",
            "deliveries": "SELECT * FROM delivery ORDER BY rowid",
            "events": "SELECT * FROM event ORDER BY rowid",
        }
        return {name: [dict(row) for row in self.db.execute(query)] for name, query in queries.items()} | paid


def serve(counterpart, interval):
    # waited for, not handled: a handler would interrupt what is being written
    ending = signal.SIGTERM, signal.SIGINT
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)
    while True:
        tell(counterpart.work())
        if signal.sigtimedwait(ending, interval):
            return


def tell(count):
    if count:
        print(f"{count} lots", flush=True)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    publish, server = commands.add_parser("publish"), commands.add_parser("serve")
    again = commands.add_parser("answer")
    again.add_argument("lots", nargs="+")
    pay = commands.add_parser("pay")
    pay.add_argument("--most", type=int, default=0)
    pay.add_argument("--date")
    pay.add_argument("--company", default="")
    for command in (publish, server, again, pay, commands.add_parser("report")):
        command.add_argument("--root", required=True)
    publish.add_argument("--data", type=Path, default=Path(__file__).with_name("frp1000_town.json"))
    server.add_argument("--interval", type=float, default=1.0)
    server.add_argument("--once", action="store_true")
    server.add_argument("--encoding", default="cp1252")
    options = parser.parse_args(arguments)
    if options.command == "serve" and options.once:
        tell(Counterpart(options.root, options.encoding).work())
    elif options.command == "serve":
        serve(Counterpart(options.root, options.encoding), options.interval)
    elif options.command == "answer":
        Counterpart(options.root).answer(set(options.lots))
    elif options.command == "pay":
        print(Counterpart(options.root).cashier.pay(options.most, options.date, options.company))
    elif options.command == "publish":
        Counterpart(options.root).publish(json.loads(options.data.read_text("utf-8")))
    else:
        json.dump(Counterpart(options.root).report(), sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
