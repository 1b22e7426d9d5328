/** @odoo-module **/

import { tours } from "./steps";

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
