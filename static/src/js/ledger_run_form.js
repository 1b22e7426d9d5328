/** @odoo-module **/

import { onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { FormController } from "@web/views/form/form_controller";

const REFRESH_MS = 2000;

/** Show how far a synchronisation is that goes on in the background, without a reload by hand. */
class LedgerRunFormController extends FormController {
    setup() {
        super.setup();
        const timer = setInterval(() => this.refresh(), REFRESH_MS);
        onWillUnmount(() => clearInterval(timer));
    }

    async refresh() {
        const record = this.model.root;
        if (record?.resId && record.data.is_active && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("views").add("ledger_run_form", {
    ...formView,
    Controller: LedgerRunFormController,
});
