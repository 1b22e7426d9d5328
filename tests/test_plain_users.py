"""Users without any right of this addon still read Odoo's own records as before."""

from odoo.tests import TransactionCase, tagged

from .support.people import new_test_user
from .support.sharing import MODULE

#: Rights of Odoo's own.
ODOO = "base.group_user,base.group_partner_manager,account.group_account_manager"


@tagged("post_install", "-at_install")
class TestPlainUsers(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env.company.chart_template:
            cls.env["account.chart.template"].try_loading("generic_coa", cls.env.company, install_demo=False)
        cls.somebody = new_test_user(cls.env, "plain_accountant", ODOO)
        partner = cls.env["res.partner"].create({"name": "Client"})
        cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_line_ids": [(0, 0, {"name": "Prestation", "price_unit": 3, "tax_ids": []})],
            }
        )

    def test_the_fields_that_they_are_shown_are_read(self):
        """Other programs read a record without naming fields: one forbidden field would make the whole call fail."""
        looked_at = set()
        for name in self.env.registry:
            records = self.env[name].with_user(self.somebody)
            if records._abstract or records._transient or name.startswith(("utility.", "ledger.")):
                continue
            ours = [field.name for field in records._fields.values() if MODULE in field._modules]
            found = records.search([], limit=1) if ours and records.has_access("read") else records
            for shown in records.fields_get(ours, ["type"]) if found else ():
                self.env.invalidate_all()
                with self.subTest(name, field=shown):
                    self.assertTrue(found.read([shown]))
                looked_at.add(name)
        self.assertLessEqual(
            {"account.move", "account.move.line", "res.partner", "res.company", "res.users"}, looked_at
        )
