/** @odoo-module **/

import { action, answer, edit, openRow, openTab, picture, QUESTION, save, seeChange, TITLE, tours } from "./steps";

/**
 * The two notices, statement by statement, in their order and their words; a picture of each (tests/test_notices.py).
 *
 * Each user holds only the right that the notice names, and has one of the two companies ticked in the switcher.
 */

/** A statement of a notice: what is seen, and its picture. */
const say = (number, words, trigger) => ({
    content: `${number}. ${words}`,
    trigger,
    run() {
        this.anchor.scrollIntoView({ block: "nearest" });
        return picture(`notice-${String(number).padStart(2, "0")}`);
    },
});
const click = (trigger, content = trigger) => ({ content, trigger, run: "click" });
const see = (trigger, content = trigger) => ({ content, trigger });
const menu = (section, item) => [
    click(`.o_menu_sections [data-menu-xmlid="utility_billing_sync.${section}"]`, `menu ${section}`),
    click(`.o-dropdown--menu [data-menu-xmlid="utility_billing_sync.${item}"]`, `menu ${item}`),
];
const card = ".o_field_widget[name=utility_meter_ids] .o_kanban_record:contains('#123dd')";
const question = (section) =>
    `.modal .o_field_widget[name=question]:contains("${QUESTION} ${section} ?"):has(strong:contains("${section}"))`;

// [COMPTEUR] - La synchronisation entre sections: Compteurs, by an agent
tours.add("notice_meters", {
    url: action("res_partner_action_subscriber"),
    steps: () => [
        openRow("Durand"),
        say(1, "Pour partager un compteur, se rendre sur l'abonné", ".o_form_view .nav-link.active:contains('Gestion de l’abonné')"),
        say(2, "et choisir l'option Rattacher un point de raccordement", "button:contains('Rattacher un point de raccordement')"),
        click("button:contains('Rattacher un point de raccordement')"),
        say(
            3,
            "pour récupérer le compteur déjà existant sur l'autre section",
            ".modal:has(.o_field_widget[name=section_id] input:value(ASSAINISSEMENT)) .o_data_row:first:contains('123dd'):contains('Même abonné')"
        ),
        click(".modal .o_data_row:first button:contains('Choisir')"),
        click(".modal footer button:contains('Rattacher')"),
        see("body:not(:has(.modal))"),
        say(
            4,
            "L'information apparaît alors au niveau de la gestion de l'abonné, dans la partie \"Caractéristiques compteur\"",
            ".tab-pane.active .o_horizontal_separator:contains('Caractéristiques compteur')"
        ),
        say(5, "Informations principales", `${card} strong:contains('Informations principales')`),
        say(6, "#123dd", card),
        say(7, "Relève manuelle", `${card}:contains('Relève manuelle')`),
        say(8, "Non renseignée", `${card}:contains('Non renseignée')`),
        say(9, "0", `${card} .o_field_widget[name=last_index]:contains(/^0(,0+)?$/), ${card} div:contains(/^0(,0+)? m³$/)`),
        say(10, "Compteur partagé", `${card} strong:contains('Compteur partagé')`),
        say(11, "Ce compteur est actuellement associé à :", `${card} p:contains('Ce compteur est actuellement associé à :')`),
        say(12, "Abonné: … Facturation: EAU", `${card} li:contains('Abonné: Durand Facturation: EAU')`),
        say(13, "Abonné: … Facturation: ASSAINISSEMENT", `${card} li:contains('Abonné: Durand Facturation: ASSAINISSEMENT')`),
        ...menu("utility_menu_meters", "utility_meter_menu"),
        see(".o_breadcrumb:contains('Compteurs')"),
        see(".o_list_view .o_pager_value:contains('1-2')"),
        openRow("123dd"),
        openTab("main_information", "Informations principales"),
        edit("diameter", "25"),
        save,
        say(
            14,
            "Les informations générales du compteur se synchronisent automatiquement d'une section à l'autre.",
            ".o-mail-Message:contains('Diamètre (mm) : 15 → 25')"
        ),
        click(".oe_stat_button:contains('Relèves')"),
        see(".o_list_view"),
        click(".o_list_button_add"),
        { trigger: ".o_selected_row [name=index] input", run: "edit 152" },
        click(".o_list_button_save"),
        say(15, "La saisie des index […] sera soumise à validation", ".modal .o_data_row:contains('152'):contains('Ajoutée')"),
        say(16, "Synchroniser les relèves de compteurs", `.modal .modal-title:contains("${TITLE}")`),
        say(17, "Souhaitez vous synchroniser les relèves du compteur dans la facturation …", question("ASSAINISSEMENT")),
        say(18, "Annuler", ".modal footer button:contains('Annuler')"),
        say(19, "Synchroniser", ".modal footer button:contains('Synchroniser')"),
        ...answer("Synchroniser"),
        see(".o_data_row:contains('152') [name=sync_state]:contains('Synchronisée')"),
        click(".o_data_row:contains('152') td[name=consumption]"),
        { trigger: ".o_selected_row [name=consumption] input", run: "edit 40" },
        { trigger: ".o_selected_row [name=modification_reason] input", run: "edit Fuite après compteur" },
        click(".o_list_button_save"),
        seeChange("152", "152 (consommation modifiée : 40)", "Corrigée"),
        say(20, "et ou la modification de la consommation sera soumise à validation", `.modal .modal-title:contains("${TITLE}")`),
        ...answer("Synchroniser"),
        see(".o_data_row:contains('152') [name=sync_state]:contains('Synchronisée')"),
    ],
});

// Forçage de la Synchronisation and Activation, by a person in charge
tours.add("notice_force", {
    url: action("utility_meter_action"),
    steps: () => [
        openRow("123dd"),
        openTab("shared_meter", "Compteur partagé"),
        say(
            21,
            "se positionner sur le compteur dont on souhaite propager les informations puis se rendre dans l'onglet \"Compteur partagé\"",
            ".nav-link.active:contains('Compteur partagé')"
        ),
        say(
            22,
            "Ce compteur est actuellement associé à : EAU, ASSAINISSEMENT",
            ".o_field_widget[name=sharing_summary]:contains('Ce compteur est actuellement associé à :'):contains('Abonné: Durand Facturation: EAU'):contains('Abonné: Durand Facturation: ASSAINISSEMENT')"
        ),
        say(23, "Forcer la synchronisation du compteur", "button:contains('Forcer la synchronisation du compteur')"),
        click("button:contains('Forcer la synchronisation du compteur')"),
        say(24, "La validation sera alors demandée : Synchroniser les relèves de compteurs ×", `.modal:has(.modal-title:contains("${TITLE}")):has(.btn-close) ${question("EAU").replace(".modal ", "")}`),
        ...answer("Synchroniser"),
        ...menu("utility_menu_configuration", "res_config_settings_menu"),
        say(25, "\"Paramétrage\" → \"Facturation\" → Onglet \"Facturation\"", ".o_form_view .nav-link.active:contains(/^Facturation$/)"),
        say(26, "dans la partie \"Élément de facturation\"", ".tab-pane.active .o_horizontal_separator:contains('Élément de facturation')"),
        say(
            27,
            "Type de facturation, Unités",
            ".tab-pane.active .o_inner_group:contains('Type de facturation'):contains('Unités')"
        ),
        say(
            28,
            "cocher l'option \"Partage des points de raccordement\"",
            ".tab-pane.active label:contains('Partage des points de raccordement')"
        ),
    ],
});

// SYNCHRONISATIONS: Récupération du référentiel, by who sets connectors up
tours.add("notice_companies", {
    url: action("utility_dashboard_action"),
    steps: () => [
        ...menu("utility_menu_administration", "res_company_menu_ledger"),
        say(29, "Aller dans Administration -> Société", ".o_breadcrumb:contains('Société')"),
        say(
            30,
            "Société, Code de la société, Répertoire de scan, Actions",
            ".o_list_view thead:contains('Société'):contains('Code de la société'):contains('Répertoire de scan'):contains('Actions')"
        ),
        click(".o_data_row:contains('Régie EAU') .o_list_record_selector input"),
        say(31, "Cocher les sociétés à synchroniser", ".o_data_row_selected:contains('C0071000325_data_1')"),
        say(32, "Cliquer sur « Mettre à jour les sociétés »", ".o_control_panel button:contains(/^Mettre à jour les sociétés$/)"),
        click(".o_control_panel button:contains(/^Mettre à jour les sociétés$/)"),
        see(".o_form_view .o_statusbar_status [aria-checked=true]:contains('Terminée')"),
    ],
});

// Il s'agit d'un droit à activer dans Administration -> Droits
tours.add("notice_rights", {
    url: "/odoo",
    steps: () => [
        click(".o_app[data-menu-xmlid='utility_billing_sync.utility_menu_root'], .o_menu_sections"),
        ...menu("utility_menu_administration", "res_users_menu_rights"),
        openRow("visuel"),
        say(33, "Il s'agit d'un droit à activer dans Administration -> Droits", ".o_form_view .o_inner_group:contains('Synchronisations comptables')"),
    ],
});

// Intégration des écritures comptables, by who has « Visuel Synchronisations » alone
tours.add("notice_entries", {
    url: action("utility_dashboard_action"),
    steps: () => [
        ...menu("utility_menu_administration", "ledger_document_menu"),
        say(34, "Aller dans Administration -> Visuel Synchronisations", ".o_breadcrumb:contains(/^Visuel Synchronisations$/)"),
        say(
            35,
            "les factures à comptabiliser […] et la mise à jour des documents déjà intégrés (Exemple : mise à jour du champ BAP)",
            ".o_list_view:has(.o_data_row:contains('Nouvelle écriture')) .o_data_row:contains('Mise à jour'):contains('Bon à payer : À approuver → Bon à payer')"
        ),
        click(".o_data_row .o_ledger_anomaly:visible"),
        say(
            36,
            "Le détail des éventuelles anomalies […] en cliquant sur le triangle rouge à côté de l'écriture",
            ".modal .o_data_row:contains('Libellé'):contains('泵')"
        ),
        click(".modal footer button:contains('Fermer')"),
        click(".o_control_panel button:contains(/^Tout cocher$/)"),
        say(37, "Cocher les différentes écritures à intégrer ou « tout cocher »", ".o_data_row_selected:nth-child(3)"),
        say(38, "Cliquer sur « Exporter »", ".o_control_panel button:contains(/^Exporter$/)"),
        click(".o_control_panel button:contains(/^Exporter$/)"),
        see(".o_form_view .o_statusbar_status [aria-checked=true]:contains('Terminée')"),
    ],
});

// Synchronisation automatique, by who has « Paramétrage des connecteurs » alone
tours.add("notice_schedule", {
    url: action("utility_dashboard_action"),
    steps: () => [
        ...menu("utility_menu_administration", "ledger_connector_menu"),
        openRow("Sage FRP 1000"),
        click(".nav-link:contains(/^SYNCHRONISATION$/)"),
        say(
            39,
            "Paramétrage des connecteurs, SYNCHRONISATION : Je souhaite synchroniser mes connecteurs",
            ".tab-pane.active label:contains('Je souhaite synchroniser mes connecteurs')"
        ),
        click(".o_field_widget[name=auto_sync] input"),
        click(".o_field_widget[name=frequency] input"),
        see(".o_select_menu_item:contains(/^CHAQUE JOUR$/)"),
        click(".o_select_menu_item:contains(/^CHAQUE SEMAINE$/)"),
        {
            content: "neither is cut",
            trigger: ".o_field_widget[name=frequency] input:value(CHAQUE SEMAINE)",
            run() {
                if (this.anchor.scrollWidth > this.anchor.clientWidth) {
                    throw new Error("CHAQUE SEMAINE is cut");
                }
            },
        },
        click(".o_field_widget[name=frequency] input"),
        click(".o_select_menu_item:contains(/^CHAQUE JOUR$/)"),
        { content: "à 12:00", trigger: ".o_field_widget[name=time] input", run: "edit 12:00 && press Tab" },
        say(
            40,
            "CHAQUE JOUR à 12:00 ⌚, Cliquer sur « Enregistrer »",
            ".tab-pane.active:has(.o_field_widget[name=frequency] input:value(CHAQUE JOUR)):has(.o_field_widget[name=time] input:value(12:00)):has(.fa-clock-o) button:contains(/^Enregistrer$/)"
        ),
        click(".tab-pane.active button:contains(/^Enregistrer$/)"),
        see(".o_form_view:not(:has(.o_form_button_save:visible))", "saved"),
        see(".o_field_widget[name=next_run]:contains(/ 1[01]:00/)", "the next run, in the browser's UTC"),
    ],
});
