from odoo import models

from ...core.ledger.trial import try_intake


class UtilityTelemetrySource(models.Model):
    _inherit = "utility.telemetry.source"

    def _may_share_with(self, other):
        """Sources of one SFTP server may share a directory: each reads the names of its own pattern."""
        return other._name == self._name and self.protocol == other.protocol == "sftp"

    def _try_place(self):
        """List the waiting files, open one, and put a file away as those that were read."""
        with self._open_transport() as transport:
            number = try_intake(transport, self.pattern)
        return self.env._("The connection works: %s files wait.", number)
