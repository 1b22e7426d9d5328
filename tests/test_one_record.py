"""Actions that open something of one record refuse to be called for none or several."""

from odoo.tests import TransactionCase, tagged

#: model: its actions of one record
OF_ONE = {
    "account.move": "_utility_is_wholly_credited _prepare_utility_bill _utility_portal_payments",
    "ledger.anomaly": "action_correct",
    "ledger.connector": "action_view_runs action_test_connection action_view_documents action_view_doubtful",
    "ledger.document": "action_view_anomalies action_open_move",
    "ledger.lot": "action_download action_abandon",
    "res.partner": "action_view_due action_view_documents action_view_subscriptions action_view_meters "
    "action_view_readings action_new_reading action_move action_attach_connection_point",
    "utility.billing.finding": "action_correct",
    "utility.billing.run": "action_view_bills action_view_findings action_send_bills",
    "utility.dashboard": "action_open_list",
    "utility.irregularity": "action_open_record",
    "utility.leak.alert": "action_open_certificate action_open_decision",
    "utility.meter": "action_view_readings action_view_subscriptions action_view_connection_point "
    "action_replace_device action_move action_pair_by_hand",
    "utility.meter.matching": "action_propose action_resume action_view_matches action_view_alone",
    "utility.reading": "action_open_form",
    "utility.reading.import.run": "action_view_readings action_view_rows action_download_refused "
    "action_download_report",
    "utility.setup.step": "action_make action_open_screen action_download_sample",
    "utility.subscription": "action_view_bills action_change_meter action_move",
    "utility.tariff": "action_view_subscriptions",
    "utility.tariff.version": "action_copy",
    "utility.telemetry.source": "action_view_files action_test_connection",
    "utility.year.levy": "action_view_lines",
}


@tagged("post_install", "-at_install")
class TestOneRecord(TransactionCase):
    def test_actions_of_one_record(self):
        for model, names in OF_ONE.items():
            for name in names.split():
                with self.subTest(model, action=name), self.assertRaisesRegex(ValueError, "Expected singleton"):
                    getattr(self.env[model], name)()
