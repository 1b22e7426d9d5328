"""The table of rights, call by call: each role calls each public method."""

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.service.model import execute_cr

from .access import CALLERS, OF_CONNECTOR_CARD, OF_NO_COMPANY, OF_NOBODY, calls
from .access_town import AccessCase
from .support.whole import Whole


class TestCalls(Whole, AccessCase):
    def call(self, user, model, name):
        """Call a method as RPC does, and undo what it did; returns how it ended.

        :return: "refused", "objected" where it said no in words of its own, the type of its action, or "done"
        """
        of_model = getattr(getattr(self.env.registry[model], name), "_api_model", False)
        record = self.connector_card if (model, name) in OF_CONNECTOR_CARD else self.records.get(model)
        before = self.env.cr.savepoint(flush=False)
        try:
            with self.registry.cursor() as cr:
                answer = execute_cr(cr, user.id, model, name, [] if of_model else [record.ids if record else []], {})
        except AccessError:
            return "refused"
        except (UserError, RedirectWarning):
            return "objected"
        finally:
            before.rollback()
            before.close()
            self.env.invalidate_all()
        return answer.get("type", "done") if isinstance(answer, dict) else "done"

    def test_every_role_calls_every_public_method(self):
        wrong = {}
        for role, user in self.users.items():
            self.give_dialogs_to(user)
            for model, name, who in calls():
                ended = self.call(user, model, name)
                is_window = ended in ("objected", "ir.actions.act_window")
                harmless = who != "anyone" or is_window or (model, name) in OF_NOBODY
                if (ended == "refused") == (role in CALLERS[who]) or not harmless:
                    wrong[model, name, role] = ended
        self.assertFalse(wrong)

    def test_nothing_of_another_company_is_called(self):
        wrong = {}
        for role, user in self.strangers.items():
            self.give_dialogs_to(self.users[role])
            for model, name, who in calls():
                if who == "anyone" or role not in CALLERS[who]:
                    continue
                ended = self.call(user, model, name)
                if (ended == "refused") == ((model, name) in OF_NO_COMPANY):
                    wrong[model, name, role] = ended
        self.assertFalse(wrong)
