from odoo import api, fields, models

from ...core.ledger.records import Lot
from ...core.ledger.trial import Folders, try_exchange


class LedgerConnector(models.Model):
    _inherit = "ledger.connector"

    # === ACTIONS === #

    def action_forget_host_key(self):
        """Forget the approved key, if the server has a new one for a known reason, and show it for approval."""
        self.ensure_one()
        self.check_access("write")
        self._by_server().write({"host_key": False, "host_key_shown": False})
        return self.action_test_connection()

    # === BUSINESS === #

    def _try_place(self):
        """Perform the steps of an exchange, and keep what was found out about the server."""
        found = self._try_exchange()
        self._by_server().write({"temporary_form": found.temporary, "trace_folder": found.trace_folder})
        return "\n".join(self._abilities(found))

    def _try_exchange(self):
        """Perform the steps of an exchange. Returns the core `ServerAbilities`."""
        entries, answers, referential = self.entries_folder, self.acknowledgement_folder, self.referential_folder
        traces = dict.fromkeys((self._trace_folder(), f"{entries}_sent", f"{entries}/sent"))
        with self._open_transport() as transport:
            scans = tuple(filter(None, self.company_ids.mapped("scan_directory")))
            transport.make(scans)
            folders = Folders(entries, answers, (referential,), tuple(traces), self._payments_folder(), scans)
            found = try_exchange(transport, folders)
            if transport.odd_names:
                names = ", ".join(sorted(f"{folder}/{name}" for folder, name in transport.odd_names))
                self.message_post(body=self.env._("Files whose names are not text are ignored: %s", names))
            return found

    def _abilities(self, found):
        """Yield the sentences about a connection that works.

        :param found: core `ServerAbilities`
        """
        yield self.env._("The connection works: a file was written, renamed, read, moved and removed.")
        if not found.has_times and self.file_age:
            yield self.env._(
                "The server does not provide the dates of files: their age cannot be checked, so they are read at once."
            )
        elif not found.has_times:
            yield self.env._("The server does not provide the dates of files.")
        if found.missing:
            yield self.env._("Scan directories that do not exist: %s", ", ".join(found.missing))

    def _folders(self):
        # sudo: names of folders, which managers enter; users who export do not see them
        connector = self.sudo()
        names = (connector.entries_folder, connector.acknowledgement_folder, connector.referential_folder)
        return tuple(dict.fromkeys(filter(None, (*names, connector._payments_folder()))))

    def _layouts_of_folder(self, folder):
        """Return the layouts whose files are read in a folder."""
        connector, layouts = self.sudo(), self.env["ledger.layout"]  # sudo: as in _folders
        if folder == connector.acknowledgement_folder:
            layouts |= connector.acknowledgement_layout_id
        if folder == connector._payments_folder():
            layouts |= connector.payments_layout_id
        if folder == connector.referential_folder:
            layouts |= connector.referential_layout_ids
        return layouts

    def _payments_folder(self):
        """Return the folder of incoming payments; "" if the connector receives none."""
        return (self.payments_layout_id and self.sudo().payments_folder) or ""  # sudo: as in _folders

    def _trace_folder(self):
        # sudo: name of a folder, not shown
        return self.sudo().trace_folder or f"{self.sudo().entries_folder}_sent"

    def _trace_name(self, lot):
        """Return a file name that sorts in the order in which lots were sent."""
        return f"{lot.id:010}.{lot.name}{self._trace_suffix()}"

    def _trace_suffix(self):
        """Return the suffix of this database's traces, as several databases may use a directory."""
        # sudo: identifier of the database, not secret; a restored backup has the same
        return f".{self.env['ir.config_parameter'].sudo().get_param('database.uuid')}.json"

    def _open_transport(self):
        transport = super()._open_transport()
        transport.temporary = self.sudo().temporary_form  # sudo: form of temporary names, not shown
        return transport

    def _lot(self, number, company=""):
        """Return the core Lot with a number, for one company or all."""
        companies = self.company_ids.filtered(lambda c: c.ledger_code == company) if company else self.company_ids[:1]
        return Lot(number, fields.Date.context_today(self), self.origin, company, companies._siren())

    @api.model
    def _preview_lot(self, company):
        owner = (
            self.env["res.company"].search([("ledger_code", "=", company)], limit=1) if company else self.env.company
        )
        return Lot("00000001", fields.Date.context_today(self), company=company, siren=owner._siren())
