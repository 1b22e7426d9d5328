"""Sends bills by e-mail, with Odoo's template; the bill and the section's notes are attached.

Called by the background work of a sending, on bills of its campaign, which a manager has launched. E-mails are queued
in the transaction that marks their bills as sent, so that both happen or neither.
"""

from odoo import Command


class BillMailer:
    """E-mails of one sending."""

    def __init__(self, sending):
        self.env = sending.env
        self.notes = sending.section_id.quality_note_ids

    def send(self, lines):
        """Queue an e-mail per bill and mark the bills as sent."""
        template = self.env.ref("account.email_template_edi_invoice")
        for line, pdf in zip(lines, self._pdfs(lines), strict=True):
            enclosed = [Command.create(self._prepare_attachment(line, pdf)), *map(Command.link, self.notes.ids)]
            line.mail_id = template.send_mail(line.move_id.id, email_values={"attachment_ids": enclosed})
        lines._set_sent()

    def _pdfs(self, lines):
        rendered = lines._render()
        return [rendered[line.move_id.id] for line in lines]

    def _prepare_attachment(self, line, pdf):
        return {
            "name": f"{line.move_id.name.replace('/', '_')}.pdf",
            "raw": pdf,
            "mimetype": "application/pdf",
            "res_model": "mail.message",
        }
