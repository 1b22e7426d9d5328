/** @odoo-module **/

import { action, openRow, openTab, tours } from "./steps";

const choose = (name, label) => [
    { content: `open ${name}`, trigger: `.o_field_widget[name=${name}] input`, run: "click" },
    { content: label, trigger: `.o_select_menu_item:contains(/^${label}$/)`, run: "click" },
];
const enregistrer = [
    { content: "Enregistrer", trigger: ".tab-pane button:contains(/^Enregistrer$/)", run: "click" },
    { content: "saved", trigger: ".o_form_view:not(:has(.o_form_dirty)) .o_form_saved, .o_form_view .o_form_status_indicator_buttons.invisible" },
];

// "Paramétrage des connecteurs → SYNCHRONISATION → Je souhaite synchroniser mes connecteurs" (notice 2)
tours.add("ledger_schedule", {
    url: action("ledger_connector_action"),
    steps: () => [
        openRow("Sage FRP 1000"),
        openTab("synchronisation", "SYNCHRONISATION"),
        {
            content: "Je souhaite synchroniser mes connecteurs",
            trigger: "label:contains('Je souhaite synchroniser mes connecteurs')",
        },
        { content: "yes", trigger: ".o_field_widget[name=auto_sync] input", run: "click" },
        ...choose("frequency", "CHAQUE SEMAINE"),
        ...choose("weekday", "Jeudi"),
        { content: "à 12:30", trigger: ".o_field_widget[name=time] input", run: "edit 12:30" },
        ...enregistrer,
        // the browser of the tests is in UTC, one hour or two behind Paris
        { content: "the next run is shown", trigger: ".o_field_widget[name=next_run]:contains(/ 1[01]:30/)" },
        { content: "of the company", trigger: ".o_field_widget[name=tz] :contains('Europe/Paris'), .o_field_widget[name=tz] input:value(Europe/Paris)" },
        ...choose("frequency", "CHAQUE JOUR"),
        { content: "no day any more", trigger: ".o_form_view:not(:has(.o_field_widget[name=weekday]))" },
        ...enregistrer,
        { content: "now", trigger: "button[name=action_synchronize]:contains('Synchroniser maintenant')", run: "click" },
        // a slow server hands it over to the connector's job, which nobody calls in a test
        {
            content: "the run is shown",
            trigger: ".o_form_view .o_field_widget[name=kind]:contains('Synchronisation')",
        },
    ],
});
