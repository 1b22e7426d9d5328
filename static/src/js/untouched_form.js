import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";
import { ListController } from "@web/views/list/list_controller";

const OURS = /^(utility|ledger)\./;

/** Tell whether nothing was typed in a new record of this addon, what is being typed in a field included. */
function isUntouched(model, record) {
    if (!OURS.test(record.resModel) || !record.isNew) {
        return false;
    }
    model._urgentSave = true;
    model.bus.trigger("WILL_SAVE_URGENTLY");
    model._urgentSave = false;
    return !record.dirty;
}

/**
 * A new record in which nothing was typed is not saved when the page is reloaded, closed or hidden.
 *
 * Odoo then saves any form, and any row of a list, whose required fields all have defaults: a reading of index 0 dated
 * today, an empty meter, a connector with its job, an approval level of nothing.
 */
patch(FormController.prototype, {
    beforeVisibilityChange() {
        const { root } = this.model;
        const isBlank = OURS.test(root.resModel) && root.isNew && !root.dirty;
        return isBlank ? undefined : super.beforeVisibilityChange(...arguments);
    },

    async beforeUnload() {
        return isUntouched(this.model, this.model.root) ? undefined : super.beforeUnload(...arguments);
    },
});

patch(ListController.prototype, {
    async beforeUnload() {
        const row = this.editedRecord;
        return row && isUntouched(this.model, row) ? undefined : super.beforeUnload(...arguments);
    },
});
