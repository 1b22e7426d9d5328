import { registry } from "@web/core/registry";

const APP = "utility_billing_sync.utility_menu_root";

/** Mark the page while this application is open: its styles then reach what has no class of its own, such as menus of filters. */
registry.category("services").add("utility_app_class", {
    dependencies: ["menu"],
    start(env, { menu }) {
        const mark = () => document.body.classList.toggle("o_utility_app", menu.getCurrentApp()?.xmlid === APP);
        env.bus.addEventListener("MENUS:APP-CHANGED", mark);
        mark();
    },
});
