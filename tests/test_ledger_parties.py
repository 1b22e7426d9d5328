"""A code that the accounting system gave to another third party waits for a decision; codes of another connector."""

from odoo.exceptions import AccessError

from .support.ledger import CONNECTOR_MANAGER, MONITOR, LedgerCase

HEAD = "company;type;code;name;vat;siret\r\n"
NORD, SUD = "73282932000074", "55210055400013"


class TestReplacedParties(LedgerCase):
    def setUp(self):
        super().setUp()
        self.connector.deactivation_share = 100
        self.put("EAU;supplier;F0009;Pompes du Nord;;" + NORD)
        self.bill = self.entry()
        self.manager = self.user("manager", CONNECTOR_MANAGER)

    def put(self, *rows):
        text = HEAD + "".join(f"{row}\r\n" for row in rows)
        (self.directory / "referential/third_parties.csv").write_bytes(text.encode())
        return self.do(self.companies, "action_update_companies")

    def replace(self, row="EAU;supplier;F0009;Espaces verts;;" + SUD):
        return self.put(row)

    @property
    def of_code(self):
        self.env.invalidate_all()
        return self.code("third_party", "F0009")

    def anomalies(self, bill):
        self.document(bill)._refresh()
        return self.document(bill).anomaly_ids.mapped("code")

    def test_it_is_said_and_nothing_leaves_under_it(self):
        before = self.of_code.res_id
        run = self.replace()
        anomaly = run.anomaly_ids
        self.assertEqual((anomaly.code, anomaly.line, run.updated, run.refused), ("third_party_replaced", 2, 0, 1))
        self.assertIn("Pompes du Nord", anomaly.message)
        self.assertIn("Espaces verts", anomaly.message)
        for _again in range(2):
            self.assertEqual(self.connector.doubtful_count, 1)
            code = self.of_code
            self.assertEqual((code.name, code.res_id, code.is_doubtful), ("Pompes du Nord", before, True))
            self.assertEqual(code.proposed_name, "Espaces verts")
            self.assertEqual(self.replace().anomaly_ids.mapped("code"), [], "said once")
        self.assertEqual(self.replace("EAU;supplier;F0009;Tout neuf;;" + SUD).refused, 1, "another one again")
        self.assertEqual(self.export(self.bill).exported, 0)
        document = self.document(self.bill)
        self.assertEqual((document.state, document.anomaly_ids.code), ("to_export", "third_party_doubtful"))
        self.assertIn("F0009", document.anomaly_ids.message)

    def test_what_was_sent_stays_as_it_was(self):
        self.loop(self.bill)
        self.replace()
        self.assertEqual(self.anomalies(self.bill), [])
        self.bill.action_approve_payment()
        self.assertEqual(self.export(self.bill).exported, 1)

    def test_the_same_third_party_under_another_name(self):
        before = self.of_code.res_id
        self.replace()
        self.assertEqual(self.anomalies(self.bill), ["third_party_doubtful"])
        self.do(self.of_code, "action_same_party", user=self.manager)
        code = self.of_code
        self.assertEqual((code.name, code.res_id, code.is_doubtful), ("Espaces verts", before, False))
        self.assertFalse(code.proposed)
        self.assertEqual(self.document(self.bill).anomaly_ids.mapped("code"), [])
        run = self.replace()
        self.assertEqual((run.updated, run.anomaly_ids.mapped("code")), (0, []))

    def test_another_third_party(self):
        before = self.record("third_party", "F0009")
        self.assertEqual(before.ref, "F0009")
        self.replace()
        self.assertEqual(self.anomalies(self.bill), ["third_party_doubtful"])
        self.do(self.of_code, "action_other_party", user=self.manager)
        after = self.record("third_party", "F0009")
        self.assertEqual((after.name, after.ref), ("Espaces verts", "F0009"))
        self.assertNotEqual(after, before)
        self.assertEqual((self.of_code.former_id, self.of_code.bound_by_hand), (before.id, False))
        self.assertEqual(self.document(self.bill).anomaly_ids.code, "third_party_unbound", "it is checked at once")
        self.assertEqual(self.replace().anomaly_ids.mapped("code"), [])
        self.assertEqual(self.record("third_party", "F0009"), after)

    def test_another_third_party_that_is_not_made_here(self):
        self.connector.create_third_parties = False
        self.replace()
        self.do(self.of_code, "action_other_party", user=self.manager)
        self.replace()
        self.assertFalse(self.of_code.res_id, "its former partner still has the reference, and is not meant")
        other = self.env["res.partner"].create({"name": "Verts", "ref": "F0009", "company_id": self.water.id})
        self.replace()
        self.assertEqual(self.record("third_party", "F0009"), other)

    def test_a_binding_by_hand_decides(self):
        other = self.env["res.partner"].create({"name": "Verts", "company_id": self.water.id})
        self.replace()
        code = self.of_code.with_user(self.manager).with_context(allowed_company_ids=self.companies.ids)
        code.record_ref = f"res.partner,{other.id}"
        code = self.of_code
        self.assertEqual((code.name, code.res_id, code.is_doubtful), ("Espaces verts", other.id, False))

    def test_a_file_corrected_over_there(self):
        self.replace()
        run = self.put("EAU;supplier;F0009;Pompes du Nord;;" + NORD)
        self.assertEqual((self.of_code.is_doubtful, run.anomaly_ids.mapped("code")), (False, []))
        self.assertEqual(self.anomalies(self.bill), [])

    def test_a_name_that_merely_changes(self):
        run = self.put("EAU;supplier;F0009;Pompes du Nord SAS;;73282932000082")
        self.assertEqual((run.updated, run.anomaly_ids.mapped("code")), (1, []))
        self.assertEqual(self.of_code.name, "Pompes du Nord SAS")

    def test_the_numbers_of_the_record_count_where_the_row_has_none(self):
        partner = self.record("third_party", "F0009")
        partner.write({"company_registry": NORD, "vat": False})
        self.put("EAU;supplier;F0009;Pompes du Nord;;")
        self.assertEqual(self.put("EAU;supplier;F0009;Espaces verts;;" + NORD).anomaly_ids.mapped("code"), [])
        self.assertEqual(self.of_code.name, "Espaces verts")
        partner.write({"company_registry": False, "vat": "FR44732829320"})
        self.put("EAU;supplier;F0009;Espaces verts;;")
        run = self.put("EAU;supplier;F0009;Espaces verts;FR83404833048;")
        self.assertEqual(run.anomaly_ids.mapped("code"), ["third_party_replaced"])

    def test_a_code_that_was_closed_for_years(self):
        self.put("EAU;supplier;F0001;Autre;;")
        self.assertFalse(self.of_code.active)
        run = self.put("EAU;supplier;F0001;Autre;;", "EAU;supplier;F0009;Espaces verts;;" + SUD)
        self.assertEqual(run.anomaly_ids.mapped("code"), ["third_party_replaced"])
        self.assertEqual(self.anomalies(self.bill), ["third_party_doubtful"])

    def test_who_may_decide(self):
        self.replace()
        for action in ("action_same_party", "action_other_party"):
            with self.assertRaises(AccessError):
                self.do(self.of_code, action, user=self.user(f"monitor_{action}", MONITOR))


class TestCodesOfAnotherConnector(LedgerCase):
    def test_a_company_that_changes_its_accounting_system(self):
        """Codes of the former system, whose connector is archived, are not written into files of the new one."""
        former, partner = self.connector, self.record("third_party", "F0009")
        former.active = False
        connector = self.make_connector(directory="other")
        for kind, code, new in (("third_party", "F0009", "X9"), ("account", "401000", "4010"), ("journal", "ACH", "A")):
            known = self.code(kind, code)
            known.sudo().copy({"connector_id": connector.id, "code": new, "company_code": "EAU"})
        self.code("account", "615500").sudo().copy({"connector_id": connector.id, "code": "6155"})
        bill = self.entry()
        document = self.document(bill).filtered(lambda found: found.connector_id == connector)
        self.assertEqual(document.anomaly_ids.mapped("message"), [])
        self.assertEqual(bill.partner_id, partner)
        run = self.do(document, "action_export")
        rows = [row.split(";") for row in run.lot_ids._content().decode("cp1252").splitlines()]
        self.assertEqual({(row[2], row[7], row[8]) for row in rows}, {("A", "6155", ""), ("A", "4010", "X9")})
        # for documents that need the Writer
        document._move_on("reject")
        bill.invoice_line_ids.name = "Ligne « neuve »"
        run = self.do(self.document(bill).filtered(lambda found: found.connector_id == connector), "action_export")
        self.assertIn("X9", run.lot_ids._content().decode("cp1252"))
