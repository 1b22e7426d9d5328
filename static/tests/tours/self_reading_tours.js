/** @odoo-module **/

import { action, tours } from "./steps";

const noSideways = () => {
    if (document.documentElement.scrollWidth > window.innerWidth) {
        throw new Error("The page scrolls sideways");
    }
};

const choosePhoto = (...parts) => {
    const chosen = new DataTransfer();
    if (parts.length) {
        chosen.items.add(new File(parts, "compteur.jpg", { type: "image/jpeg" }));
    }
    const input = document.querySelector("#photo");
    input.files = chosen.files;
    input.dispatchEvent(new Event("change"));
};

const saysWhy = (words) => {
    if (!document.querySelector("#photo").validationMessage.includes(words)) {
        throw new Error("The refusal of the photo does not say why");
    }
};

// A subscriber reports their index on a telephone, sees what it means, corrects it, sends it.
tours.add("utility_self_reading", {
    url: "/my/meters",
    steps: () => [
        { content: "the meter", trigger: "a:contains('17-001')", run: "click", expectUnloadPage: true },
        { content: "report", trigger: "a.btn:contains('Communiquer')", run: "click", expectUnloadPage: true },
        { content: "too high", trigger: ".o_self_reading input[name=index]", run: "edit 300" },
        { content: "continue", trigger: ".o_self_reading button:contains('Continuer')", run: "click", expectUnloadPage: true },
        { content: "it is odd", trigger: ".alert-warning:contains('plus de deux fois')", run: noSideways },
        { content: "correct", trigger: ".o_self_reading button:contains('Corriger')", run: "click", expectUnloadPage: true },
        { content: "right", trigger: ".o_self_reading input[name=index]", run: "edit 244" },
        { content: "continue", trigger: ".o_self_reading button:contains('Continuer')", run: "click", expectUnloadPage: true },
        { content: "24 m³", trigger: ".o_self_reading_volume:contains('24')" },
        { content: "nothing odd", trigger: "body:not(:has(.alert-warning))" },
        {
            content: "a photo that is too big is refused before it is sent",
            trigger: "#photo",
            run: () => choosePhoto(new Uint8Array(10 * 2 ** 20 + 1)),
        },
        { content: "it says why", trigger: "#photo:invalid", run: () => saysWhy("10 Mo") },
        { content: "none", trigger: "#photo", run: () => choosePhoto() },
        { content: "send", trigger: ".o_self_reading button:contains('Envoyer')", run: "click", expectUnloadPage: true },
        { content: "thanks", trigger: ".o_self_reading_thanks:contains('244')", run: noSideways },
    ],
});

// The head of the service lists who is still to read, and sends the e-mails.
tours.add("utility_reading_invitation", {
    url: action("utility_reading_invitation_action"),
    steps: () => [
        { content: "a new one", trigger: ".o_list_button_add", run: "click" },
        { content: "list", trigger: "button[name=action_list]:contains('Lister qui inviter')", run: "click" },
        { content: "by e-mail", trigger: ".o_data_row:contains('Durand'):contains('À envoyer')" },
        { content: "on a card", trigger: ".o_data_row:contains('Martin'):contains('imprimer la carte')" },
        { content: "send", trigger: "button[name=action_send]:contains('Envoyer les e-mails')", run: "click" },
        { content: "yes", trigger: ".modal .btn-primary", run: "click" },
        { content: "it goes by itself", trigger: ".o_statusbar_status [aria-checked=true]:contains('Envoi')" },
    ],
});
