/** @odoo-module **/

import { onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { FormController } from "@web/views/form/form_controller";

const REFRESH_MS = 2000;

/**
 * Show the progress of background work (a campaign, a matching, a synchronisation), or what it prepares for a
 * dialog, without a manual reload.
 */
class BackgroundFormController extends FormController {
    setup() {
        super.setup();
        const timer = setInterval(() => this.refresh(), REFRESH_MS);
        onWillUnmount(() => clearInterval(timer));
    }

    async refresh() {
        const record = this.model.root;
        const { is_preparing, is_active, state } = record?.data || {};
        const isAtWork = record?.resId && (is_preparing ?? is_active ?? state === "running");
        if (isAtWork && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("views").add("utility_background_form", {
    ...formView,
    Controller: BackgroundFormController,
});
