from odoo import SUPERUSER_ID, api

#: Rules that go by the companies a user may enter, no longer by those ticked at the moment.
RULES = {
    "utility_meter_matching_rule_company": "[('company_id', 'in', user.company_ids.ids), "
    "('other_company_id', 'in', user.company_ids.ids)]",
    "utility_meter_match_rule_company": "[('run_id.company_id', 'in', user.company_ids.ids), "
    "('run_id.other_company_id', 'in', user.company_ids.ids)]",
}


def migrate(cr, version):
    """Matchings of two sections are seen whatever the company switcher says: rules are not updated by themselves."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, domain in RULES.items():
        rule = env.ref(f"utility_billing_sync.{name}", raise_if_not_found=False)
        if rule:
            rule.domain_force = domain
