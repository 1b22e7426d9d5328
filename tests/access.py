"""Who may do what, in one table: the tests compare it with the database, docs/access.rst shows it."""

#: role: (group, its French name)
ROLES = {
    "public": ("base.group_public", "—"),
    "portal": ("base.group_portal", "Portail"),
    "plain user": ("base.group_user", "Utilisateur interne"),
    "agent": ("utility_billing_sync.group_utility_user", "Agent"),
    "person in charge": ("utility_billing_sync.group_utility_manager", "Responsable"),
    "monitor": ("utility_billing_sync.group_ledger_monitor", "Visuel Synchronisations"),
    "connector manager": ("utility_billing_sync.group_ledger_manager", "Paramétrage des connecteurs"),
    "approver": ("utility_billing_sync.group_payment_approver", "Approbateur"),
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}

#: model: what agent, person in charge, monitor and connector manager may do; the other roles may do nothing
GIVEN = ("agent", "person in charge", "monitor", "connector manager")
RIGHTS = {
    "ledger.anomaly": ("", "", "r", "r"),
    "ledger.code": ("", "", "r", "rw"),
    "ledger.column": ("", "", "r", "rwcd"),
    "ledger.connector": ("", "", "r", "rwcd"),
    "ledger.document": ("", "", "r", "r"),
    "ledger.file": ("", "", "r", "r"),
    "ledger.layout": ("", "", "r", "rwcd"),
    "ledger.lot": ("", "", "r", "r"),
    "ledger.run": ("", "", "r", "r"),
    "utility.billed.reading": ("r", "r", "r", "r"),
    "utility.billing.finding": ("", "r", "", ""),
    "utility.billing.handover": ("r", "r", "", ""),
    "utility.billing.run": ("", "rwcd", "", ""),
    "utility.billing.settings": ("", "rwcd", "", ""),
    "utility.connection.point": ("rwc", "rwcd", "", ""),
    "utility.device": ("rc", "rc", "", ""),
    "utility.leak.alert": ("rw", "rwd", "", ""),
    "utility.meter": ("rwc", "rwcd", "", ""),
    "utility.meter.attach": ("rwcd", "rwcd", "", ""),
    "utility.meter.attach.difference": ("rwcd", "rwcd", "", ""),
    "utility.meter.attach.line": ("rwcd", "rwcd", "", ""),
    "utility.meter.force.synchronize": ("", "rwcd", "", ""),
    "utility.meter.force.synchronize.line": ("", "rwcd", "", ""),
    "utility.meter.match": ("", "r", "", ""),
    "utility.meter.matching": ("", "rcd", "", ""),
    "utility.meter.replace": ("rwcd", "rwcd", "", ""),
    "utility.reading": ("rwcd", "rwcd", "", ""),
    "utility.reading.answer": ("r", "r", "", ""),
    "utility.reading.import": ("rwcd", "rwcd", "", ""),
    "utility.reading.import.column": ("rwcd", "rwcd", "", ""),
    "utility.reading.import.refusal": ("rwcd", "rwcd", "", ""),
    "utility.reading.synchronize": ("rwcd", "rwcd", "", ""),
    "utility.reading.synchronize.line": ("rwcd", "rwcd", "", ""),
    "utility.section": ("r", "rwcd", "", ""),
    "utility.subscription": ("rwc", "rwcd", "", ""),
    "utility.tariff": ("r", "rwcd", "", ""),
    "utility.tariff.line": ("r", "rwcd", "", ""),
    "utility.tariff.version": ("r", "rwcd", "", ""),
}

#: model: what the module lets RPC call, besides what every model has
METHODS = {
    "account.move": "action_approve_payment action_dispute_payment action_request_payment_approval button_cancel "
    "button_draft button_request_cancel",
    "ledger.anomaly": "action_open_document",
    "ledger.code": "action_create_companies",
    "ledger.connector": "action_approve_host_key action_forget_host_key action_synchronize action_test_connection "
    "action_view_documents action_view_runs",
    "ledger.document": "action_export action_export_all action_open_monitor action_open_move action_view_anomalies",
    "ledger.lot": "action_abandon action_accept action_download action_refuse",
    "ledger.run": "action_stop",
    "res.company": "action_fetch_scans action_update_companies",
    "res.partner": "action_attach_connection_point action_view_subscriptions",
    "utility.billing.finding": "action_correct",
    "utility.billing.handover": "action_synchronize",
    "utility.billing.run": "action_discard action_launch action_post action_preview action_resume action_stop "
    "action_view_bills action_view_findings",
    "utility.billing.settings": "action_open action_save",
    "utility.leak.alert": "action_certify action_dismiss action_print action_send",
    "utility.meter": "action_detach action_force_synchronization action_replace_device action_view_connection_point "
    "action_view_readings action_view_subscriptions",
    "utility.meter.attach": "action_back action_confirm action_search",
    "utility.meter.attach.line": "action_choose",
    "utility.meter.force.synchronize": "action_confirm action_decline",
    "utility.meter.match": "action_attach action_undo",
    "utility.meter.matching": "action_attach_certain action_propose action_resume action_stop action_undo_all "
    "action_view_matches",
    "utility.meter.replace": "action_confirm",
    "utility.reading": "action_ask action_confirm action_open_form action_reset_consumption action_synchronize "
    "action_synchronize_all",
    "utility.reading.import": "action_back action_check action_download_refused action_import action_view_pending "
    "action_view_readings",
    "utility.reading.synchronize": "action_confirm action_decline",
    "utility.subscription": "action_view_bills",
    "utility.tariff": "action_view_subscriptions",
}

HEAD = """\
====================
Who may do what here
====================

Made from ``tests/access.py``, which ``tests/test_access.py`` compares with the database, cell by cell.
r reads, w writes, c creates, d deletes. Roles that are not named may do nothing with these models: {nobody}.
Roles add up. Rules by company narrow each cell: a user works with what belongs to the companies that they may enter
(``security/rules.xml``).

"""


def render():
    """Return docs/access.rst."""
    names = {role: french for role, (_group, french) in ROLES.items()}
    nobody = ", ".join(role for role in ROLES if role not in GIVEN)
    heads = [names[role] for role in GIVEN]
    rows = [["Model", *heads], *([f"``{model}``", *(cell or "—" for cell in cells)] for model, cells in RIGHTS.items())]
    methods = [["Model", "Methods that RPC may call"]]
    for model, found in METHODS.items():
        methods.append([f"``{model}``", ", ".join(f"``{name}``" for name in found.split())])
    return HEAD.format(nobody=nobody) + _table(rows) + "\n" + _table(methods)


def _table(rows):
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        lines += [f"   {'* -' if place == 0 else '  -'} {cell}" for place, cell in enumerate(row)]
    return "\n".join(lines) + "\n"
