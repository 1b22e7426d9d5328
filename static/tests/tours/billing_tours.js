/** @odoo-module **/

import { rpc } from "@web/core/network/rpc";
import { action, edit, openTab, save, tours } from "./steps";

const PRICES = ".modal [name=line_ids]";

const press = (name, label) => ({
    content: label,
    trigger: `.o_form_statusbar button[name=${name}]:contains("${label}"):enabled`,
    run: "click",
});
const see = (name, text) => ({
    content: `${name}: ${text}`,
    trigger: `.o_form_view .o_field_widget[name=${name}]:contains("${text}")`,
});
const button = (scope, label) => ({
    content: label,
    trigger: `${scope} button:contains(/^\\s*${label}\\s*$/)`,
    run: "click",
});
const saved = { content: "it is saved", trigger: ".o_form_status_indicator_buttons.invisible:not(:visible)" };

function call(model, method, args) {
    return rpc(`/web/dataset/call_kw/${model}/${method}`, { model, method, args, kwargs: {} });
}

/** The scheduled job that campaigns wait for does not run by itself in a test. */
export const schedulerRuns = {
    content: "the scheduled job runs",
    trigger: "body",
    run: async () => {
        const reference = ["utility_billing_sync", "ir_cron_billing"];
        const [, id] = await call("ir.model.data", "check_object_reference", reference);
        await call("ir.cron", "method_direct_trigger", [[id]]);
    },
};

function typeDate(scope, name, value) {
    const field = `${scope} .o_field_widget[name=${name}]`;
    return [
        { content: `${name}: open`, trigger: `${field} :is(button, input)`, run: "click" },
        { content: `${name}: ${value}`, trigger: `${field} input`, run: `edit ${value} && press Enter` },
    ];
}

function chooseInRow(name, label) {
    return [
        { content: `${name}: open`, trigger: `${PRICES} .o_selected_row [name=${name}] input`, run: "click" },
        { content: label, trigger: `.o_select_menu_item:contains(/^${label}$/)`, run: "click" },
    ];
}

/** Steps that add a price to the version that is open, as the row of this rank. */
function addPrice(rank, kind, product, values) {
    const row = `${PRICES} .o_data_row:nth-child(${rank}).o_selected_row`;
    return [
        { content: "a price more", trigger: `${PRICES} .o_field_x2many_list_row_add a`, run: "click" },
        // typed before the row is there, a text is lost on a busy machine
        { content: `row ${rank} is being edited`, trigger: `${row} [name=product_id] input:value(/^$/)` },
        ...(kind === "Tranche" ? [] : chooseInRow("kind", kind)),
        {
            content: `product ${product}`,
            trigger: `${PRICES} .o_selected_row [name=product_id] input`,
            run: `edit ${product}`,
        },
        { content: product, trigger: `.o-autocomplete--dropdown-item:contains(/^${product}$/)`, run: "click" },
        ...Object.entries(values).map(([name, value]) => ({
            content: `${name}: ${value}`,
            trigger: `${PRICES} .o_selected_row [name=${name}] input`,
            run: `edit ${value}`,
        })),
    ];
}

function openMenu(section, item) {
    return [section, item].map((name) => ({
        content: `menu ${name}`,
        trigger: `:is(.o_menu_sections, .o-dropdown--menu) [data-menu-xmlid="utility_billing_sync.${name}"]`,
        run: "click",
    }));
}

// A person in charge makes a tariff; a hole between blocks is refused with its sentence, then put right
tours.add("utility_billing_tariff", {
    url: action("utility_tariff_action"),
    steps: () => [
        button(".o_control_panel", "Nouveau"),
        edit("name", "Saisonnier"),
        { content: "a version", trigger: "[name=version_ids] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".modal .modal-title:contains('Versions')" },
        ...typeDate(".modal", "date_start", "01/01/2023"),
        ...addPrice(1, "Part fixe", "Abonnement", { price: "40" }),
        ...addPrice(2, "Tranche", "Eau", { upper: "100", price: "2" }),
        ...addPrice(3, "Tranche", "Eau", { lower: "120", price: "3" }),
        ...addPrice(4, "Redevance", "Redevance", { price: "0,35" }),
        button(".modal footer", "Enregistrer & Fermer"),
        { trigger: "body:not(:has(.modal))" },
        save,
        {
            content: "the hole is named",
            trigger:
                ".modal:contains('Version du 01/01/2023, Collecte et traitement des eaux usées : aucune tranche ne couvre les volumes de 100 à 120 m³')",
        },
        button(".modal footer", "Fermer"),
        { trigger: "body:not(:has(.modal))" },
        { trigger: "[name=version_ids] .o_data_row td[name=date_start]", run: "click" },
        { trigger: `${PRICES} .o_data_row:nth-child(3) td[name=lower]`, run: "click" },
        { trigger: `${PRICES} .o_selected_row [name=lower] input`, run: "edit 100" },
        button(".modal footer", "Enregistrer & Fermer"),
        { trigger: "body:not(:has(.modal))" },
        save,
        saved,
    ],
});

// Preview, what prevents a bill and its correction, drafts, posting
tours.add("utility_billing_campaign", {
    url: action("utility_billing_run_action"),
    steps: () => [
        button(".o_control_panel", "Nouveau"),
        ...typeDate(".o_form_view", "date_start", "01/01/2023"),
        ...typeDate(".o_form_view", "date_end", "31/03/2023"),
        press("action_preview", "Aperçu"),
        { content: "it is under way", trigger: ".o_form_statusbar button[name=action_stop]:contains('Arrêter')" },
        { trigger: ".alert-info:contains('Aperçu'):contains('0 / 3')" },
        schedulerRuns,
        see("preview_count", "2"),
        see("preview_volume", "45"),
        see("preview_amount", "125,47"),
        { content: "what prevents a bill", trigger: "[name=finding_ids] .o_data_row:contains('Sans tarif'):contains('Abonné 3')" },
        { content: "to the record", trigger: "[name=finding_ids] .o_data_row button:contains('Corriger')", run: "click" },
        { trigger: ".o_field_widget[name=tariff_id] input", run: "edit Domestique" },
        { trigger: ".o-autocomplete--dropdown-item:contains('Domestique')", run: "click" },
        save,
        saved,
        { content: "back to the campaign", trigger: ".o_back_button, .breadcrumb-item:last a", run: "click" },
        press("action_preview", "Refaire l’aperçu"),
        { trigger: ".o_form_statusbar button[name=action_stop]" },
        schedulerRuns,
        see("preview_count", "3"),
        { content: "nothing prevents any more", trigger: "body:not(:has([name=finding_ids]))" },
        press("action_launch", "Établir les factures"),
        { trigger: ".alert-info:contains('Établissement des factures'):contains('0 / 3')" },
        schedulerRuns,
        { content: "drafts wait for a look", trigger: ".o_statusbar_status .o_arrow_button_current:contains('Factures à vérifier')" },
        see("bill_amount", "158,83"),
        { trigger: "button[name=action_view_bills]:contains('3'):contains('Factures')", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains('Abonné 3'):contains('Brouillon')" },
        { trigger: ".o_back_button, .breadcrumb-item:last a", run: "click" },
        press("action_post", "Comptabiliser les factures"),
        { content: "asked before", trigger: ".modal:contains('ne pourront plus être modifiées') .btn-primary", run: "click" },
        { trigger: ".alert-info:contains('Comptabilisation des factures'):contains('0 / 3')" },
        schedulerRuns,
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains('Factures comptabilisées')" },
    ],
});

// A billed reading does not change; the credit note of its bill frees it, and the new bill is right
tours.add("utility_billing_correction", {
    url: action("utility_reading_action"),
    steps: () => [
        { trigger: ".o_data_row.text-muted button[name=action_open_form]", run: "click" },
        { content: "the index does not change", trigger: ".o_form_view .o_readonly_modifier[name=index]:contains('125')" },
        { content: "what to do is told", trigger: ".alert:contains('avoir')" },
        { content: "nor can it be deleted", trigger: ".o_cp_action_menus button:has(.fa-cog)", run: "click" },
        { trigger: ".o-dropdown--menu .o_menu_item:contains('Supprimer')", run: "click" },
        { trigger: ".modal footer .btn-primary:contains('Supprimer')", run: "click" },
        { trigger: ".modal:contains('est facturée')" },
        button(".modal footer", "Fermer"),
        { trigger: "body:not(:has(.modal))" },
        ...openMenu("utility_menu_billing", "account_move_menu_bill"),
        { trigger: ".o_list_view .o_data_row:contains('Abonné 1') td[name=partner_id]", run: "click" },
        openTab("utility", "Compteur et relèves"),
        { content: "both indexes", trigger: "[name=utility_reading_ids] .o_data_row:contains('100'):contains('125'):contains('Réelle')" },
        press("action_reverse", "Avoir"),
        button(".modal footer", "Extourner"),
        { trigger: "body:not(:has(.modal))" },
        press("action_post", "Confirmer"),
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains('Comptabilisé')" },
        ...openMenu("utility_menu_meters", "utility_reading_menu"),
        { trigger: ".o_data_row:contains('125'):not(.text-muted) button[name=action_open_form]", run: "click" },
        { content: "the trace of the bill", trigger: "[name=billed_reading_ids] .o_data_row:contains('125')" },
        edit("index", "120"),
        save,
        saved,
        ...openMenu("utility_menu_billing", "utility_billing_run_menu"),
        { trigger: ".o_list_view .o_data_row td[name=name]", run: "click" },
        press("action_launch", "Établir les factures"),
        { trigger: ".o_form_statusbar button[name=action_stop]" },
        schedulerRuns,
        { trigger: "button[name=action_view_bills]:contains('2')", run: "click" },
        { content: "the new bill", trigger: ".o_list_view .o_data_row:contains('Brouillon'):contains('56,86')" },
    ],
});
