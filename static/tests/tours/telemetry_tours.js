/** @odoo-module **/

import { action, tours } from "./steps";

// The alarms of the night: one is looked into and closed.
tours.add("utility_telemetry_alarms", {
    url: action("utility_telemetry_alarm_action"),
    steps: () => [
        { content: "tampering", trigger: ".o_data_row:contains('XX-9'):contains('Fraude')" },
        { content: "tick the leak", trigger: ".o_data_row:contains('17-001'):contains('Fuite') .o_list_record_selector input", run: "click" },
        { content: "close it", trigger: "button[name=action_close]:visible", run: "click" },
        { content: "it is gone", trigger: ".o_list_view:not(:has(.o_data_row:contains('17-001')))" },
    ],
});
