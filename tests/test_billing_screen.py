from datetime import date

from odoo.tests import tagged

from .support.billing import BillingCase
from .support.browser import BrowserCase
from .support.people import new_test_user


@tagged("post_install", "-at_install")
class TestBillingScreen(BillingCase, BrowserCase):
    def test_the_form_shows_by_itself_that_the_campaign_ended(self):
        """A campaign in progress is refreshed without a reload; it ends while the form is open."""
        self.subscribe(1, {date(2023, 1, 1): 0, date(2023, 3, 31): 25})
        company = self.section.company_id
        new_test_user(
            self.env,
            "manager_screen",
            "utility_billing_sync.group_utility_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        run = self.campaign()
        run.action_launch()
        end_it = f"""
            const end = async () => {{
                while (!document.querySelector("button[name=action_stop]")) {{
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }}
                await fetch("/web/dataset/call_kw/utility.billing.run/action_stop", {{
                    method: "POST",
                    headers: {{ "Content-Type": "application/json" }},
                    body: JSON.stringify({{ params: {{
                        model: "utility.billing.run", method: "action_stop", args: [[{run.id}]], kwargs: {{}},
                    }} }}),
                }});
                while (!document.querySelector("button[name=action_resume]")) {{
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }}
                console.log("test successful");
            }};
            end();
        """
        self.browser_js(
            f"/odoo/action-utility_billing_sync.utility_billing_run_action/{run.id}",
            end_it,
            login="manager_screen",
            cookies={"cids": str(company.id)},
        )
        self.assertEqual(run.state, "stopped")
