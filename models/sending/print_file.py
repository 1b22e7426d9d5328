"""The printer's file of a sending: bills in postal order, a separator per round, the section's inserts, and a list.

Called by the background work of a sending. Each batch is stored as a part and the last one joins them, so that nothing
is rendered again after an interruption.
"""

import base64
import csv
import io
import tempfile

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from odoo.exceptions import UserError

from ...core.metering.file_refused import harmless
from .pdf_join import PdfJoin

PART = "utility_bill_sending_part"
#: Font and place of the two lines of a separator, in points.
TITLE, TITLE_AT = ("Helvetica-Bold", 32), (60, 700)
CAMPAIGN, CAMPAIGN_AT = ("Helvetica", 16), (60, 660)


class PrintFile:
    """Parts of the printer's file of one sending, and the whole."""

    def __init__(self, sending):
        self.sending, self.env = sending, sending.env

    def add(self, lines):
        """Store the bills of lines as a part and mark them as sent.

        :raises UserError: a recipient has no postal address
        """
        self._check_addresses(lines)
        rendered, held = lines._render(), io.BytesIO()
        part = PdfJoin(held)
        route, inserts = self._last_route(lines), self._inserts()
        for line in lines:
            if (line.route or "") != route:
                route = line.route or ""
                part.append(self._separator(route))
            line.page_count = part.append(rendered[line.move_id.id])
            for insert in inserts:
                part.append(insert)
        part.close()
        self.env["ir.attachment"].create(
            {
                "name": f"{lines[0].id:012}.pdf",
                "description": PART,
                "raw": held.getvalue(),
                "mimetype": "application/pdf",
                "res_model": self.sending._name,
                "res_id": self.sending.id,
                "company_id": self.sending.company_id.id,
            }
        )
        lines._set_sent()

    def finish(self):
        """Join the parts into the printer's file, with its list; without parts, there is no file."""
        parts = self._parts()
        if not parts:
            return
        with tempfile.TemporaryFile() as held:
            whole = PdfJoin(held)
            for part in parts:
                whole.append(part.raw)
                part.invalidate_recordset()
            whole.close()
            held.seek(0)
            self._keep("file", held.read())
        stem = self.env._("Print of %s", self.sending.run_id.display_name)
        self.sending.write(
            {
                "filename": f"{stem}.pdf",
                "list_file": base64.b64encode(self._list().encode("utf-8-sig")),
                "list_filename": f"{stem}.csv",
            }
        )

    def _keep(self, field, content):
        """Store a file of the sending as its attachment: the field itself would take it as base64, in memory twice."""
        place = {"res_model": self.sending._name, "res_id": self.sending.id, "res_field": field}
        attachments = self.env["ir.attachment"]
        attachments.search([(name, "=", value) for name, value in place.items()]).unlink()
        attachments.create({"name": field, "raw": content, "mimetype": "application/pdf", **place})
        self.sending.invalidate_recordset([field])

    def _check_addresses(self, lines):
        for line in lines:
            partner = line.move_id.partner_id
            if not (partner.city and (partner.street or partner.street2)):
                raise UserError(
                    self.env._("%s has no postal address: enter it, then send again.", partner.display_name)
                )

    def _last_route(self, lines):
        """Return the round of the bill printed before these lines, None if they are the first."""
        before = [("sending_id", "=", self.sending.id), ("way", "=", "print"), ("state", "=", "sent")]
        last = lines.search([*before, ("id", "<", lines[0].id)], order="id desc", limit=1)
        return (last.route or "") if last else None

    def _inserts(self):
        if not self.sending.with_inserts:
            return []
        notes = self.sending.section_id.quality_note_ids
        return [note.raw for note in notes if note.mimetype == "application/pdf"]

    def _separator(self, route):
        """Return a page with the name of the next round."""
        held = io.BytesIO()
        page = canvas.Canvas(held, pagesize=A4)
        page.setFont(*TITLE)
        page.drawString(*TITLE_AT, self.env._("Round: %s", route or "–"))
        page.setFont(*CAMPAIGN)
        page.drawString(*CAMPAIGN_AT, self.sending.run_id.display_name)
        page.save()
        return held.getvalue()

    def _parts(self):
        own = [("res_model", "=", self.sending._name), ("res_id", "=", self.sending.id), ("description", "=", PART)]
        return self.env["ir.attachment"].search(own, order="name")

    def _list(self):
        """Return the list of printed bills as CSV, in the order of the file."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";")
        titles = ("Round", "Bill", "Name", "Street", "ZIP", "City", "Pages")
        words = dict(zip(titles, self._words(), strict=True))
        writer.writerow(["#", *(words[title] for title in titles)])
        printed = self.sending.line_ids.filtered(lambda line: line.way == "print" and line.state == "sent")
        for rank, line in enumerate(printed.sorted("id"), start=1):
            partner = line.move_id.partner_id
            address = partner.street, partner.zip, partner.city
            cells = line.route, line.move_id.name, partner.display_name, *address, line.page_count
            writer.writerow([rank, *(harmless(str(cell or "")) for cell in cells)])
        return text.getvalue()

    def _words(self):
        env = self.env
        return (
            env._("Round"),
            env._("Bill"),
            env._("Name"),
            env._("Street"),
            env._("ZIP"),
            env._("City"),
            env._("Pages"),
        )
