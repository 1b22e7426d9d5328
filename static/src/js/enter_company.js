import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

/**
 * Tick a company in the switcher, which decides what lists show, then go on with an action on its records.
 *
 * The server returns it where a person who may enter the company follows a link to it (see `utility.dashboard`).
 */
registry.category("actions").add("utility_enter_company", (env, action) => {
    const { company_id, company_ids = [company_id], next } = action.params;
    const ticked = user.activeCompanies.map((company) => company.id);
    const missing = company_ids.filter((id) => !ticked.includes(id));
    if (missing.length) {
        user.activateCompanies([...ticked, ...missing], { includeChildCompanies: false, reload: false });
    }
    return next;
});
