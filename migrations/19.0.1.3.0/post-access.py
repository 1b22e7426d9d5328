"""Gives points without an active card the companies of their last cards; stores the terms of approvals."""

from odoo import api
from odoo.orm.utils import SUPERUSER_ID

RULES = {
    "utility_connection_point_rule_company": "[('company_ids', 'in', company_ids)]",
    "utility_device_rule_company": "[('connection_point_id.company_ids', 'in', company_ids)]",
}


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, domain in RULES.items():
        rule = env.ref(f"utility_billing_sync.{name}", raise_if_not_found=False)
        # a rule of an earlier version let everybody access records without a company
        if rule and "=', False)" in rule.domain_force:
            rule.domain_force = domain
    _give_points_their_last_companies(env)
    _say_what_was_approved(env)


def _give_points_their_last_companies(env):
    """Give points the companies of their archived cards; without any card, that of the user who created them."""
    points = env["utility.connection.point"].with_context(active_test=False).search([("company_ids", "=", False)])
    companies, _numbers = points._companies_and_cards()
    for point in points:
        point.company_ids = companies.get(point.id) or point.create_uid.company_id


def _say_what_was_approved(env):
    bills = env["account.move"].search([("payment_approval", "=", "approved"), ("payment_approval_terms", "=", False)])
    for bill in bills:
        bill.payment_approval_terms = bill._payment_terms()
