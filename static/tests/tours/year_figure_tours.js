/** @odoo-module **/

import { action, openRow, tours } from "./steps";

// The figures of a year: seen, drawn, and followed to their bills.
tours.add("utility_year_figures", {
    url: action("utility_year_figure_action"),
    steps: () => [
        { content: "the year", trigger: ".o_data_row:contains('2024'):contains('185')" },
        { content: "graph", trigger: ".o_cp_switch_buttons .o_graph", run: "click" },
        { content: "drawn", trigger: ".o_graph_canvas_container canvas" },
        { content: "list", trigger: ".o_cp_switch_buttons .o_list", run: "click" },
        openRow("2024"),
        { content: "120 m³", trigger: ".o_form_view [name=price_total]:contains('339,71')" },
        { content: "to the bills", trigger: "button[name=action_view_bills]", run: "click" },
        { content: "four bills", trigger: ".o_list_view .o_data_row:eq(3)" },
    ],
});
