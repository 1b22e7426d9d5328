"""Who may do what, in one table: the tests compare it with the database, docs/access.rst shows it."""

#: role: (groups, their French name)
ROLES = {
    "public": ("base.group_public", "—"),
    "portal": ("base.group_portal", "Portail"),
    "plain user": ("base.group_user", "Utilisateur interne"),
    "agent": ("utility_billing_sync.group_utility_user", "Agent"),
    "person in charge": ("utility_billing_sync.group_utility_manager", "Responsable"),
    "monitor": ("utility_billing_sync.group_ledger_monitor", "Visuel Synchronisations"),
    "connector manager": ("utility_billing_sync.group_ledger_manager", "Paramétrage des connecteurs"),
    "connecting administrator": (
        "utility_billing_sync.group_ledger_manager,base.group_erp_manager",
        "Paramétrage des connecteurs et droits d'accès d'Odoo",
    ),
    "approver": ("utility_billing_sync.group_payment_approver", "Approbateur"),
    "invoicing": ("account.group_account_invoice", "Facturation d'Odoo"),
    "approving accountant": (
        "utility_billing_sync.group_payment_approver,account.group_account_invoice",
        "Approbateur et facturation d'Odoo",
    ),
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}

#: model: what agent, person in charge, monitor and connector manager may do with records of their own companies; the
#: other roles may do nothing, except that accountants read billed readings
GIVEN = ("agent", "person in charge", "monitor", "connector manager")
RIGHTS = {
    "ledger.approval.level": ("", "", "", "rwcd"),
    "ledger.anomaly": ("", "", "r", "r"),
    "ledger.code": ("", "", "r", "rw"),
    "ledger.column": ("", "", "r", "rwcd"),
    "ledger.connector": ("", "", "r", "rwcd"),
    "ledger.document": ("", "", "r", "r"),
    "ledger.fec": ("", "", "rwcd", "rwcd"),
    "ledger.file": ("", "", "r", "r"),
    "ledger.layout": ("", "", "r", "rwcd"),
    "ledger.lot": ("", "", "r", "r"),
    "ledger.payment": ("", "", "r", "r"),
    "ledger.run": ("", "", "r", "r"),
    "ledger.word": ("", "", "r", "rwcd"),
    "utility.bill.sending": ("", "rwcd", "", ""),
    "utility.bill.sending.line": ("", "r", "", ""),
    "utility.billed.reading": ("r", "r", "r", "r"),
    "utility.billing.finding": ("", "r", "", ""),
    "utility.billing.handover": ("r", "r", "", ""),
    "utility.billing.run": ("", "rwcd", "", ""),
    "utility.billing.settings": ("", "rwcd", "", ""),
    "utility.connection.point": ("rwc", "rwcd", "", ""),
    "utility.dashboard": ("r", "r", "", ""),
    "utility.device": ("rc", "rc", "", ""),
    "utility.irregularity": ("", "r", "", "r"),
    "utility.leak.alert": ("rw", "rwd", "", ""),
    "utility.meter": ("rwc", "rwcd", "", ""),
    "utility.meter.attach": ("rwcd", "rwcd", "", ""),
    "utility.meter.attach.difference": ("rwcd", "rwcd", "", ""),
    "utility.meter.attach.line": ("rwcd", "rwcd", "", ""),
    "utility.meter.force.synchronize": ("", "rwcd", "", ""),
    "utility.meter.force.synchronize.line": ("", "rwcd", "", ""),
    "utility.meter.match": ("", "r", "", ""),
    "utility.meter.matching": ("", "rcd", "", ""),
    "utility.meter.pair": ("", "rwcd", "", ""),
    "utility.meter.replace": ("rwcd", "rwcd", "", ""),
    "utility.move": ("rwc", "rwc", "", ""),
    "utility.move.dialog": ("rwcd", "rwcd", "", ""),
    "utility.reading": ("rwcd", "rwcd", "", ""),
    "utility.reading.answer": ("r", "r", "", ""),
    "utility.reading.import": ("rwcd", "rwcd", "", ""),
    "utility.reading.import.column": ("rwcd", "rwcd", "", ""),
    "utility.reading.import.refusal": ("rwcd", "rwcd", "", ""),
    "utility.reading.import.remark": ("rwcd", "rwcd", "", ""),
    "utility.reading.import.number": ("rwcd", "rwcd", "", ""),
    "utility.reading.import.word": ("rwcd", "rwcd", "", ""),
    "utility.reading.word": ("rwc", "rwcd", "", ""),
    "utility.reading.import.row": ("r", "r", "", ""),
    "utility.reading.import.run": ("r", "rd", "", ""),
    "utility.synchronisation.item": ("r", "r", "", ""),
    "utility.synchronisation.run": ("r", "rd", "", ""),
    "utility.reading.synchronize": ("rwcd", "rwcd", "", ""),
    "utility.reading.synchronize.line": ("rwcd", "rwcd", "", ""),
    "utility.reading.invitation": ("r", "rwcd", "", ""),
    "utility.reading.invitation.line": ("r", "r", "", ""),
    "utility.section": ("r", "rwcd", "", ""),
    "utility.self.report": ("r", "r", "", ""),
    "utility.setup.step": ("", "r", "", ""),
    "utility.subscription": ("rwc", "rwcd", "", ""),
    "utility.leak.certificate": ("rwcd", "rwcd", "", ""),
    "utility.dwelling.class": ("r", "rwcd", "", ""),
    "utility.subscription.change.meter": ("rwcd", "rwcd", "", ""),
    "utility.subscription.tariff": ("rwcd", "rwcd", "", ""),
    "utility.telemetry.alarm": ("rw", "rw", "", ""),
    "utility.telemetry.file": ("r", "r", "", ""),
    "utility.telemetry.source": ("r", "rwcd", "", ""),
    "utility.telemetry.unknown": ("rw", "rw", "", ""),
    "utility.year.figure": ("", "r", "", ""),
    "utility.year.levy": ("", "r", "", ""),
    "utility.tariff": ("r", "rwcd", "", ""),
    "utility.tariff.line": ("r", "rwcd", "", ""),
    "utility.tariff.version": ("r", "rwcd", "", ""),
}

#: Models whose records belong to no company: read by all, changed where no company uses them that one may not enter. Of
#: the others, nothing of another company is reached by anybody.
WITHOUT_COMPANY = ("ledger.column", "ledger.layout", "ledger.word", "utility.setup.step")

#: Who may call a method. Anyone: the method at most opens a window, which shows only what that user may read.
CALLERS = {
    "anyone": tuple(ROLES),
    "agents": ("agent", "person in charge"),
    "in charge": ("person in charge",),
    "monitors": ("monitor", "connector manager", "connecting administrator"),
    "connectors": ("connector manager", "connecting administrator"),
    "makers of companies": ("connecting administrator",),
    "accountants": ("person in charge", "invoicing", "approving accountant"),
    "approvers": ("approving accountant",),
    "responsible": ("person in charge", "connector manager", "connecting administrator"),
}
#: model: {who: what the module lets them call by RPC, besides what every model has}
METHODS = {
    "account.move": {
        "anyone": "button_request_cancel",
        "accountants": "action_request_payment_approval button_cancel button_draft",
        "approvers": "action_approve_payment action_dispute_payment",
    },
    "ir.actions.report": {"anyone": "get_wkhtmltopdf_state"},
    "ledger.anomaly": {"monitors": "action_correct"},
    "ledger.code": {
        "makers of companies": "action_create_companies",
        "connectors": "action_other_party action_same_party",
    },
    "ledger.connector": {
        "anyone": "action_view_doubtful action_view_runs",
        "monitors": "action_view_documents",
        "connectors": "action_approve_host_key action_confirm_database action_deactivate_missing "
        "action_forget_host_key action_synchronize action_test_connection",
    },
    "ledger.document": {
        "monitors": "action_compare action_export action_export_all action_open_monitor action_open_move "
        "action_view_anomalies",
    },
    "ledger.fec": {"monitors": "action_export"},
    "ledger.file": {"connectors": "action_read_again"},
    "ledger.lot": {"monitors": "action_download", "connectors": "action_abandon action_accept action_refuse"},
    "ledger.payment": {"monitors": "action_fetch action_ignore action_look_again action_view_bills"},
    "ledger.run": {"monitors": "action_stop"},
    "res.company": {"connectors": "action_fetch_scans action_update_companies"},
    "res.partner": {
        "anyone": "action_view_due action_view_meters action_view_subscriptions",
        "agents": "action_attach_connection_point action_move action_new_reading action_view_documents "
        "action_view_readings",
    },
    "utility.billing.finding": {"in charge": "action_correct"},
    "utility.billing.handover": {"agents": "action_synchronize"},
    "utility.bill.sending": {
        "in charge": "action_advance action_confirm_database action_resume action_send action_stop"
    },
    "utility.billing.run": {
        "anyone": "action_view_bills action_view_findings",
        "in charge": "action_advance action_discard action_launch action_post action_preview action_resume "
        "action_send_bills action_stop",
    },
    "utility.billing.settings": {"anyone": "action_open", "in charge": "action_save"},
    "utility.dashboard": {
        "anyone": "action_open_setup",
        "agents": "action_import_readings action_new_campaign action_new_reading action_open_list",
        "in charge": "action_begin_round action_close_setup action_open_campaign",
        "monitors": "action_open_connector action_view_anomalies action_view_documents action_view_payments "
        "action_view_received",
        "connectors": "action_synchronize",
    },
    "utility.irregularity": {"responsible": "action_open_record"},
    "utility.leak.alert": {
        "anyone": "action_open_certificate action_open_decision",
        "agents": (
            "action_ask_check action_certify action_dismiss action_meter_faulty action_meter_sound action_print "
            "action_reopen action_send action_synchronize"
        ),
    },
    "utility.leak.certificate": {"agents": "action_confirm action_decide"},
    "utility.meter": {
        "anyone": "action_replace_device action_view_readings action_view_subscriptions",
        "agents": "action_move action_view_connection_point",
        "in charge": "action_detach action_force_synchronization action_pair_by_hand",
    },
    "utility.meter.attach": {"agents": "action_back action_confirm action_search"},
    "utility.meter.attach.line": {"agents": "action_choose"},
    "utility.meter.force.synchronize": {"in charge": "action_confirm action_decline"},
    "utility.meter.match": {"in charge": "action_attach action_reconsider action_set_apart action_undo"},
    "utility.meter.matching": {
        "in charge": "action_advance action_attach_certain action_propose action_resume action_stop action_undo_all "
        "action_view_alone action_view_matches",
    },
    "utility.meter.pair": {"in charge": "action_confirm"},
    "utility.meter.replace": {"agents": "action_confirm"},
    "utility.move": {"agents": "action_accept action_decline action_undo"},
    "utility.move.dialog": {"agents": "action_back action_confirm action_decline action_preview"},
    "utility.reading": {
        "anyone": "action_open_form",
        "agents": "action_ask action_confirm action_reset_consumption action_synchronize action_synchronize_all "
        "action_synchronize_waiting",
    },
    "utility.reading.import": {
        "anyone": "action_view_pending",
        "agents": "action_back action_check action_download_refused action_import action_view_readings",
    },
    "utility.reading.import.run": {
        "agents": "action_advance action_download_refused action_download_report action_resume action_stop "
        "action_view_readings action_view_rows",
    },
    "utility.synchronisation.run": {"agents": "action_advance action_resume action_stop"},
    "utility.reading.invitation": {
        "in charge": "action_advance action_confirm_database action_list action_print action_print_all action_resume "
        "action_send action_stop"
    },
    "utility.reading.synchronize": {"agents": "action_confirm action_decline"},
    "utility.section": {"agents": "get_rounds save_round walk_round", "in charge": "action_begin_round"},
    "utility.subscription": {
        "anyone": "action_change_meter action_view_bills",
        "agents": "action_move",
        "in charge": "action_anonymize",
    },
    "utility.setup.step": {
        "in charge": "action_download_sample action_hide action_make action_open_screen",
    },
    "utility.subscription.change.meter": {"agents": "action_confirm"},
    "utility.tariff": {"agents": "action_view_subscriptions"},
    "utility.tariff.version": {"in charge": "action_copy"},
    "utility.telemetry.alarm": {"agents": "action_close action_reopen"},
    "utility.telemetry.source": {
        "anyone": "action_view_files",
        "in charge": "action_approve_host_key action_confirm_database action_fetch action_test_connection",
    },
    "utility.telemetry.unknown": {"agents": "action_create_meter action_enter action_ignore"},
    "utility.year.figure": {
        "in charge": "action_view_bills action_view_due_meters action_view_levies action_view_unpaid"
    },
    "utility.year.levy": {"in charge": "action_view_lines"},
}
#: Methods of a card of a connector: a section's card, which stands for the model, is not the monitors'.
OF_CONNECTOR_CARD = {
    ("utility.dashboard", name)
    for name in (
        "action_open_connector",
        "action_synchronize",
        "action_view_anomalies",
        "action_view_documents",
        "action_view_payments",
        "action_view_received",
    )
}
#: What they answer is of nobody: whether this server can print.
OF_NOBODY = {("ir.actions.report", "get_wkhtmltopdf_state")}
#: They begin with what the caller may see, or with a partner, whom companies share: no record of another company.
OF_NO_COMPANY = {
    ("ledger.connector", "action_view_documents"),
    ("ledger.document", "action_compare"),
    ("ledger.document", "action_open_monitor"),
    ("res.partner", "action_attach_connection_point"),
    ("res.partner", "action_move"),
    ("res.partner", "action_new_reading"),
    ("res.partner", "action_view_documents"),
    ("res.partner", "action_view_readings"),
    ("utility.reading", "action_synchronize_all"),
    ("utility.reading", "action_synchronize_waiting"),
    ("utility.section", "get_rounds"),
    ("utility.dashboard", "action_open_setup"),
    ("utility.dashboard", "action_close_setup"),
    *(("utility.setup.step", f"action_{name}") for name in ("hide", "download_sample", "make", "open_screen")),
}


def cell(model, role):
    """What a role may do with the records of its own companies, as letters of OPERATIONS."""
    if model == "utility.billed.reading" and role in CALLERS["accountants"]:
        return "r"
    cells = dict(zip(GIVEN, RIGHTS[model], strict=True))
    return cells["connector manager"] if role == "connecting administrator" else cells.get(role, "")


def calls():
    """Give (model, method, who) of every public method."""
    for model, groups in METHODS.items():
        for who, names in groups.items():
            yield from ((model, name, who) for name in names.split())
