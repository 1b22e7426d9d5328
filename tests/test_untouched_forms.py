"""F5, a closed tab: a form or row in which nothing was typed saves nothing; one that was begun is saved."""

from odoo.tests import tagged

from .support.browser import BrowserCase
from .support.sharing import MANAGER, MODULE, SharingCase

#: The page is left and hidden, as the browser tells it; then what the server was asked is waited for.
LEAVE = """
    (async () => {
        const settled = () => new Promise((resolve) => setTimeout(resolve, 1500));
        const wait = async (selector) => {
            while (!document.querySelector(selector)) await new Promise((resolve) => setTimeout(resolve, 100));
        };
        if (location.pathname.endsWith("/new")) {
            await wait(".o_form_view .o_field_widget input");
        } else {
            await wait(".o_list_view .o_list_button_add");
            document.querySelector(".o_list_button_add").click();
            await wait(".o_list_view .o_selected_row .o_field_widget input");
        }
        %s
        Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
        await settled();
        window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
        await settled();
        console.log("test successful");
    })();
"""
TYPE_INDEX = """
        const input = document.querySelector(".o_field_widget[name=index] input");
        input.focus();
        input.value = "125";
        input.dispatchEvent(new Event("input", { bubbles: true }));
        input.dispatchEvent(new Event("change", { bubbles: true }));
        await settled();
"""
FORMS = {
    "utility.reading": "utility_reading_action",
    "utility.meter": "utility_meter_action",
    "utility.connection.point": "utility_connection_point_action",
    "utility.billing.run": "utility_billing_run_action",
    "utility.meter.matching": "utility_meter_matching_action",
    "ledger.connector": "ledger_connector_action",
}
#: Lists that are entered row by row.
LISTS = {"utility.reading": "utility_reading_action", "ledger.approval.level": "ledger_approval_level_action"}


@tagged("post_install", "-at_install", MODULE)
class TestUntouchedForms(SharingCase, BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.user("everything", MANAGER, cls.budgets)
        cls.person.group_ids |= cls.env.ref(f"{MODULE}.group_ledger_manager")
        cls.card = cls.meter()

    def leave(self, action, typing="", place="/new"):
        self.env.flush_all()
        cookies = {"cids": "-".join(map(str, self.budgets.ids))}
        url = f"/odoo/action-{MODULE}.{action}{place}"
        self.browser_js(url, LEAVE % typing, login=self.person.login, cookies=cookies)
        self.env.invalidate_all()

    def count(self, model):
        return self.env[model].with_context(active_test=False).search_count([])

    def test_nothing_typed_saves_nothing(self):
        for model, action in FORMS.items():
            with self.subTest(model):
                before = self.count(model)
                self.leave(action)
                self.assertEqual(self.count(model), before)

    def test_a_new_row_in_which_nothing_was_typed_saves_nothing(self):
        for model, action in LISTS.items():
            with self.subTest(model):
                before = self.count(model)
                self.leave(action, place="")
                self.assertEqual(self.count(model), before)

    def test_what_was_begun_is_saved(self):
        for place, index in (("/new", 125), ("", 126)):
            with self.subTest(place):
                self.leave("utility_reading_action", TYPE_INDEX.replace("125", str(index)), place)
                self.assertEqual(self.card.reading_ids.mapped("index"), [index])
                self.card.reading_ids.unlink()
