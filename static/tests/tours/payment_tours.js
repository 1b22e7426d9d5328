/** @odoo-module **/

import { action, tours } from "./steps";

const row = (text) => `.o_list_view .o_data_row:contains("${text}")`;
const see = (content, trigger) => ({ content, trigger });
const press = (label, where = ".o_control_panel") => ({
    content: label,
    trigger: `${where} button:contains(/^${label}$/)`,
    run: "click",
});
const count = (name, value) => see(`${name}: ${value}`, `.o_form_view .o_field_widget[name=${name}]:contains(/^${value}$/)`);

// Administration → Paiements reçus: the files that wait come in, what waits says why, the rest is registered
tours.add("ledger_payments", {
    url: action("ledger_payment_action"),
    steps: () => [
        see("nothing came in yet", ".o_nocontent_help:contains('Aucun paiement reçu')"),
        press("Récupérer les paiements"),
        see("the run is done", ".o_form_view .o_statusbar_status [aria-checked=true]:contains('Terminée')"),
        count("paid", "2"),
        count("unpaid", "1"),
        { content: "back to the payments", trigger: ".o_breadcrumb a:contains('Paiements reçus')", run: "click" },
        see("registered", `${row("R1")}:contains("Prélèvement"):contains("Enregistré")`),
        see("it waits, and says why", `${row("AUTRE/1")}:contains("En attente"):contains("aucune pièce AUTRE/1")`),
        { content: "open what was paid in part", trigger: `${row("R2")} td[name=number]`, run: "click" },
        see("its document", ".o_form_view .o_field_widget[name=bill_ids]:contains('VT/')"),
        see("its amount", ".o_form_view .o_field_widget[name=amount]:contains('20,00')"),
        { content: "back to the payments", trigger: ".o_breadcrumb a:contains('Paiements reçus')", run: "click" },
        { content: "tick the one that waits", trigger: `${row("AUTRE/1")} .o_list_record_selector input`, run: "click" },
        press("Ignorer"),
        press("Ok", ".modal footer"),
        see("it is ignored", `${row("AUTRE/1")}:contains("Ignoré")`),
    ],
});

// The bill in the portal, on a telephone: the amounts are on the page, not beside it.
tours.add("utility_bill_on_a_telephone", {
    url: "/my/invoices",
    steps: () => [
        { content: "the bill", trigger: "#wrap td a:contains('FAC/')", run: "click", expectUnloadPage: true },
        { content: "as it is printed", trigger: ":iframe .o_utility_bill" },
        {
            content: "nothing is cut",
            trigger: ":iframe [name=utility_payment]",
            run() {
                const page = this.anchor.ownerDocument.documentElement;
                if (page.scrollWidth > page.clientWidth) {
                    throw new Error(`The bill is ${page.scrollWidth} wide, the page ${page.clientWidth}`);
                }
            },
        },
    ],
});
