"""Records that others still need are neither archived nor deleted."""

from itertools import islice

from odoo import api, models
from odoo.exceptions import UserError

#: Maximum number of sentences: somebody may have selected thousands of records.
MOST = 10


class UtilityInUse(models.AbstractModel):
    """Mixin of records that are not archived or deleted while others need them.

    Each package names its own reasons in `_reasons_in_use`.
    """

    _name = "utility.in.use"
    _description = "Kept While in Use"

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self.filtered("active")._check_not_in_use()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self._check_not_in_use()

    def _check_not_in_use(self):
        """Refuse to archive or delete these records while something needs them.

        :raises UserError: with a sentence for each reason
        """
        if self:
            # before the sentences, which are only for those who may archive the record
            self.check_access("write")
            reasons = list(islice(self._reasons_in_use(), MOST + 1))
            if reasons:
                raise UserError("\n".join([*reasons[:MOST], *("…" for _more in reasons[MOST:])]))

    def _reasons_in_use(self):
        """Hook: yield sentences that say what needs these records, and what to do first."""
        yield from ()
