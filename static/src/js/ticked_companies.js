import { patch } from "@web/core/utils/patch";
import { user } from "@web/core/user";
import { session } from "@web/session";
import { ListController } from "@web/views/list/list_controller";

const OURS = /^(utility|ledger)\./;
/** In the context of an action of the module that lists records of another one, such as bills. */
const SAYS_COMPANIES = "utility_companies";

/**
 * The switcher of companies decides what a list shows: a list of the module says which companies of its reader it
 * leaves out, with a button that shows them too.
 */
patch(ListController.prototype, {
    get companiesLeftOut() {
        const { context, fields, resModel } = this.props;
        const decides = (OURS.test(resModel) || context[SAYS_COMPANIES]) && ("company_id" in fields || "company_ids" in fields) && !this.env.inDialog && !this.env.isSmall;
        const ticked = user.activeCompanies.map((company) => company.id);
        const served = session.utility_company_ids || [];
        const isLeftOut = ({ id }) => served.includes(id) && !ticked.includes(id);
        return decides ? user.allowedCompanies.filter(isLeftOut) : [];
    },

    get namesLeftOut() {
        return this.companiesLeftOut.map((company) => company.name).join(", ");
    },

    showCompaniesLeftOut() {
        const ids = [...user.activeCompanies, ...this.companiesLeftOut].map((company) => company.id);
        user.activateCompanies(ids, { includeChildCompanies: false, reload: true });
    },
});
