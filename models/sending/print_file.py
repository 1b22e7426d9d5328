"""The printer's file of a sending: bills in postal order, a separator per round, the section's inserts, and a list.

Called by the background work of a sending. Each batch is stored as a part and the last one joins them, so that nothing
is rendered again after an interruption.
"""

import base64
import csv
import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from odoo.exceptions import UserError
from odoo.tools.pdf import PdfReader, PdfWriter

from ...core.metering.file_refused import harmless

PART = "utility_bill_sending_part"


class PrintFile:
    """Parts of the printer's file of one sending, and the whole."""

    def __init__(self, sending):
        self.sending, self.env = sending, sending.env

    def add(self, lines):
        """Store the bills of lines as a part and mark them as sent.

        :raises UserError: a recipient has no postal address
        """
        self._check_addresses(lines)
        rendered, writer = lines._render(), PdfWriter()
        route, inserts = self._last_route(lines), self._inserts()
        for line in lines:
            if (line.route or "") != route:
                route = line.route or ""
                _append(writer, self._separator(route))
            line.page_count = _append(writer, rendered[line.move_id.id])
            for insert in inserts:
                _append(writer, insert)
        self.env["ir.attachment"].create(
            {
                "name": f"{lines[0].id:012}.pdf",
                "description": PART,
                "raw": _bytes(writer),
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
        writer = PdfWriter()
        for part in parts:
            _append(writer, part.raw)
        stem = self.env._("Print of %s", self.sending.run_id.display_name)
        self.sending.write(
            {
                "file": base64.b64encode(_bytes(writer)),
                "filename": f"{stem}.pdf",
                "list_file": base64.b64encode(self._list().encode("utf-8-sig")),
                "list_filename": f"{stem}.csv",
            }
        )

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
        page.setFont("Helvetica-Bold", 32)
        page.drawString(60, 700, self.env._("Round: %s", route or "–"))
        page.setFont("Helvetica", 16)
        page.drawString(60, 660, self.sending.run_id.display_name)
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


def _append(writer, data) -> int:
    """Append the pages of a document. Returns their number."""
    pages = PdfReader(io.BytesIO(data)).pages
    for page in pages:
        writer.add_page(page)
    return len(pages)


def _bytes(writer) -> bytes:
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()
