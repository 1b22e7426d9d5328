"""Rules of a sending, one by one, on bills that are printed as a page each: ways, order, separators, lists, batches."""

import base64
import io
import random
from unittest.mock import patch

from PIL import Image
from reportlab.pdfgen import canvas

from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged
from odoo.tools.pdf import PdfReader

from ..models.sending import utility_bill_sending
from ..models.sending.pdf_join import PdfJoin
from ..models.sending.print_file import PrintFile
from .support.billing import BillingCase
from .support.sharing import MODULE


def page_of(text):
    """Return a PDF of one page."""
    held = io.BytesIO()
    drawing = canvas.Canvas(held)
    drawing.drawString(100, 100, text)
    drawing.save()
    return held.getvalue()


def texts(pdf):
    return [" ".join(part.extract_text().split()) for part in PdfReader(io.BytesIO(pdf)).pages]


class TestPdfJoin(BaseCase):
    def joined(self, *documents):
        """Return the file that joins these documents, and the number of pages that each has."""
        held = io.BytesIO()
        join = PdfJoin(held)
        counts = [join.append(document) for document in documents]
        join.close()
        return held.getvalue(), counts

    def test_contents_that_come_again_are_written_once(self):
        """A logo or an enclosed note does not swell the printer's file with each bill."""
        drawing = io.BytesIO()
        noise = Image.frombytes("RGB", (100, 100), random.Random(1).randbytes(30_000))
        page = canvas.Canvas(drawing)
        page.drawInlineImage(noise, 10, 10)
        page.drawString(100, 500, "Note de qualite")
        page.showPage()
        page.drawString(100, 500, "Verso")
        page.save()
        data, counts = self.joined(*[drawing.getvalue()] * 10)
        self.assertEqual((counts, texts(data)), ([2] * 10, ["Note de qualite", "Verso"] * 10))
        self.assertLess(len(data), len(drawing.getvalue()) + 10_000)

    def test_the_table_of_objects(self):
        """Each entry is where an object begins; pages keep their size and the links between them."""
        drawing = io.BytesIO()
        page = canvas.Canvas(drawing, pagesize=(300, 400))
        page.linkRect("", "next", (0, 0, 50, 50))
        page.showPage()
        page.bookmarkPage("next")
        page.drawString(10, 10, "Suite")
        page.save()
        data, _counts = self.joined(drawing.getvalue(), page_of("Autre"))
        start = int(data.rsplit(b"startxref", 1)[1].split()[0])
        head, count, *rows = data[start:].split(b"trailer")[0].split(b"\n")[:-1]
        self.assertEqual((head, rows[0]), (b"xref", b"0000000000 65535 f "))
        self.assertEqual(count, b"0 %d" % len(rows))
        for number, row in enumerate(rows[1:], start=1):
            self.assertTrue(data[int(row.split()[0]) :].startswith(b"%d 0 obj\n" % number), number)
        self.assertIn(b"/Size %d " % len(rows), data[start:])
        self.assertTrue(data.startswith(b"%PDF-1.7\n%"))
        reader = PdfReader(io.BytesIO(data), strict=True)
        self.assertEqual([[float(side) for side in page.mediabox[2:]] for page in reader.pages][:2], [[300, 400]] * 2)
        [link] = reader.pages[0]["/Annots"]
        target = link.get_object()
        target = target.get("/Dest") or target["/A"]["/D"]
        self.assertEqual(texts(data)[1:], ["Suite", "Autre"])
        self.assertEqual(target[0].idnum, reader.pages[1].indirect_reference.idnum)
        self.assertEqual({page["/Parent"]["/Count"] for page in reader.pages}, {3})


@tagged("post_install", "-at_install", MODULE)
class TestSendingRules(BillingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.billing = cls.campaign()
        town = {"zip": "63001", "city": "Valmont"}
        cls.syndic = cls.env["res.partner"].create(
            {"name": "Syndic", "email": "syndic@example.com", "is_company": True, "utility_bill_by_email": True}
        )
        people = (
            ("Agreed", False, {"email": "agreed@example.com", "utility_bill_by_email": True}),
            ("Not asked", "Rives", {"email": "asked@example.com", "street": "1 rue", **town}),
            ("Without address", "Bourg", {}),
            ("=Formula", "Bourg", {"street2": "2 rue", **town}),
            ("Of the syndic", "Bourg", {"parent_id": cls.syndic.id, "type": "invoice"}),
            ("No round", False, {"street": "3 rue", **town}),
            ("No e-mail", "Rives", {"utility_bill_by_email": True, "street": "0 rue", **town}),
        )
        cls.bills = {}
        line = (0, 0, {"name": "Eau", "price_unit": 10, "tax_ids": []})
        for number, (name, route, values) in enumerate(people):
            meter = cls.env["utility.meter"].create(
                {"serial_number": f"S{number}", "section_id": cls.section.id, "route": route}
            )
            cls.bills[name] = cls.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "journal_id": cls.section.journal_id.id,
                    "partner_id": cls.env["res.partner"].create({"name": name, **values}).id,
                    "invoice_date": "2023-03-31",
                    "utility_billing_run_id": cls.billing.id,
                    "utility_meter_id": meter.id,
                    "invoice_line_ids": [line],
                }
            )
        cls.draft = cls.bills["No round"].copy({"utility_billing_run_id": cls.billing.id})
        cls.env["account.move"].union(*cls.bills.values()).action_post()
        cls.sending = cls.env["utility.bill.sending"].create({"run_id": cls.billing.id})
        cls.listed = cls.sending._list_bills()

    def setUp(self):
        super().setUp()
        lines = type(self.env["utility.bill.sending.line"])
        self.patch(lines, "_render", lambda lines: {move.id: page_of(move.partner_id.name) for move in lines.move_id})

    def lines(self, *names):
        moves = [self.bills[name] for name in names]
        return self.sending.line_ids.filtered(lambda line: line.move_id in moves)

    def test_ways_and_order(self):
        """By e-mail to who agreed, or whose company did, and has an address; on paper by round, place and street."""
        self.assertEqual(self.listed, 7)
        by_way = {way: [line.partner_id.name for line in self.of_way(way)] for way in ("email", "print")}
        self.assertEqual(set(by_way["email"]), {"Agreed", "Of the syndic"})
        self.assertEqual(by_way["print"][0], "No round")
        self.assertEqual(set(by_way["print"][1:3]), {"Without address", "=Formula"})
        self.assertEqual(by_way["print"][3:], ["No e-mail", "Not asked"])
        self.assertLess(max(self.of_way("email").ids), min(self.of_way("print").ids), "e-mails first")
        self.assertEqual(self.sending._list_bills(), 0, "each one once; the draft is not posted")
        self.draft.action_post()
        self.assertEqual(len(self.sending.line_ids), 7)
        self.assertEqual(self.sending._list_bills(), 1)
        self.assertEqual(len(self.sending.line_ids), 8)

    def of_way(self, way):
        return self.sending.line_ids.sorted("id").filtered(lambda line: line.way == way)

    def test_counts(self):
        other = self.env["utility.bill.sending"].create({"run_id": self.billing.id})
        self.draft.action_post()
        other._list_bills()
        self.lines("Agreed", "Not asked").write({"state": "failed"})
        self.env.invalidate_all()
        counts = [(one.email_count, one.print_count, one.failed_count) for one in self.sending | other]
        self.assertEqual(counts, [(2, 5, 2), (0, 1, 0)])
        self.assertEqual(self.billing.action_send_bills()["res_id"], other.id, "the latest one that is not finished")
        self.assertEqual(self.billing.action_send_bills()["view_mode"], "form")

    def test_the_printer_s_file(self):
        """A separator where the round changes, also over batches; notes behind each bill, if they are PDF files."""
        note = {"name": "note", "raw": page_of("Note"), "mimetype": "application/pdf"}
        notes = self.env["ir.attachment"].create([note, {**note, "raw": b"x", "mimetype": "text/plain"}])
        self.section.quality_note_ids = notes
        file = PrintFile(self.sending)
        for inserts, batch in ((False, ("No round", "=Formula")), (True, ("No e-mail",)), (True, ("Not asked",))):
            self.sending.with_inserts = inserts
            file.add(self.lines(*batch))
        self.assertEqual(set(self.lines("No round", "=Formula", "No e-mail", "Not asked").mapped("state")), {"sent"})
        self.assertEqual(set(self.lines("No round", "Not asked").mapped("page_count")), {1})
        for _again in range(2):
            file.finish()
        run = self.billing.display_name
        pages = texts(base64.b64decode(self.sending.file))
        self.assertEqual(
            pages,
            [
                *(f"Round: – {run}", "No round"),
                *(f"Round: Bourg {run}", "=Formula"),
                *(f"Round: Rives {run}", "No e-mail", "Note", "Not asked", "Note"),
            ],
        )
        drawn = PdfReader(io.BytesIO(base64.b64decode(self.sending.file))).pages[0].get_contents().get_data()
        for part in (b" 32 Tf", b" 16 Tf", b"60 700 Tm", b"60 660 Tm"):
            self.assertIn(part, drawn)
        kept = [("res_model", "=", self.sending._name), ("res_field", "=", "file")]
        self.assertEqual(self.env["ir.attachment"].search_count(kept), 1)
        stem = f"Print of {run}"
        self.assertEqual((self.sending.filename, self.sending.list_filename), (f"{stem}.pdf", f"{stem}.csv"))

    def test_the_list_of_what_is_printed(self):
        self.lines("No round", "=Formula", "Agreed").write({"state": "sent", "page_count": 2})
        self.lines("=Formula").page_count = 0
        head, first, second = (row.split(";") for row in PrintFile(self.sending)._list().splitlines())
        self.assertEqual(head, ["#", "Round", "Bill", "Name", "Street", "ZIP", "City", "Pages"])
        number = self.bills["No round"].name
        self.assertEqual(first, ["1", "", number, "No round", "3 rue", "63001", "Valmont", "2"])
        self.assertEqual(second[:2], ["2", "Bourg"])
        self.assertEqual((second[3], second[4], second[7]), ("'=Formula", "", ""))

    def test_an_address_has_a_city_and_a_street(self):
        file, partner = PrintFile(self.sending), self.bills["Not asked"].partner_id
        for city, street, street2, ok in (
            ("Valmont", "1 rue", False, True),
            ("Valmont", False, "Bât. A", True),
            ("Valmont", False, False, False),
            (False, "1 rue", "Bât. A", False),
        ):
            partner.write({"city": city, "street": street, "street2": street2})
            with self.subTest(city=city, street=street, street2=street2):
                if ok:
                    file._check_addresses(self.lines("Not asked"))
                else:
                    with self.assertRaisesRegex(UserError, "Not asked has no postal address"):
                        file._check_addresses(self.lines("Not asked"))

    def test_batches_of_one_way(self):
        """The last one joins the parts; a bill that fails is listed, with its reason."""
        sending = self.sending
        sending.action_send()
        self.assertEqual((sending.state, sending.total, sending.progress), ("running", 7, 0))
        steps = []
        with patch.object(utility_bill_sending, "BATCH", 3), patch.object(PrintFile, "finish") as finish:
            while sending.state == "running":
                steps.append((sending.sudo()._work_batch(), sending.progress, finish.call_count, sending.state))
        self.assertEqual(steps, [(2, 2, 0, "running"), (3, 5, 0, "running"), (2, 7, 1, "done")])
        failed = self.lines("Without address")
        self.assertEqual((failed.state, failed.move_id.is_move_sent), ("failed", False))
        self.assertIn("no postal address", failed.error)
        sent = sending.line_ids - failed
        self.assertEqual((set(sent.mapped("state")), set(sent.mapped("error"))), ({"sent"}, {False}))
        self.assertTrue(all(line.sent_on and line.move_id.is_move_sent for line in sent))
        mails = self.of_way("email").mail_id
        self.assertEqual(len(mails), 2)
        names = {attachment.name for mail in mails for attachment in mail.attachment_ids}
        self.assertEqual(names, {f"{line.move_id.name.replace('/', '_')}.pdf" for line in self.of_way("email")})
        sending.write({"progress": 7, "error": "x"})
        sending.action_send()
        self.assertEqual((sending.total, sending.progress, sending.error), (1, 0, False))
        self.assertEqual((failed.state, failed.error, failed.mail_id.ids), ("waiting", False, []))

    def test_why_an_e_mail_was_not_taken(self):
        line, bill = self.lines("Agreed"), self.bills["Agreed"]
        line.mail_id = self.env["mail.mail"].create({"model": bill._name, "res_id": bill.id})
        for told, noted, kind, reason in (
            ("Server down", "Earlier", "mail_smtp", "Server down"),
            (False, "Earlier", "mail_smtp", "Earlier"),
            (False, False, "mail_smtp", "mail_smtp"),
        ):
            line.write({"state": "sent", "error": False})
            line.mail_id.failure_reason = noted
            line.mail_id._postprocess_sent_message([], [], failure_reason=told, failure_type=kind)
            self.assertEqual((line.state, line.error, bill.is_move_sent), ("failed", reason, False))
        line.mail_id._postprocess_sent_message([], [])
        self.assertEqual((line.state, line.error, bill.is_move_sent), ("sent", False, True))
