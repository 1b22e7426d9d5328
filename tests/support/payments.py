"""Payments that the accounting system reports, as files in the connector's directory."""

from odoo import Command

from .ledger import MODULE, LedgerCase

HEADER = "company;reference;number;third_party;date;amount;payment_mode;letter;sense;cancels;message\r\n"


def make_payment_journals(env, companies):
    """Return a bank journal of each company, with its account 515."""
    journals = env["account.journal"]
    for company in companies:
        account = (
            env["account.account"]
            .with_company(company)
            .create({"name": "Trésor", "code": "515000", "account_type": "asset_cash", "company_ids": company.ids})
        )
        values = {"name": "Trésor", "code": "TRES", "type": "bank", "default_account_id": account.id}
        journals |= journals.with_company(company).create({**values, "company_id": company.id})
    return journals


class PaymentCase(LedgerCase):
    """EAU and ASST have a bank journal each; payments of both come in by one connector."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journals = make_payment_journals(cls.env, cls.companies)
        cls.connector.write(
            {
                "payments_layout_id": cls.env.ref(f"{MODULE}.ledger_layout_payments").id,
                "payment_journal_ids": [Command.set(cls.journals.ids)],
            }
        )

    @property
    def folder(self):
        return self.directory / "payments"

    def invoice(self, amount, company=None, **values):
        return self.entry("out_invoice", amount, company=company, **values)

    def row(self, reference, bill="", amount="", company="EAU", **values):
        """Return a row of a file; `bill`: an entry, or what the file says."""
        defaults = {"third_party": "", "date": "12/03/2026", "payment_mode": "PRLV", "letter": "", "sense": ""}
        values = {**defaults, "cancels": "", "message": "", **values}
        number = bill if isinstance(bill, str) else bill.name
        cells = [company, reference, number, values["third_party"], values["date"], str(amount)]
        names = ("payment_mode", "letter", "sense", "cancels", "message")
        return ";".join([*cells, *(values[name] for name in names)]) + "\r\n"

    def put(self, *rows, name="REG_1.csv", header=HEADER, encoding="utf-8"):
        """Deliver a file of payments."""
        self.folder.mkdir(exist_ok=True)
        (self.folder / name).write_bytes((header + "".join(rows)).encode(encoding))

    def bring_in(self, *rows, **options):
        """Deliver a file and let a synchronisation of payments read it; return the run."""
        if rows:
            self.put(*rows, **options)
        return self.do(self.env["ledger.payment"], "action_fetch")

    def payment(self, reference):
        return self.env["ledger.payment"].search([("reference", "=", reference)])

    def placed(self, folder):
        there = self.folder / folder
        return sorted(path.name for path in there.glob("*.csv")) if there.exists() else []

    def assertDue(self, bill, amount, state):
        self.assertEqual((round(bill.amount_residual, 2), bill.payment_state), (amount, state))
