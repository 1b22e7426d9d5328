"""Generates a référentiel in files: third parties of one budget, and a tenth as many accounts; seeded by number."""

import csv

from side_by_side import settle

from odoo.addons.utility_billing_sync.tests.support.exchange import take_steps

COLUMNS = (
    "company", "type", "code", "name", "street", "street2", "street3", "zip", "city", "country", "vat", "siret",
    "payment_mode", "payment_terms", "account", "iban", "bic", "email",
)  # fmt: skip


def third_party(number, changed):
    """Return a row of a third party; if `changed`, one in a hundred has a new address."""
    moved = changed and number % 100 == 0
    street = f"{number % 300} rue {'de la Poste' if moved else 'du Lavoir'}"
    return (
        "EAU", "customer", f"N{number:07}", f"Abonné {number}", street, f"Bât. {number % 9}", "",
        f"{63000 + number % 400}", f"Bourg {number % 40}", "FR", "", f"{10_000_000_000_000 + number}", "VIR", "30J",
        "411000", "", "", f"abonne{number}@example.com",
    )  # fmt: skip


class Referential:
    """The référentiel of the books: `parties` third parties, and their accounts."""

    def __init__(self, books, parties):
        self.books, self.parties, self.accounts = books, parties, parties // 10
        self.folder = books.directory / books.connector.referential_folder

    def only(self):
        """Make these the only files; they lack the few codes of the books' own files."""
        layouts = self.books.connector.referential_layout_ids
        wanted = layouts.filtered(lambda layout: layout.flow in ("third_party", "account"))
        self.books.connector.referential_layout_ids = wanted

    def publish(self, changed=False):
        """Write the files; replace former ones."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.iterdir():
            old.unlink()
        accounts = (("EAU", f"{4_110_000_000 + n}", f"Compte {n}", "G") for n in range(self.accounts))
        parties = (third_party(n, changed) for n in range(self.parties))
        for name, columns, lines in (
            ("accounts.csv", ("company", "code", "name", "type"), accounts),
            ("third_parties.csv", COLUMNS, parties),
        ):
            with (self.folder / name).open("w", newline="", encoding="utf-8") as file:
                csv.writer(file, delimiter=";").writerows([columns, *lines])

    def come_in(self, make=False):
        """Import the files by the step `referential` of a run, without committing; return its counts."""
        books = self.books
        books.connector.write({"create_third_parties": make, "create_accounts": make})
        with books.uncommitted():
            run = books.run("referential")
            with books.connector._open_transport() as transport:
                take_steps(run, transport)
            return run.made, run.updated, run.deactivated, run.unchanged, run.refused

    def forget(self):
        """Delete the imported codes."""
        self.books.cr.execute("DELETE FROM ledger_code WHERE code ~ '^N0' OR code ~ '^411.......'")
        settle(self.books.env)
