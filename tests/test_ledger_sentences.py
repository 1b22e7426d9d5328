"""Numbers and days in messages are written as in the user's language; what a file said stays as it is."""

from datetime import date

from odoo.tests import TransactionCase

from ..core.ledger.findings import Finding
from ..models.ledger.sentences import kept_params, tell, tell_code
from .support.language import add_french


class TestSentences(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_french(cls.env)
        cls.french = cls.env(context={**cls.env.context, "lang": "fr_FR"})
        cls.english = cls.env(context={**cls.env.context, "lang": "en_US"})

    def said(self, message, **params):
        """Return the message in French and in English; kept with a document, it is the same."""
        finding = Finding(message, "", params)
        found = [tell(env, finding).replace("\u202f", " ").replace("\xa0", " ") for env in (self.french, self.english)]
        for env, text in zip((self.french, self.english), found, strict=True):
            kept = tell_code(env, message, kept_params(params))
            self.assertEqual(kept.replace("\u202f", " ").replace("\xa0", " "), text)
        return found

    def test_amounts(self):
        french, english = self.said("unbalanced", debit="1234.50", credit="1234.00", difference="0.50")
        for text, shown in ((french, ("1 234,50", "1 234,00", "0,50")), (english, ("1,234.50", "0.50"))):
            for amount in shown:
                self.assertIn(amount, text)

    def test_days(self):
        values = {"code": "512", "name": "Banque"}
        french, english = self.said("account_closed", date="2026-11-02", **values)
        self.assertIn("02/11/2026", french)
        self.assertIn("11/02/2026", english)
        self.assertIn("?", self.said("account_closed", date="?", **values)[0])
        self.assertIn("2026-99-99", self.said("account_closed", date="2026-99-99", **values)[0])
        both = self.said("fec_two_dates", number="1", journal="VT", dates="2026-11-02, 2026-11-03")[0]
        self.assertIn("02/11/2026, 03/11/2026", both)

    def test_a_form_of_dates_is_shown_by_a_day(self):
        """Formats such as %d/%m/%Y are not shown to accountants."""
        for form, shown in (("%d/%m/%Y", "31/12/2026."), ("%Y%m%d", "20261231.")):
            said = self.said("date_wrong", line=3, column="date", value="demain", format=form)[0]
            self.assertTrue(said.endswith(shown), said)

    def test_rates(self):
        french, english = self.said("invoice_vat_unknown", name="f.xml", rate="5.5", company="Régie")
        self.assertIn("5,5 %", french)
        self.assertIn("5.5 %", english)
        self.assertIn(" 20 %", self.said("invoice_vat_unknown", name="f.xml", rate="20", company="Régie")[0])

    def test_what_a_file_said_stays(self):
        french, _english = self.said("amount_too_precise", line=3, value="45.005", column="amount")
        self.assertIn("45.005", french)

    def test_a_finding_inside_another_one(self):
        """It is a sentence in each language, also after it was kept with a document."""
        french, english = self.said("not_taken", name="F1", reason=Finding("permission_denied", "", {"name": "in"}))
        self.assertIn(tell(self.english, Finding("permission_denied", "", {"name": "in"})), english)
        self.assertIn(tell(self.french, Finding("permission_denied", "", {"name": "in"})), french)
        self.assertNotEqual(french, english)

    def test_names_of_fields_are_labels(self):
        french, english = self.said("reversal_needed", fields="state, third_party")
        self.assertIn("State, Third Party", english)
        self.assertNotIn("third_party", french)
        _french, english = self.said("date_wrong", line=3, column="due_date", value="demain", format="%d/%m/%Y")
        self.assertIn("Due Date", english)

    def test_words_of_keys(self):
        """Keys of the exchange are words; another value stays, and numbers are kept as numbers."""
        _french, english = self.said("company_not_known", kind="third_party", company="X", count=3, names="Eau")
        self.assertIn("third parties", english)
        self.assertEqual(
            kept_params({"count": 3, "day": date(2026, 3, 1), "name": "x"}),
            {"count": 3, "day": "2026-03-01", "name": "x"},
        )
