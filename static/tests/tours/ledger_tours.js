/** @odoo-module **/

import { action, openRow, openTab, save, tours } from "./steps";

const row = (text) => `.o_list_view .o_data_row:contains("${text}")`;
const press = (label, where = ".o_control_panel") => ({
    content: label,
    trigger: `${where} button:contains(/^${label}$/)`,
    run: "click",
});
const tick = (text) => ({ content: `tick ${text}`, trigger: `${row(text)} .o_list_record_selector input`, run: "click" });
const see = (content, trigger) => ({ content, trigger });
const count = (name, value) => see(`${name}: ${value}`, `.o_form_view .o_field_widget[name=${name}]:contains(/^${value}$/)`);
const done = see("the run is done", ".o_form_view .o_statusbar_status [aria-checked=true]:contains('Terminée')");

/** Steps that look at *Visuel Synchronisations* through filters or groups of its search. */
function searchMenu(...labels) {
    return [
        { content: "open the search menu", trigger: ".o_searchview_dropdown_toggler", run: "click" },
        ...labels.map((label) => ({
            content: label,
            trigger: `.o_search_bar_menu .o-dropdown-item:contains(/^${label}$/)`,
            run: "click",
        })),
        { content: "close the search menu", trigger: ".o_searchview_dropdown_toggler", run: "click" },
    ];
}

const back = {
    content: "back to the monitor",
    trigger: ".o_breadcrumb a:contains('Visuel Synchronisations')",
    run: "click",
};

// "Récupération du référentiel": Administration → Société, tick, "Mettre à jour les sociétés"
tours.add("ledger_companies", {
    url: action("res_company_action_ledger"),
    steps: () => [
        ...["Société", "Code de la société", "Répertoire de scan"].map((label) =>
            see(label, `.o_list_view thead th:contains("${label}")`)
        ),
        see("where the scans are", `${row("Régie EAU")}:contains("C0071000325_data_1")`),
        tick("Régie EAU"),
        press("Mettre à jour les sociétés"),
        done,
        count("made", "1"),
        count("deactivated", "7"),
    ],
});

// "Intégration des écritures comptables": Visuel Synchronisations, "tout cocher", "Exporter"
tours.add("ledger_export", {
    url: action("ledger_document_action"),
    steps: () => [
        see("the right one", ".o_breadcrumb:contains('Visuel Synchronisations')"),
        see("what is to send", ".o_searchview .o_facet_value:contains('À envoyer')"),
        see("of the kind", `${row("Nouvelle écriture")}:contains("250,00")`),
        ...searchMenu("Société", "Nature"),
        see("groups by company", ".o_group_header:contains('Régie ASST (1)')"),
        { content: "open a company", trigger: ".o_group_header:contains('Régie EAU (2)')", run: "click" },
        see("then by kind", ".o_group_header:contains('Nouvelle écriture (2)')"),
        ...searchMenu("Société", "Nature"),
        see("no group", ".o_list_view:not(:has(.o_group_header)):has(.o_data_row)"),
        press("Tout cocher"),
        see("three are ticked", ".o_list_view .o_data_row_selected:nth-child(3)"),
        press("Exporter"),
        done,
        count("exported", "3"),
        openTab("lots", "Lots"),
        see("the lot's file", ".o_field_widget[name=lot_ids] .o_data_row:contains('ECR_') button[name=action_download]"),
        back,
        see("nothing left to send", ".o_nocontent_help, .o_list_view:not(:has(.o_data_row))"),
        ...searchMenu("À envoyer", "Envoyées"),
        see("they are sent", `${row("Exporté")}:contains("250,00")`),
    ],
});

// The red triangle: what to correct, where; corrected, the document leaves
tours.add("ledger_anomaly", {
    url: action("ledger_document_action_open"),
    steps: () => [
        { content: "the red triangle", trigger: ".o_data_row .o_ledger_anomaly", run: "click" },
        see("the field to correct", ".modal .o_data_row td[name=field_label]:contains('Libellé')"),
        see("what is wrong", ".modal .o_data_row td[name=message]:contains('泵')"),
        press("Ouvrir le document", ".modal footer"),
        { content: "back to draft", trigger: "button[name=button_draft]", run: "click" },
        see("a draft", ".o_statusbar_status [aria-checked=true]:contains('Brouillon')"),
        { content: "the line", trigger: ".o_field_widget[name=invoice_line_ids] .o_data_row td[name=name]", run: "click" },
        {
            content: "corrected",
            trigger: ".o_field_widget[name=invoice_line_ids] .o_selected_row [name=name] :is(textarea, input)",
            run: "edit Pompe",
        },
        save,
        see("saved", ".o_form_view:not(:has(.o_form_button_save:visible))"),
        { content: "posted again", trigger: "button[name=action_post]:visible", run: "click" },
        see("posted", ".o_statusbar_status [aria-checked=true]:contains('Comptabilisé')"),
        back,
        see("ready by itself", `${row("À exporter")}:not(:has(.o_ledger_anomaly:visible))`),
        press("Tout cocher"),
        press("Exporter"),
        done,
        count("exported", "1"),
    ],
});

// "mise à jour des documents déjà intégrés (Exemple : mise à jour du champ BAP)"
tours.add("ledger_payment_approval", {
    url: action("ledger_document_action_open"),
    steps: () => [
        ...searchMenu("À envoyer", "Intégré"),
        see("integrated", row("Intégré")),
        openRow("Intégré"),
        press("Ouvrir le document", ".o_form_view"),
        { content: "bon à payer", trigger: "button[name=action_approve_payment]", run: "click" },
        see("approved", ".o_field_widget[name=payment_approval]:contains('Bon à payer')"),
        back,
        ...searchMenu("Intégré", "À envoyer"),
        see("an update", row("Mise à jour")),
        press("Tout exporter"),
        done,
        count("exported", "1"),
    ],
});

// A layout is a list of columns; the file of a real document shows while it is edited
tours.add("ledger_layout", {
    url: action("ledger_layout_action"),
    steps: () => [
        openRow("25"),
        see("the file of a real document", ".o_field_widget[name=preview]:contains('EAU;;ACH;FF;10/03/2026;')"),
        {
            content: "another separator",
            trigger: ".o_field_widget[name=delimiter] :is(input, select)",
            run: "click",
        },
        { content: "a bar", trigger: ".o_select_menu_item:contains('Barre verticale')", run: "click" },
        see("the preview follows", ".o_field_widget[name=preview]:contains('EAU||ACH|FF|10/03/2026|')"),
        save,
        see("saved", ".o_form_view:not(:has(.o_form_button_save:visible))"),
    ],
});
