import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

/**
 * Tick a company in the switcher, which decides what lists show, then go on with an action on its records.
 *
 * The server returns it where a person who may enter the company follows a link to it (see `utility.dashboard`).
 */
registry.category("actions").add("utility_enter_company", (env, action) => {
    const { company_id, next } = action.params;
    const ticked = user.activeCompanies.map((company) => company.id);
    if (!ticked.includes(company_id)) {
        user.activateCompanies([...ticked, company_id], { includeChildCompanies: false, reload: false });
    }
    return next;
});
