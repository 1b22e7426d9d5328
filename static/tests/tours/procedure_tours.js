/** @odoo-module **/

import { schedulerRuns } from "./billing_tours";
import { action, answer, seeQuestion, tours } from "./steps";

/**
 * The daily procedures from the dashboard, in as few clicks as the clerks were promised.
 */

const click = (trigger) => ({ content: trigger, trigger, run: "click" });
const see = (trigger) => ({ content: trigger, trigger });
const menu = (section, item) => [
    click(`.o_menu_sections [data-menu-xmlid="utility_billing_sync.${section}"]`),
    click(`.o-dropdown--menu [data-menu-xmlid="utility_billing_sync.${item}"]`),
];

// a subscriber moves in: made, their meter taken from the other section, read, told there
tours.add("procedure_subscriber", {
    url: action("utility_dashboard_action"),
    clicks: 10,
    steps: () => [
        ...menu("utility_menu_subscribers", "res_partner_menu_subscriber"),
        see(".o_breadcrumb:contains('Abonnés')"),
        click(".o_list_button_add"),
        { trigger: ".o_form_view .o_field_widget[name=name] input", run: "edit Nouvel Abonné" },
        click("button[name=action_attach_connection_point]"),
        { trigger: ".modal .o_field_widget[name=search_text] input", run: "edit 17-001" },
        click(".modal button[name=action_search]"),
        click(".modal:not(:has(.o_data_row:contains('17-002'))) .o_data_row:contains('17-001') button"),
        click(".modal footer button[name=action_confirm]"),
        see("body:not(:has(.modal)) .o_kanban_record:contains('#17-001')"),
        click("button[name=action_new_reading]"),
        { trigger: ".o_field_widget[name=index] input", run: "edit 152" },
        click(".o_form_button_save:visible"),
        ...seeQuestion("EAU"),
        ...answer("Synchroniser"),
    ],
});

tours.add("procedure_schedule", {
    url: action("utility_dashboard_action"),
    clicks: 5,
    steps: () => [
        ...menu("utility_menu_administration", "ledger_connector_menu"),
        click(".o_data_row:contains('Sage FRP 1000') td[name=name]"),
        click(".tab-pane.active .o_field_widget[name=auto_sync] input"),
        { trigger: ".tab-pane.active .o_field_widget[name=time] input", run: "edit 12:00 && press Tab" },
        click(".tab-pane.active button:contains(/^Enregistrer$/)"),
        see(".o_form_view:not(:has(.o_form_button_save:visible))"),
    ],
});

// a third party without a code, from the dashboard: what is typed is chosen with Enter
tours.add("procedure_anomaly", {
    url: action("utility_dashboard_action"),
    clicks: 5,
    steps: () => [
        click("a[name=action_view_anomalies]"),
        click(".o_data_row .o_ledger_anomaly:visible"),
        click(".modal .o_data_row:contains('Pompes et réseaux') button[name=action_correct]"),
        see(".o_breadcrumb:contains('Référentiel')"),
        click(".o_data_row:contains('F0009'):contains('Pompes et réseaux') td[name=record_ref]"),
        { trigger: ".o_selected_row [name=record_ref] input", run: "edit Pompes et réseaux" },
        see(".o-autocomplete--dropdown-item:contains('Pompes et réseaux')"),
        { trigger: ".o_selected_row [name=record_ref] input", run: "press Enter" },
        see(".o_selected_row:not(:has(.o-autocomplete--dropdown-item)) [name=record_ref] .o_external_button"),
        click(".o_list_button_save:visible"),
        see(".o_data_row:contains('F0009') [name=bound_by_hand] input:checked"),
    ],
});

/** A day typed by the keyboard. */
export const typeDay = (name, value) => [
    {
        content: `${name}: entered by the keyboard`,
        trigger: `.o_form_view .o_field_widget[name=${name}] :is(button, input)`,
        run() {
            this.anchor.click();
        },
    },
    {
        content: `${name}: ${value}`,
        trigger: `.o_form_view .o_field_widget[name=${name}] input`,
        run: `edit ${value} && press Enter`,
    },
];

tours.add("procedure_campaign", {
    url: action("utility_dashboard_action"),
    clicks: 6,
    steps: () => [
        click("button[name=action_new_campaign]"),
        ...typeDay("date_start", "01/01/2023"),
        ...typeDay("date_end", "31/03/2023"),
        click("button[name=action_preview]"),
        see(".o_form_statusbar button[name=action_stop]"),
        schedulerRuns,
        click("button[name=action_launch]"),
        see(".o_form_statusbar button[name=action_stop]"),
        schedulerRuns,
        click("button[name=action_post]"),
        click(".modal .btn-primary"),
        see(".o_form_statusbar button[name=action_stop]"),
        schedulerRuns,
        see(".o_statusbar_status .o_arrow_button_current:contains('Factures comptabilisées')"),
    ],
});

// two meters of a round: one tap each, and their index
tours.add("procedure_round", {
    url: action("utility_round_action"),
    clicks: 1 + 2,
    steps: () => [
        click(".o_round_choice:contains('Bourg')"),
        { trigger: ".o_round_meter:contains('17-002')" },
        { trigger: ".o_round_index", run: "edit 12" },
        click(".o_round_keep:enabled"),
        { trigger: ".o_round_meter:contains('17-001')" },
        { trigger: ".o_round_index", run: "edit 150" },
        click(".o_round_keep:enabled"),
        see(".o_round_count:contains('2 / 2')"),
        see(".o_round:not(:has(.o_round_offline))"),
    ],
});

// the pairs that are sure, once the background work has found them
tours.add("procedure_matching", {
    url: action("utility_dashboard_action"),
    clicks: 5,
    steps: () => [
        ...menu("utility_menu_meters", "utility_meter_matching_menu"),
        click(".o_data_row:contains('EAU'):contains('ASSAINISSEMENT') td[name=section_id]"),
        click("button[name=action_attach_certain]"),
        click(".modal .btn-primary"),
        see("button[name=action_stop]"),
    ],
});
