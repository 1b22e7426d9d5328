/** @odoo-module **/

import { registry } from "@web/core/registry";

/**
 * Steps that several tours share. The words are those of the notices: French, to the letter.
 */

/** The steps of a procedure, which takes so many clicks at most; what is typed does not count. */
function within(clicks, steps) {
    const taken = steps.filter((step) => step.run === "click").length;
    if (clicks !== undefined && taken > clicks) {
        throw new Error(`The procedure takes ${taken} clicks: ${clicks} at most.`);
    }
    return steps;
}

/** The module's tours. A busy machine may take its time: nothing waits longer than it needs. */
export const tours = {
    add(name, { clicks, ...tour }) {
        const steps = () => within(clicks, tour.steps()).map((step) => ({ timeout: 60000, ...step }));
        registry.category("web_tour.tours").add(name, { ...tour, steps });
    },
};

export const TITLE = "Synchroniser les relèves de compteurs";
export const QUESTION = "Souhaitez vous synchroniser les relèves du compteur dans la facturation";

/** Steps that see the dialog with its title and its question for these sections. */
export function seeQuestion(...sections) {
    return [
        {
            content: `the dialog asks for ${sections}`,
            trigger: `.modal .modal-title:contains("${TITLE}")`,
        },
        {
            content: "the question is the notice's",
            trigger: `.modal .o_field_widget[name=question]:contains("${QUESTION} ${sections.join(", ")} ?")`,
        },
        ...sections.map((section) => ({
            content: `${section} stands in bold`,
            trigger: `.modal .o_field_widget[name=question] strong:contains("${section}")`,
        })),
    ];
}

/** Steps that see a line of the preview. */
export function seeChange(before, after, result) {
    const cells = [
        `td[name=before]:contains("${before}")`,
        `td[name=after]:contains("${after}")`,
        `td[name=outcome]:contains("${result}")`,
    ];
    return { content: `${before} → ${after}: ${result}`, trigger: `.modal .o_data_row${cells.map((c) => `:has(${c})`).join("")}` };
}

/** Steps that answer the dialog and see it closed. */
export function answer(label) {
    return [
        { content: `answer ${label}`, trigger: `.modal footer button:contains("${label}")`, run: "click" },
        { content: "the dialog is closed", trigger: "body:not(:has(.modal))" },
    ];
}

/** Step that opens the row of a list that holds a text. */
export function openRow(text) {
    return {
        content: `open ${text}`,
        trigger: `.o_list_view .o_data_row:contains("${text}") td.o_data_cell:not(.o_list_record_selector):first`,
        run: "click",
    };
}

export function openTab(name, label) {
    return { content: `tab ${label}`, trigger: `.o_notebook .nav-link[name=${name}]:contains("${label}")`, run: "click" };
}

/** Step that edits a field of a form. */
export function edit(name, value) {
    return { content: `${name}: ${value}`, trigger: `.o_field_widget[name=${name}] :is(input, textarea)`, run: `edit ${value}` };
}

export const save = { content: "save", trigger: ".o_form_button_save:visible", run: "click" };

/** Have a picture of the page taken by the test's browser, and wait for it. */
export async function picture(name) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    console.log(`picture: ${name}`);
    const end = Date.now() + 20000;
    while (window.pictured !== name && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

/** The address of an action of the module. */
export function action(name) {
    return `/odoo/action-utility_billing_sync.${name}`;
}
