/** @odoo-module **/

import { action, tours } from "./steps";

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
