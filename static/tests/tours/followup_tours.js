/** @odoo-module **/

import { action, openTab, tours } from "./steps";

// Bills to approve: those within one's level, approved from the list.
tours.add("utility_bills_to_approve", {
    url: action("account_move_action_to_approve"),
    steps: () => [
        { content: "within the level", trigger: ".o_data_row:contains('Petit')" },
        { content: "not above it", trigger: ".o_list_view:not(:has(.o_data_row:contains('Grand')))" },
        { content: "tick it", trigger: ".o_data_row:contains('Petit') .o_list_record_selector input", run: "click" },
        { content: "approve", trigger: "button[name=action_approve_payment]:visible", run: "click" },
        { content: "it is gone", trigger: ".o_list_view:not(:has(.o_data_row:contains('Petit')))" },
    ],
});

// The same on a telephone: the amount is seen before it is approved.
tours.add("utility_bills_to_approve_phone", {
    url: action("account_move_action_to_approve"),
    steps: () => [
        { content: "its amount", trigger: ".o_kanban_record:contains('Petit'):contains('100,00'):contains('€')" },
        { content: "not above the level", trigger: ".o_kanban_view:not(:has(.o_kanban_record:contains('Grand')))" },
        {
            content: "nothing sideways",
            trigger: ".o_kanban_view",
            run: () => {
                if (document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error("The page scrolls sideways");
                }
            },
        },
        { content: "approve", trigger: ".o_kanban_record:contains('Petit') button[name=action_approve_payment]", run: "click" },
        { content: "it is gone", trigger: ".o_kanban_view:not(:has(.o_kanban_record:contains('Petit')))" },
    ],
});

// A digest is asked for in one's own preferences.
tours.add("utility_digest", {
    url: action("utility_dashboard_action"),
    steps: () => [
        { content: "the user's menu", trigger: ".o_user_menu button", run: "click" },
        { content: "preferences", trigger: ".o-dropdown--menu .dropdown-item:contains('Préférences')", run: "click" },
        { content: "none so far", trigger: ".modal .o_field_widget[name=utility_digest] input", run: "click" },
        { content: "every week", trigger: ".o_select_menu_item:contains('Chaque semaine')", run: "click" },
        { trigger: ".modal .o_field_widget[name=utility_digest] input:value('Chaque semaine')" },
        {
            content: "save",
            trigger: ".modal button:contains('Mettre à jour les préférences')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_kanban_view, .o_kanban_renderer" },
    ],
});

// An electronic invoice in the scan folder: the accountant opens the draft bill that it filled.
tours.add("ledger_received_invoice", {
    url: action("res_company_action_ledger"),
    steps: () => [
        { content: "fetch the scans", trigger: ".o_data_row:contains('Régie EAU') .o_company_action_fetch_scans", run: "click" },
        { content: "done", trigger: ".o_form_view .o_statusbar_status [aria-checked=true]:contains('Terminée')" },
        { content: "one bill", trigger: ".o_field_widget[name=scanned]:contains('1')" },
        openTab("files", "Fichiers lus"),
        { content: "the file", trigger: ".o_field_widget[name=file_ids] .o_data_row:contains('facture.xml') td[name=name]", run: "click" },
        { content: "its bill", trigger: ".modal .o_field_widget[name=move_id] a", run: "click" },
        { content: "the number of the supplier", trigger: ".o_field_widget[name=ref] input:value('F-2026-118')" },
        { content: "the supplier", trigger: ".o_field_widget[name=partner_id] input:value('Pompes et réseaux')" },
        { content: "its total", trigger: ".o_field_widget[name=tax_totals]:contains('145,80')" },
        { content: "a draft", trigger: ".o_statusbar_status [aria-checked=true]:contains('Brouillon')" },
    ],
});
