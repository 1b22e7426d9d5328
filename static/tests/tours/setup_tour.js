/** @odoo-module **/

import { inputFiles } from "@web/../tests/utils";
import { typeDay } from "./procedure_tours";
import { action, tours } from "./steps";

const SETUP = "Mise en route";
const card = (title) => `.o_utility_setup .o_kanban_record:has(.fs-4.fw-bold:contains(/^${title}$/))`;
const make = (title) => ({ content: title, trigger: `${card(title)} button[name=action_make]`, run: "click" });
const done = (title) => ({ content: `${title}: done`, trigger: `${card(title)}:has(.fa-check-circle)` });
const back = {
    content: "back to the setup",
    trigger: `.o_breadcrumb .o_back_button:contains("${SETUP}"), .o_breadcrumb a:contains("${SETUP}")`,
    run: "click",
};

async function sample(name) {
    return (await fetch(`/utility_billing_sync/static/samples/${name}`)).text();
}

async function choose(selector, name, content) {
    await inputFiles(selector, [new File([content], name, { type: "text/csv" })]);
}

/** Steps that import a sample with Odoo's own import, as it is. */
function load(title, name) {
    return [
        make(title),
        {
            content: name,
            trigger: ".o_import_file",
            run: async () => choose(".o_control_panel .o_input_file", name, await sample(name)),
        },
        { content: "import", trigger: ".o_control_panel button:contains(/^Importer$/)", run: "click" },
        { content: "imported", trigger: ".o_list_view .o_data_row" },
        back,
        done(title),
    ];
}

/** Steps that import readings into a section: the sample, or a text. */
function read(section, text) {
    return [
        make("Relèves"),
        {
            content: "the file",
            trigger: ".modal .o_field_widget[name=file]",
            run: async () =>
                choose(
                    ".modal .o_field_widget[name=file] .o_input_file",
                    "releves.csv",
                    text || (await sample("releves.csv")),
                ),
        },
        { content: "it is there", trigger: ".modal .o_field_widget[name=file] input:value(releves.csv)" },
        {
            content: "its section",
            trigger: ".modal .o_field_widget[name=section_id] input",
            run: `edit ${section}`,
        },
        {
            content: section,
            trigger: `.o-autocomplete--dropdown-item:contains(/^${section}$/)`,
            run: "click",
        },
        { content: "check", trigger: ".modal button[name=action_check]", run: "click" },
        { content: "import", trigger: ".modal button[name=action_import]", run: "click" },
        { content: "close", trigger: ".modal footer button:contains(/^Fermer$/)", run: "click" },
        { content: "closed", trigger: "body:not(:has(.modal))" },
    ];
}

/** Steps that write a price into each line of a section's tariff. */
function fillIn(section, count) {
    const line = (place) => `.modal .o_field_widget[name=line_ids] .o_data_row:eq(${place}) td[name=price]`;
    return [
        {
            content: `tariff of ${section}`,
            trigger: `.o_list_view .o_data_row:contains("${section} – abonnés domestiques") td[name=name]`,
            run: "click",
        },
        { content: "its version", trigger: ".o_form_view [name=version_ids] .o_data_row td[name=summary]", run: "click" },
        ...[...Array(count).keys()].flatMap((place) => [
            { content: `price ${place + 1}`, trigger: line(place), run: "click" },
            { content: "typed", trigger: `${line(place)} input`, run: "edit 1,5" },
        ]),
        { content: "close", trigger: ".modal .o_form_button_save", run: "click" },
        { content: "closed", trigger: "body:not(:has(.modal))" },
        { content: "save", trigger: ".o_form_button_save:enabled", run: "click" },
        { content: "saved", trigger: ".o_form_saved, .o_form_status_indicator_buttons.invisible" },
        { content: "back to the tariffs", trigger: ".o_breadcrumb a:contains('Tarifs'), .o_breadcrumb .o_back_button", run: "click" },
        { content: "there", trigger: ".o_list_view" },
    ];
}

/** Steps that go through the checklist, from the VAT rates to the readings. */
const fromRatesToReadings = (...rounds) => [
    make("Taux de TVA"),
    done("Taux de TVA"),
    make("Sections et journaux de vente"),
    { content: "they are made", trigger: ".o_list_view .o_data_row:contains('ASSAINISSEMENT')" },
    back,
    done("Sections et journaux de vente"),
    make("Produits et tarifs"),
    { content: "two tariffs", trigger: ".o_list_view .o_data_row:contains('ASSAINISSEMENT – abonnés domestiques')" },
    ...fillIn("EAU", 4),
    ...fillIn("ASSAINISSEMENT", 3),
    back,
    done("Produits et tarifs"),
    make("Partage des points de raccordement"),
    done("Partage des points de raccordement"),
    ...load("Abonnés", "abonnes.csv"),
    ...load("Compteurs", "compteurs.csv"),
    ...load("Abonnements", "abonnements.csv"),
    ...read("EAU"),
    ...rounds,
    ...read("ASSAINISSEMENT"),
    done("Relèves"),
];

// Several companies with their charts: from the checklist to the preview of the first campaign
tours.add("utility_setup", {
    url: action("utility_setup_step_action"),
    steps: () => [
        done("Sociétés et plans comptables"),
        ...fromRatesToReadings(),
        make("Rapprocher les compteurs"),
        { content: "the matching opens", trigger: ".o_form_view .o_field_widget[name=section_id]" },
        back,
        make("Première campagne"),
        { content: "the campaign opens", trigger: ".o_form_view button[name=action_preview]" },
    ],
});

/** The first round after the readings of the former software: it is what the first bills charge. */
const FIRST_ROUND = [
    "Compteur;Date de relève;Index;Nature de relève",
    ...[1300, 930, 3500, 90, 610].map((index, place) => `D15LA04271${place + 1};30/06/2026;${index};Relevé`),
].join("\n");

/** Steps that match the cards of the two sections and attach the sure pairs. */
const matchMeters = () => [
    make("Rapprocher les compteurs"),
    { content: "who keeps the points", trigger: ".o_field_widget[name=section_id] input:value(EAU)" },
    { content: "propose", trigger: "button[name=action_propose]", run: "click" },
    { content: "attach the sure ones", trigger: "button[name=action_attach_certain]", run: "click" },
    { content: "yes", trigger: ".modal footer .btn-primary", run: "click" },
    { content: "they are attached", trigger: "button[name=action_undo_all]" },
    back,
    done("Rapprocher les compteurs"),
];

/** Steps that preview the first campaign and draw up its bills, which the scheduled job does. */
const firstCampaign = () => [
    make("Première campagne"),
    { content: "of water", trigger: ".o_field_widget[name=section_id] input:value(EAU)" },
    ...typeDay("date_start", "01/01/2026"),
    ...typeDay("date_end", "30/06/2026"),
    { content: "preview", trigger: "button[name=action_preview]", run: "click" },
    { content: "five bills to come", trigger: ".o_field_widget[name=preview_count]:contains(/^5$/)" },
    { content: "draw up the bills", trigger: "button[name=action_launch]", run: "click" },
    { content: "the first bills", trigger: "button[name=action_post]" },
];

// With two companies in a database with nothing but the addon: to the first bill (`./dev test --from-nothing`)
tours.add("utility_setup_from_nothing", {
    url: action("utility_setup_step_action"),
    steps: () => [
        done("Sociétés et plans comptables"),
        ...fromRatesToReadings(...read("EAU", FIRST_ROUND)),
        ...matchMeters(),
        ...firstCampaign(),
    ],
});
