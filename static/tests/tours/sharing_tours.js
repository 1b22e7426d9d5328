/** @odoo-module **/

import { action, edit, openRow, openTab, save, tours } from "./steps";

function openMenu(section, item) {
    return [
        {
            content: `menu ${section}`,
            trigger: `.o_menu_sections [data-menu-xmlid="utility_billing_sync.${section}"]`,
            run: "click",
        },
        {
            content: `menu ${item}`,
            trigger: `.o-dropdown--menu [data-menu-xmlid="utility_billing_sync.${item}"]`,
            run: "click",
        },
    ];
}

// Notice 1, "Activation": Paramétrage → Facturation → Élément de facturation → Partage des points de raccordement
tours.add("utility_activation", {
    url: action("utility_meter_action"),
    steps: () => [
        openRow("17-001"),
        { trigger: ".o_notebook .nav-link[name=main_information]" },
        { content: "nothing of sharing shows", trigger: "body:not(:has(.nav-link[name=shared_meter]))" },
        {
            trigger: '.o_menu_sections [data-menu-xmlid="utility_billing_sync.utility_menu_meters"]',
            run: "click",
        },
        {
            content: "nor in the menus",
            trigger:
                '.o-dropdown--menu:has([data-menu-xmlid="utility_billing_sync.utility_reading_menu"])' +
                ':not(:has([data-menu-xmlid="utility_billing_sync.utility_reading_menu_pending"]))',
        },
        {
            content: "close the menu",
            trigger: '.o_menu_sections [data-menu-xmlid="utility_billing_sync.utility_menu_meters"]',
            run: "click",
        },
        { trigger: "body:not(:has(.o-dropdown--menu))" },
        {
            trigger: '.o_menu_sections [data-menu-xmlid="utility_billing_sync.utility_menu_configuration"]:contains("Paramétrage")',
            run: "click",
        },
        {
            trigger: '.o-dropdown--menu [data-menu-xmlid="utility_billing_sync.res_config_settings_menu"]:contains("Facturation")',
            run: "click",
        },
        { trigger: '.o_form_view .nav-link.active:contains("Facturation")' },
        { trigger: '.tab-pane.active .o_horizontal_separator:contains("Élément de facturation")' },
        { trigger: '.tab-pane.active label:contains("Type de facturation")' },
        { trigger: '.tab-pane.active label:contains("Unités")' },
        {
            trigger:
                '.tab-pane.active:has(label:contains("Partage des points de raccordement")) .o_field_widget[name=share_connection_points] input',
            run: "click",
        },
        {
            content: "save: the page comes again",
            trigger: "button[name=action_save]",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_menu_sections" },
        ...openMenu("utility_menu_meters", "utility_reading_menu_pending"),
        { content: "an empty list says why", trigger: ".o_view_nocontent:contains('Rien n’attend')" },
    ],
});

// Notice 1, "Pour partager un compteur": the section has no card yet
tours.add("utility_attach_new", {
    url: action("res_partner_action_subscriber"),
    steps: () => [
        { trigger: ".o_list_view .o_data_row:contains('Durand') td[name=complete_name]", run: "click" },
        openTab("utility_subscriber", "Gestion de l’abonné"),
        { trigger: "button:contains('Rattacher un point de raccordement')", run: "click" },
        { trigger: ".modal-title:contains('Rattacher un point de raccordement')" },
        { content: "the same subscriber comes first", trigger: ".modal .o_data_row:first:contains('Même abonné'):contains('17-001')" },
        { content: "search by address", trigger: ".modal .o_field_widget[name=search_text] input", run: "edit Lavandières" },
        { trigger: ".modal button[name=action_search]:contains('Rechercher')", run: "click" },
        { trigger: ".modal:not(:has(.o_data_row:contains('17-001'))) .o_data_row:contains('17-002')" },
        { trigger: ".modal .o_field_widget[name=search_text] input", run: "edit 17-001" },
        { trigger: ".modal button[name=action_search]", run: "click" },
        { trigger: ".modal:not(:has(.o_data_row:contains('17-002'))) .o_data_row:contains('17-001') button:contains('Choisir')", run: "click" },
        { trigger: ".modal .o_field_widget[name=connection_point_id]:contains('17-001')" },
        { trigger: ".modal footer button:contains('Rattacher')", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_horizontal_separator:contains('Caractéristiques compteur')" },
        { trigger: ".o_kanban_record strong:contains('Informations principales')" },
        { trigger: ".o_kanban_record:contains('#17-001'):contains('Relève manuelle'):contains('Non renseignée')" },
        { trigger: ".o_kanban_record strong:contains('Compteur partagé')" },
        { trigger: ".o_kanban_record p:contains('Ce compteur est actuellement associé à :')" },
        { trigger: ".o_kanban_record li:contains('Abonné: Durand Facturation: EAU')" },
        { trigger: ".o_kanban_record li:contains('Abonné: Durand Facturation: ASSAINISSEMENT') strong:contains('ASSAINISSEMENT')" },
    ],
});

// Notice 1, the other case: the subscriber's own card is moved onto the shared point
tours.add("utility_attach_move", {
    url: action("res_partner_action_subscriber"),
    steps: () => [
        { trigger: ".o_list_view .o_data_row:contains('Durand') td[name=complete_name]", run: "click" },
        openTab("utility_subscriber", "Gestion de l’abonné"),
        { trigger: "button:contains('Rattacher un point de raccordement')", run: "click" },
        { trigger: ".modal .o_data_row:contains('17-001') button:contains('Choisir')", run: "click" },
        { content: "the card to move is proposed", trigger: ".modal .o_field_widget[name=meter_id] input:value(#A-77 · ASSA)" },
        { trigger: ".modal .o_data_row:contains('Numéro de série'):contains('A-77'):contains('17-001')" },
        { trigger: ".modal .o_data_row:contains('Diamètre (mm)'):contains('20'):contains('15')" },
        { trigger: ".modal footer button:contains('Rattacher')", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_kanban_record:contains('#17-001') li:contains('ASSAINISSEMENT')" },
    ],
});

// "Les informations générales du compteur se synchronisent automatiquement d'une section à l'autre."
tours.add("utility_general_information", {
    url: action("utility_meter_action"),
    steps: () => [
        { trigger: ".o_data_row:contains('EAU') td[name=serial_number]", run: "click" },
        openTab("main_information", "Informations principales"),
        edit("diameter", "25"),
        save,
        { trigger: ".o-mail-Message:contains('depuis la section EAU'):contains('Diamètre (mm) : 15 → 25')" },
        { trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a", run: "click" },
        { trigger: ".o_data_row:contains('ASSAINISSEMENT') td[name=serial_number]", run: "click" },
        openTab("main_information", "Informations principales"),
        { trigger: ".o_field_widget[name=diameter] input:value(25)" },
        { trigger: ".o-mail-Message:contains('depuis la section EAU'):contains('Diamètre (mm) : 15 → 25')" },
    ],
});

// the switcher of companies decides what a list shows: the list says so, and shows all at a click
tours.add("utility_left_out", {
    url: action("utility_meter_action"),
    steps: () => [
        { trigger: ".o_list_view .o_pager_value:contains('1-1')" },
        { content: "what is left out", trigger: ".o_utility_left_out:contains('Budget assainissement')" },
        { trigger: ".o_utility_left_out button:contains('Afficher aussi')", run: "click", expectUnloadPage: true },
        { content: "both", trigger: ".o_list_view .o_pager_value:contains('1-2')" },
        { trigger: ".o_list_view:not(:has(.o_utility_left_out))" },
    ],
});

tours.add("utility_detach", {
    url: action("utility_meter_action"),
    steps: () => [
        { trigger: ".o_data_row:contains('ASSAINISSEMENT') td[name=serial_number]", run: "click" },
        openTab("shared_meter", "Compteur partagé"),
        { trigger: "button[name=action_detach]:contains('Détacher')", run: "click" },
        { content: "asked before", trigger: ".modal:contains('La détacher ?') .btn-primary", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "body:not(:has(.nav-link[name=shared_meter]))" },
        { trigger: ".o-mail-Message:contains('Détaché du point de raccordement partagé')" },
    ],
});

// Administration → Droits
tours.add("utility_rights", {
    url: action("utility_meter_action"),
    steps: () => [
        ...openMenu("utility_menu_administration", "res_users_menu_rights"),
        { trigger: ".o_data_row:contains('agent_both') td[name=login]", run: "click" },
        { trigger: ".o_form_view .o_inner_group:contains('Eau et Assainissement')" },
        { trigger: ".o_form_view .o_inner_group:contains('Synchronisations comptables')" },
    ],
});
