/** @odoo-module **/

import { useService } from "@web/core/utils/hooks";
import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { FormController } from "@web/views/form/form_controller";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";

// What another section must know of a reading: saving one of these asks the question (notice 1).
const SHARED_FIELDS = ["meter_id", "date", "index", "kind", "rollover", "consumption"];

/**
 * Open *Synchroniser les relèves de compteurs* by itself after a reading of a shared meter is saved.
 */
const asksToSynchronize = (Controller) =>
    class extends Controller {
        setup() {
            super.setup();
            this.orm = useService("orm");
            this.actionService = useService("action");
        }

        async beforeExecuteActionButton(clickParams) {
            // the button asks by itself, once the reading is saved
            this.isAsking = clickParams.name === "action_synchronize";
            try {
                return await super.beforeExecuteActionButton(...arguments);
            } finally {
                this.isAsking = false;
            }
        }

        async onRecordSaved(record, changes) {
            await super.onRecordSaved(...arguments);
            if (this.isAsking || !SHARED_FIELDS.some((name) => name in (changes || {}))) {
                return;
            }
            const action = await this.orm.call("utility.reading", "action_ask", [[record.resId]]);
            if (action) {
                this.actionService.doAction(action, { onClose: () => this.model.load() });
            }
        }
    };

registry.category("views").add("utility_reading_form", {
    ...formView,
    Controller: asksToSynchronize(FormController),
});

registry.category("views").add("utility_reading_list", {
    ...listView,
    Controller: asksToSynchronize(ListController),
});
