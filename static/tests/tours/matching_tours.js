/** @odoo-module **/

import { action, tours } from "./steps";

const open = { trigger: ".o_data_row:contains('EAU'):contains('ASSAINISSEMENT') td[name=section_id]", run: "click" };
const launched = { content: "it works in the background", trigger: "button[name=action_stop]:contains('Arrêter')" };

// Compteurs → Rapprocher les compteurs; the scheduled job works between this tour and the next ones
tours.add("utility_matching_propose", {
    url: action("utility_meter_action"),
    steps: () => [
        { trigger: '.o_menu_sections [data-menu-xmlid="utility_billing_sync.utility_menu_meters"]', run: "click" },
        {
            trigger:
                '.o-dropdown--menu [data-menu-xmlid="utility_billing_sync.utility_meter_matching_menu"]:contains("Rapprocher les compteurs")',
            run: "click",
        },
        { trigger: ".o_view_nocontent:contains('Aucun rapprochement')" },
        { trigger: ".o_list_button_add", run: "click" },
        { content: "who distributes water keeps its points", trigger: ".o_field_widget[name=section_id] input:value(EAU)" },
        { trigger: ".o_field_widget[name=other_section_id] input:value(ASSAINISSEMENT)" },
        { trigger: "button[name=action_propose]:contains('Proposer les rapprochements')", run: "click" },
        launched,
    ],
});

tours.add("utility_matching_attach", {
    url: action("utility_meter_matching_action"),
    steps: () => [
        open,
        { trigger: ".o_stat_text:contains('Probable')", run: "click" },
        {
            content: "side by side",
            trigger:
                ".o_data_row:contains('Probable'):has(td[name=words]:contains('même numéro')):has(td[name=numbers]:contains('17-009999'))",
        },
        { trigger: ".o_data_row:contains('17-009999') .o_list_record_selector input", run: "click" },
        { trigger: "button[name=action_attach]:contains('Rattacher la sélection')", run: "click" },
        {
            content: "the list stays; what is on its way is no longer to look at",
            trigger: ".o_list_view:not(:has(.o_data_row:contains('17-009999')))",
        },
    ],
});

tours.add("utility_matching_undo", {
    url: action("utility_meter_matching_action"),
    steps: () => [
        open,
        { trigger: "button[name=action_undo_all]:contains('Annuler le rattachement')", run: "click" },
        { trigger: ".modal .btn-primary", run: "click" },
        launched,
    ],
});

// proposed where the option is switched on: Paramétrage → Facturation → Élément de facturation
tours.add("utility_matching_from_settings", {
    url: action("utility_meter_action"),
    steps: () => [
        {
            trigger: '.o_menu_sections [data-menu-xmlid="utility_billing_sync.utility_menu_configuration"]',
            run: "click",
        },
        {
            trigger: '.o-dropdown--menu [data-menu-xmlid="utility_billing_sync.res_config_settings_menu"]',
            run: "click",
        },
        {
            trigger: ".tab-pane.active button:contains('Rapprocher les compteurs que les sections ont en commun')",
            run: "click",
        },
        { trigger: ".o_breadcrumb:contains('Rapprocher les compteurs')" },
    ],
});
