import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";

const OURS = /^(utility|ledger)\./;

/**
 * A new record in which nothing was typed is not saved when the page is reloaded, closed or hidden.
 *
 * Odoo then saves any form whose required fields have defaults: a reading of index 0 dated today, an empty meter, a
 * connector with its job.
 */
patch(FormController.prototype, {
    isUntouched() {
        const root = this.model.root;
        return OURS.test(this.props.resModel) && root.isNew && !root.dirty;
    },

    beforeVisibilityChange() {
        return this.isUntouched() ? undefined : super.beforeVisibilityChange(...arguments);
    },

    async beforeUnload() {
        // what is being typed in a field counts: it is taken over first
        this.model._urgentSave = true;
        this.model.bus.trigger("WILL_SAVE_URGENTLY");
        this.model._urgentSave = false;
        return this.isUntouched() ? undefined : super.beforeUnload(...arguments);
    },
});
