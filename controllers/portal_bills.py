from odoo.addons.account.controllers.portal import PortalAccount
from odoo.fields import Domain
from odoo.http import request


class BillPortal(PortalAccount):
    """Shows subscribers the bills of every section: each is in a company of its own, a portal user in only one."""

    def _own_bills(self):
        """Return the domain of the posted bills that the user, or their firm, pays."""
        owner = request.env.user.partner_id.commercial_partner_id
        return Domain(
            [
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("utility_subscription_id", "!=", False),
                ("partner_id.commercial_partner_id", "=", owner.id),
            ]
        )

    def _own_and_readable(self, domain):
        """Return the domain of the bills that Odoo's rules allow, plus the user's own of all sections."""
        if not request.env.user.share:
            return Domain(domain)
        moves = request.env["account.move"]
        readable = moves.search(domain).ids if moves.has_access("read") else []
        # sudo: the user's own bills (`_own_bills`) in other companies; read only
        return Domain("id", "in", [*readable, *moves.sudo().search(Domain(domain) & self._own_bills()).ids])

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "invoice_count" in counters and request.env.user.share:
            found = self._own_and_readable(self._get_invoices_domain("out"))
            values["invoice_count"] = request.env["account.move"].sudo().search_count(found)  # sudo: as above
        return values

    def _get_overdue_invoice_count(self):
        found = self._own_and_readable(self._get_overdue_invoices_domain())
        if not request.env.user.share:
            return super()._get_overdue_invoice_count()
        return request.env["account.move"].sudo().search_count(found)  # sudo: as above

    def _prepare_my_invoices_values(
        self, page, date_begin, date_end, sortby, filterby, domain=None, url="/my/invoices"
    ):
        values = super()._prepare_my_invoices_values(page, date_begin, date_end, sortby, filterby, domain, url)
        if not request.env.user.share:
            return values
        wanted = Domain(domain or Domain.TRUE) & self._get_invoices_domain()
        wanted &= Domain(values["searchbar_filters"][values["filterby"]]["domain"])
        if date_begin and date_end:
            wanted &= Domain("create_date", ">", date_begin) & Domain("create_date", "<=", date_end)
        found = self._own_and_readable(wanted)
        order = values["searchbar_sortings"][values["sortby"]]["order"]
        moves = request.env["account.move"].sudo()  # sudo: as above
        values["pager"]["total"] = moves.search_count(found)
        values["invoices"] = lambda offset: [
            move._get_invoice_portal_extra_values()
            for move in moves.search(found, order=order, limit=self._items_per_page, offset=offset)
        ]
        return values

    def _invoice_get_page_view_values(self, invoice, access_token, **kwargs):
        values = super()._invoice_get_page_view_values(invoice, access_token, **kwargs)
        if invoice.utility_subscription_id:
            values["utility_payments"] = invoice._utility_portal_payments()
        return values

    def _document_check_access(self, model_name, document_id, access_token=None):
        if model_name == "account.move" and request.env.user.share and not request.env.user._is_public():
            # sudo: as above
            own = request.env["account.move"].sudo().search(self._own_bills() & Domain("id", "=", document_id))
            if own:
                return own
        return super()._document_check_access(model_name, document_id, access_token)
