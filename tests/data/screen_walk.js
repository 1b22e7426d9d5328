/* Looks at every screen of a person: for words of English, and for what cannot be read whole (tests/support/screens.py). */

/* Buttons (by name) and other places that open a dialog or another screen, and do nothing before it is answered. */
const OPENING = {
    res_partner_menu_subscriber: ["action_attach_connection_point", "action_move", "action_view_readings"],
    utility_subscription_menu: ["action_change_meter"],
    utility_meter_menu: ["action_replace_device", "action_move", "action_force_synchronization"],
    utility_meter_menu_gaps: ["action_force_synchronization"],
    utility_meter_matching_menu: ["action_view_matches", "action_view_alone"],
    utility_billing_run_menu: ["action_view_findings", "action_view_bills"],
    utility_tariff_menu: [".o_field_x2many .o_data_row .o_data_cell"],
    utility_leak_alert_menu: ["action_open_certificate"],
    utility_year_levy_menu: ["action_view_lines"],
};
const SCREEN = ".o_list_renderer, .o_form_renderer, .o_kanban_renderer, .o_round, .o_view_nocontent, .o_graph_renderer, .o_pivot";
const one = (words) => document.querySelector(words);

async function walkMenus(look, wait, until, narrowest) {
    const { menu } = odoo.__WOWL_DEBUG__.root.env.services;
    const settled = () => one(SCREEN) && !one(".o_loading_indicator, .o_blockUI");
    const leaves = (tree) => (tree.childrenTree.length ? tree.childrenTree.flatMap(leaves) : [tree]);
    const app = menu.getApps().find((each) => each.xmlid === "utility_billing_sync.utility_menu_root");
    const close = async () => {
        one(".modal .btn-close")?.click();
        await until(() => !one(".modal"));
    };
    const press = async (button, where) => {
        const here = one(".o_last_breadcrumb_item")?.textContent;
        button.click();
        await until(() => one(".modal .o_form_renderer, .modal .o_list_renderer") || one(".o_last_breadcrumb_item")?.textContent !== here);
        await until(settled);
        await look(`${where}, ${button.textContent}`);
        if (one(".modal")) {
            return close();
        }
        one(".o_back_button a")?.click();
        await until(() => one(".o_last_breadcrumb_item")?.textContent === here);
        await until(settled);
    };
    for (const leaf of leaves(menu.getMenuAsTree(app.id))) {
        if (leaf.actionModel === "ir.actions.act_url") {
            continue;
        }
        document.body.dataset.walking = leaf.name;
        // as a person does: a database with other applications opens with one of them
        const enter = () => menu.selectMenu(leaf);
        // a busy machine may cut a request off
        await enter().catch(enter);
        await until(settled);
        await look(leaf.name);
        if (one(".modal")) {
            await close();
            continue;
        }
        one(".o_searchview_dropdown_toggler")?.click();
        await wait(120);
        await look(`${leaf.name}, recherche`, narrowest);
        one(".o_searchview_dropdown_toggler")?.click();
        await wait(60);
        one(".o_group_header")?.click();
        await wait(120);
        for (const button of [...document.querySelectorAll(".o_switch_view")].slice(1)) {
            button.click();
            await until(settled);
            await look(`${leaf.name}, ${button.dataset.tooltip}`);
        }
        one(".o_switch_view.o_list")?.click();
        await until(settled);
        for (const button of document.querySelectorAll(".o_control_panel_main_buttons button[name][type=action]")) {
            await press(button, leaf.name);
        }
        const cell = one(".o_data_row .o_data_cell:nth-child(3)");
        cell?.click();
        await until(() => one(".o_form_renderer, .o_selected_row"), 1500);
        if (one(".o_form_renderer")) {
            await look(`${leaf.name}, fiche`);
        }
        for (const tab of document.querySelectorAll(".o_form_renderer .o_notebook .nav-link")) {
            tab.click();
            await wait(80);
            await look(`${leaf.name}, ${tab.textContent}`);
        }
        for (const name of OPENING[leaf.xmlid.split(".")[1]] || []) {
            const button = one(name.startsWith(".") ? name : `.o_form_view button[name=${name}], .o_list_view button[name=${name}]`);
            if (button?.checkVisibility()) {
                await press(button, leaf.name);
            }
        }
    }
}

async function walkScreens(plan) {
    // what only a program reads aloud on Odoo's own pages is Odoo's
    const attributes = plan.isClient ? ["placeholder", "title", "data-tooltip"] : ["placeholder"];
    const english = new Set(plan.english), words = new RegExp(`(^|[^\\p{L}])(${plan.words.join("|")})([^\\p{L}]|$)`, "iu");
    const names = new Set(plan.names), found = new Map(), seen = new Set();
    const note = (text, where) => found.has(text) || found.set(text, where);
    const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    const until = async (ready, patience = 5000) => {
        for (let passed = 0; passed < patience && !ready(); passed += 20) {
            await wait(20);
        }
        await wait(80);
    };
    const read = (where) => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const node = walker.currentNode;
            const texts = node.nodeType === Node.TEXT_NODE ? [node.textContent]
                : attributes.map((name) => node.getAttribute(name));
            if (["SCRIPT", "STYLE", "NOSCRIPT"].includes(node.parentElement?.tagName)) {
                continue;
            }
            for (const raw of texts) {
                const text = (raw || "").replace(/\s+/g, " ").trim();
                seen.add(text);
                if (text && !names.has(text) && (english.has(text) || words.test(text))) {
                    note(`English « ${text} »`, where);
                }
                if (/^[a-z_]+(\.[a-z_]+)+,\d+$/.test(text)) {
                    note(`name of a record « ${text} »`, where);
                }
            }
        }
    };
    const measure = (where) => faultsOfLayout().forEach((fault) => note(fault, `${where}, ${innerWidth} × ${innerHeight}`));
    const size = () => `${innerWidth}x${innerHeight}`;
    /** Look at each size, the present one first: the next screen begins with the last size of this one. */
    const look = async (where, sizes = plan.sizes) => {
        read(where);
        for (const each of [...sizes].sort((one, other) => (other === size()) - (one === size()))) {
            if (each !== size()) {
                console.log(`size: ${each}`);
                await until(() => size() === each);
                // lists and menus follow a little later
                await wait(150);
            }
            measure(where);
        }
    };
    try {
        if (plan.isClient) {
            await walkMenus(look, wait, until, plan.sizes.slice(-1));
        } else {
            await look(location.pathname);
        }
        if (found.size) {
            console.error([...found].map(([text, where]) => `${where}: ${text}`).join("\n"));
        } else if (seen.size < plan.least) {
            console.error(`Only ${seen.size} texts were seen`);
        } else {
            console.log("test successful");
        }
    } catch (error) {
        console.error(`The walk stopped at ${document.body.dataset.walking}: ${error.stack || error}`);
    }
}
