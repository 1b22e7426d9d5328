/* Looks at every screen of a person, whose words are compared with those of English (tests/test_french.py). */

/* Buttons of forms that open a dialog and do nothing before it is answered. */
const DIALOGS = {
    res_partner_menu_subscriber: ["action_attach_connection_point", "action_move"],
    utility_meter_menu: ["action_replace_device", "action_move", "action_force_synchronization"],
    utility_meter_menu_gaps: ["action_force_synchronization"],
    utility_leak_alert_menu: ["action_open_certificate"],
    utility_reading_menu_pending: ["action_synchronize"],
};

async function walkMenus(look, wait, until) {
    const { action, menu } = odoo.__WOWL_DEBUG__.root.env.services;
    const settled = () => document.querySelector(
        ".o_list_renderer, .o_form_renderer, .o_kanban_renderer, .o_round, .o_view_nocontent, .o_graph_renderer, " +
        ".o_pivot")
        && !document.querySelector(".o_loading_indicator, .o_blockUI");
    const leaves = (tree) => (tree.childrenTree.length ? tree.childrenTree.flatMap(leaves) : [tree]);
    const app = menu.getApps().find((each) => each.xmlid === "utility_billing_sync.utility_menu_root");
    for (const leaf of leaves(menu.getMenuAsTree(app.id))) {
        if (leaf.actionModel === "ir.actions.act_url") {
            continue;
        }
        document.body.dataset.walking = leaf.name;
        const enter = () => action.doAction(leaf.actionID, { clearBreadcrumbs: true });
        // a busy machine may cut a request off
        await enter().catch(enter);
        await until(settled);
        look(leaf.name);
        document.querySelector(".o_searchview_dropdown_toggler")?.click();
        await wait(120);
        look(`${leaf.name}, recherche`);
        document.querySelector(".o_searchview_dropdown_toggler")?.click();
        document.querySelector(".modal .btn-close")?.click();
        await wait(60);
        document.querySelector(".o_group_header")?.click();
        await wait(120);
        for (const button of [...document.querySelectorAll(".o_switch_view")].slice(1)) {
            button.click();
            await until(settled);
            look(`${leaf.name}, ${button.dataset.tooltip}`);
        }
        document.querySelector(".o_switch_view.o_list")?.click();
        await until(settled);
        const cell = document.querySelector(".o_data_row .o_data_cell:nth-child(3)");
        if (!cell) {
            continue;
        }
        cell.click();
        await until(() => document.querySelector(".o_form_renderer"));
        look(`${leaf.name}, fiche`);
        for (const tab of document.querySelectorAll(".o_form_renderer .o_notebook .nav-link")) {
            tab.click();
            await wait(80);
            look(`${leaf.name}, ${tab.textContent}`);
        }
        for (const name of DIALOGS[leaf.xmlid.split(".")[1]] || []) {
            const button = document.querySelector(`.o_form_view button[name=${name}]`);
            if (button && button.checkVisibility()) {
                button.click();
                await until(() => document.querySelector(".modal .o_form_renderer"));
                look(`${leaf.name}, ${button.textContent}`);
                document.querySelector(".modal .btn-close")?.click();
                await until(() => !document.querySelector(".modal"));
            }
        }
    }
}

(async () => {
    const { texts, words: few, names: known } = await (await fetch("/web/content/__TERMS__")).json();
    // what only a program reads aloud on Odoo's own pages is Odoo's
    const attributes = __IS_CLIENT__ ? ["placeholder", "title", "data-tooltip"] : ["placeholder"];
    const english = new Set(texts), words = new RegExp(`(^|[^\\p{L}])(${few.join("|")})([^\\p{L}]|$)`, "iu");
    const names = new Set(known), found = new Map(), seen = new Set();
    const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    const until = async (ready) => {
        for (let turn = 0; turn < 50 && !ready(); turn++) {
            await wait(100);
        }
        await wait(120);
    };
    const look = (where) => {
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
                if (text && !names.has(text) && (english.has(text) || words.test(text)) && !found.has(text)) {
                    found.set(text, where);
                }
            }
        }
    };
    try {
        if (__IS_CLIENT__) {
            await walkMenus(look, wait, until);
        } else {
            look(location.pathname);
        }
        const told = [...found].map(([text, where]) => `${where}: ${text}`);
        if (told.length) {
            console.error(`English: ${told.join(" | ")}`);
        } else if (seen.size < __LEAST__) {
            console.error(`Only ${seen.size} texts were seen`);
        } else {
            console.log("test successful");
        }
    } catch (error) {
        console.error(`The walk stopped at ${document.body.dataset.walking}: ${error.stack || error}`);
    }
})();
