"""Buttons of one record."""

from odoo.tests import TransactionCase, tagged

#: Methods that open or do something of one record, by model.
OF_ONE = {
    "res.partner": (
        "action_attach_connection_point",
        "action_move",
        "action_new_reading",
        "action_view_documents",
        "action_view_due",
        "action_view_meters",
        "action_view_readings",
        "action_view_subscriptions",
    ),
    "ledger.anomaly": ("action_correct",),
    "ledger.connector": ("action_view_documents", "action_view_doubtful", "action_view_runs"),
    "ledger.document": ("action_open_move", "action_view_anomalies"),
    "ledger.lot": ("action_abandon", "action_download"),
    "utility.billing.finding": ("action_correct",),
    "utility.billing.run": ("action_send_bills", "action_view_bills", "action_view_findings"),
    "utility.dashboard": ("action_open_list",),
    "utility.irregularity": ("action_open_record",),
    "utility.leak.alert": ("action_open_certificate", "action_open_decision"),
    "utility.meter": (
        "action_move",
        "action_pair_by_hand",
        "action_replace_device",
        "action_view_connection_point",
        "action_view_readings",
        "action_view_subscriptions",
    ),
    "utility.meter.matching": ("action_propose", "action_resume", "action_view_alone", "action_view_matches"),
    "utility.reading": ("action_open_form",),
    "utility.reading.import.run": (
        "action_download_refused",
        "action_download_report",
        "action_view_readings",
        "action_view_rows",
    ),
    "utility.setup.step": ("action_download_sample",),
    "utility.subscription": ("action_change_meter", "action_move", "action_view_bills"),
    "utility.tariff": ("action_view_subscriptions",),
    "utility.tariff.version": ("action_copy",),
    "utility.telemetry.source": ("action_view_files",),
    "utility.year.levy": ("action_view_lines",),
}


@tagged("post_install", "-at_install")
class TestActionsOfOne(TransactionCase):
    def test_without_a_record_they_are_refused(self):
        """A caller without ids gets an error, not the list of everything without a meter or a section."""
        for model, names in OF_ONE.items():
            for name in names:
                with self.subTest(f"{model}.{name}"), self.assertRaisesRegex(ValueError, "Expected singleton"):
                    getattr(self.env[model], name)()
