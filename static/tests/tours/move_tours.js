/** @odoo-module **/

import { action, edit, openRow, tours } from "./steps";

const DIALOG = ".modal .o_form_view";

// One leaves, another comes in, in both sections; then it is undone.
tours.add("utility_move", {
    url: action("utility_meter_action"),
    steps: () => [
        openRow("C0001"),
        {
            content: "Départ / Arrivée",
            trigger: ".o_form_statusbar button[name=action_move]:contains('Départ / Arrivée')",
            run: "click",
        },
        { content: "who leaves", trigger: `${DIALOG} [name=leaving_name]:contains('Abonné 1')` },
        { content: "the day", trigger: `${DIALOG} [name=date] :is(button, input)`, run: "click" },
        { content: "the day", trigger: `${DIALOG} [name=date] input`, run: "edit 15/03/2025 && press Enter" },
        { content: "estimated", trigger: `${DIALOG} [name=index_kind] input[data-value=estimated]`, run: "click" },
        { content: "by days", trigger: `${DIALOG} [name=index_note]:contains('1320')` },
        { content: "1,249", trigger: `${DIALOG} [name=index]:contains('249')` },
        { content: "who comes in", trigger: `${DIALOG} [name=arriving_id] input`, run: "edit Martin" },
        { content: "Martin", trigger: ".o-autocomplete--dropdown-item a:contains('Martin')", run: "click" },
        edit("last_city", "Lyon"),
        { content: "preview", trigger: ".modal button[name=action_preview]:contains('Voir ce que cela fait')", run: "click" },
        {
            content: "the question",
            trigger: ".modal [name=question]:contains('Souhaitez vous synchroniser ce départ') strong:contains('ASST')",
        },
        {
            content: "section by section",
            trigger: ".modal [name=summary]:contains('EAU'):contains('ASST'):contains('Martin arrive le 16/03/2025')",
        },
        { content: "Synchroniser", trigger: ".modal button[name=action_confirm]:contains('Synchroniser')", run: "click" },
        { content: "it is done", trigger: ".o_statusbar_status .o_arrow_button_current:contains('Fait')" },
        { content: "in the other section too", trigger: ".o_form_view [name=elsewhere]:contains('ASST'):contains('Martin arrive')" },
        { content: "Défaire", trigger: ".o_form_statusbar button[name=action_undo]:contains('Défaire')", run: "click" },
        { content: "yes", trigger: ".modal .btn-primary", run: "click" },
        { content: "it is undone", trigger: ".o_statusbar_status .o_arrow_button_current:contains('Annulé')" },
    ],
});
