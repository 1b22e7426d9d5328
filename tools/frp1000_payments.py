"""The cashier of the counterpart: who pays what, when, and what comes back; files of payments for the other side."""

import datetime

from frp1000_formats import write_table

TITLES = (
    "company", "reference", "number", "third_party", "date", "amount", "payment_mode", "letter", "sense", "cancels",
    "message",
)  # fmt: skip
SCHEMA = """
CREATE TABLE IF NOT EXISTS payment (reference TEXT PRIMARY KEY, file TEXT, company TEXT, number TEXT,
    third_party TEXT, date TEXT, cents INTEGER, mode TEXT, letter TEXT, sense TEXT, cancels TEXT, message TEXT,
    named INTEGER);
CREATE TABLE IF NOT EXISTS payment_file (name TEXT PRIMARY KEY, written INTEGER);
"""
#: Stories of a bill, step by step: (sense, tenths of the bill). The last story names the letter only.
STORIES = (
    (("Règlement", 10),),
    (("Règlement", 4), ("Règlement", 6)),
    (("Règlement", 10), ("Rejet", 10), ("Règlement", 10)),
    (("Règlement", 12),),
    (("Règlement", 10), ("Annulation", 3)),
    (("Règlement", 1), ("Lettrage", 9)),
)
#: Shares that are what the first payment left, to the cent.
REST = (6, 9)
MODES = ("PRLV", "VIR", "CHQ", "CB")
REASONS = {"Rejet": "Provision insuffisante", "Annulation": "Erreur de saisie"}
OWED = """
    SELECT company, number, MAX(third_party), SUM(debit - credit) FROM line JOIN document USING (company, number)
     WHERE document.type = 'FC' AND line.third_party != '' GROUP BY 1, 2 ORDER BY MIN(document.rowid)
"""


class Cashier:
    """Plays the payments of the customer invoices that the counterpart's ledger holds.

    :param db: the counterpart's database
    :param outbox: folder of the files of payments
    """

    def __init__(self, db, outbox):
        self.db, self.outbox = db, outbox
        db.executescript(SCHEMA)

    def pay(self, most=0, date=None, only=""):
        """Take each invoice a step further in its story, and report that in one file.

        :param most: number of invoices, at most; 0: all of them
        :param only: code of a company; "": all of them
        :return: number of movements
        """
        date = date or datetime.date.today().strftime("%d/%m/%Y")
        self.db.execute("BEGIN IMMEDIATE")
        (number,) = self.db.execute("SELECT COUNT(*) + 1 FROM payment_file").fetchone()
        name, done = f"REG_{number:05}.csv", 0
        for rank, owed in enumerate(self.db.execute(OWED).fetchall()):
            if most and done >= most:
                break
            if only and owed[0] != only:
                continue
            done += self._step(name, rank, owed, date)
        if done:
            self.db.execute("INSERT INTO payment_file VALUES (?, 0)", (name,))
        self.db.execute("COMMIT")
        self.write_again()
        return done

    def _step(self, file, rank, owed, date):
        """Record the next movement of an invoice; return whether there is one."""
        company, number, third_party, cents = owed
        earlier = self.db.execute(
            "SELECT reference FROM payment WHERE company = ? AND number = ? ORDER BY rowid", (company, number)
        ).fetchall()
        story = STORIES[rank % len(STORIES)]
        if len(earlier) >= len(story):
            return False
        sense, tenths = story[len(earlier)]
        first = round(cents * story[0][1] / 10)
        amount = cents - first if tenths in REST else round(cents * tenths / 10)
        named = sense != "Lettrage"
        cancels = earlier[-1][0] if sense in REASONS else ""
        reference = f"{company}-{rank + 1:05}-{len(earlier) + 1}"
        sense = sense if named else "Règlement"
        values = (reference, file, company, number, third_party, date, amount, MODES[rank % len(MODES)], f"L{rank + 1}")
        self.db.execute(
            f"INSERT INTO payment VALUES ({', '.join('?' * 13)})",
            (*values, sense, cancels, REASONS.get(sense, ""), named),
        )
        return True

    def write_again(self):
        """Write the files that are due, also those that a crash held back."""
        for (name,) in self.db.execute("SELECT name FROM payment_file WHERE written = 0").fetchall():
            rows = self.db.execute(
                "SELECT company, reference, CASE WHEN named THEN number ELSE '' END, third_party, date, cents, mode,"
                " letter, sense, cancels, message FROM payment WHERE file = ? ORDER BY rowid",
                (name,),
            ).fetchall()
            self.outbox.mkdir(exist_ok=True)
            write_table(self.outbox / name, TITLES, [[*row[:5], _text(row[5]), *row[6:]] for row in rows])
            self.db.execute("UPDATE payment_file SET written = 1 WHERE name = ?", (name,))

    def report(self):
        """Return the movements, and what remains due of each invoice, in cents (negative: paid too much)."""
        columns = "reference, company, number, cents, sense, cancels, file"
        movements = self.db.execute(f"SELECT {columns} FROM payment ORDER BY rowid").fetchall()
        due = {(company, number): cents for company, number, _third_party, cents in self.db.execute(OWED)}
        for _reference, company, number, cents, sense, _cancels, _file in movements:
            due[company, number] += cents if sense in REASONS else -cents
        return {
            "payments": [dict(zip(columns.split(", "), row, strict=True)) for row in movements],
            "due": [{"company": company, "number": number, "cents": cents} for (company, number), cents in due.items()],
        }


def _text(cents):
    return f"{cents // 100},{cents % 100:02}"
