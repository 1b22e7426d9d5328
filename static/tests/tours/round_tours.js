/** @odoo-module **/

import { action, tours } from "./steps";

// What the round sends gets lost on its way; other requests pass, whose loss Odoo says by itself.
const { open, send } = window.XMLHttpRequest.prototype;
const cut = () => {
    window.XMLHttpRequest.prototype.open = function (method, url) {
        this.isLost = url.includes("_round");
        return open.apply(this, arguments);
    };
    window.XMLHttpRequest.prototype.send = function () {
        return this.isLost ? this.dispatchEvent(new Event("error")) : send.apply(this, arguments);
    };
};
const mend = () => Object.assign(window.XMLHttpRequest.prototype, { open, send });
const browserReload = () => window.location.reload();
const noSideways = () => {
    if (document.documentElement.scrollWidth > window.innerWidth) {
        throw new Error("The page scrolls sideways");
    }
};

// A round on a telephone: one meter without a connection, kept on the device and sent once it is back.
tours.add("utility_round", {
    url: action("utility_round_action"),
    steps: () => [
        { content: "the round", trigger: ".o_round_choice:contains('Bourg')", run: "click" },
        { content: "the first meter", trigger: ".o_round_meter:contains('17-002')", run: noSideways },
        { trigger: ".o_round_count:contains('0 / 2')", run: cut },
        { content: "its index", trigger: ".o_round_index", run: "edit 12" },
        { trigger: ".o_round_keep:enabled", run: "click" },
        { content: "the next one", trigger: ".o_round_meter:contains('17-001')" },
        { content: "kept on the device", trigger: ".o_round_offline:contains('1 à envoyer')" },
        { content: "below the previous one", trigger: ".o_round_index", run: "edit 90" },
        { trigger: ".o_round:has(.o_round_keep:disabled) .o_round_finding:contains('Inférieur')", run: mend },
        { content: "sent", trigger: ".o_round:not(:has(.o_round_offline))" },
        { trigger: ".o_round_index", run: "edit 150" },
        { content: "the consumption", trigger: ".o_round_consumption:contains('50')" },
        { trigger: ".o_round_keep:enabled", run: "click" },
        { trigger: ".o_round_count:contains('2 / 2')" },
        { content: "asked once", trigger: ".o_round_synchronize.btn-primary:contains('(2)')", run: "click" },
        { content: "Synchroniser", trigger: ".modal button[name=action_confirm]:contains('Synchroniser')", run: "click" },
        { trigger: ".o_notification:contains('1 relève ajoutée')" },
    ],
});

// The page is closed while an index is being typed, and opened where the network is lost: both are found again.
tours.add("utility_round_resumed", {
    url: action("utility_round_action"),
    steps: () => [
        { trigger: ".o_round_choice:contains('Bourg')", run: "click" },
        { trigger: ".o_round_meter:contains('17-002')" },
        { content: "typed, not kept", trigger: ".o_round_index", run: "edit 12" },
        { trigger: ".o_round_consumption", run: () => browserReload(), expectUnloadPage: true },
        { content: "the round as it was, which is left without the network", trigger: ".o_round_meter:contains('17-002')", run: cut },
        { trigger: ".o_round .btn-link:contains('Bourg')", run: "click" },
        { trigger: ".o_round_choice:contains('Bourg')", run: "click" },
        { content: "the round again", trigger: ".o_round_meter:contains('17-002')" },
        { content: "what was typed", trigger: ".o_round_index:value(12)", run: mend },
        { trigger: ".o_round_keep:enabled", run: "click" },
        { trigger: ".o_round_count:contains('1 / 2')" },
        { content: "sent", trigger: ".o_round:not(:has(.o_round_offline))" },
    ],
});
