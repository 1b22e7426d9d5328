/** @odoo-module **/

import { action, openRow, tours } from "./steps";

// A posted campaign is sent.
tours.add("utility_bill_sending", {
    url: action("utility_billing_run_action"),
    steps: () => [
        openRow("EAU"),
        { content: "send", trigger: ".o_form_statusbar button[name=action_send_bills]:contains('Envoyer les factures')", run: "click" },
        { content: "who gets it how", trigger: "[name=line_ids] .o_data_row:contains('Abonné 5'):contains('E-mail')" },
        { content: "on paper", trigger: "[name=line_ids] .o_data_row:contains('Abonné 2'):contains('Papier')" },
        { content: "go", trigger: ".o_form_statusbar button[name=action_send]:contains('Envoyer')", run: "click" },
        { content: "yes", trigger: ".modal .btn-primary", run: "click" },
        { content: "it is under way", trigger: ".o_form_statusbar button[name=action_stop]:contains('Arrêter')" },
    ],
});
