/** @odoo-module **/

import { useService } from "@web/core/utils/hooks";
import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { FormController } from "@web/views/form/form_controller";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";
import { ListRenderer } from "@web/views/list/list_renderer";

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
            // the button opens the question itself, once the reading is saved
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
                await this.actionService.doAction(action, { onClose: () => this.goOn() });
            }
        }

        /** The question is answered: its readings are shown as they are now. */
        async goOn() {
            await this.model.load();
        }
    };

/** Focus the index of the row being entered, once it is shown and the dialog is closed: the list does not focus it. */
async function focusIndex() {
    for (let tries = 0; tries < 50; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        const input = document.querySelector(".o_selected_row td[name=index] input");
        if (input && !document.querySelector(".o_dialog")) {
            input.focus();
            input.select();
            return;
        }
    }
}

class ReadingListController extends asksToSynchronize(ListController) {
    /** Open again a row that Tab or Enter opened behind the dialog, with the focus on its index. */
    async goOn() {
        const wasAdding = this.model.root.editedRecord?.isNew;
        await super.goOn();
        if (wasAdding) {
            await this.createRecord();
            // not awaited: the dialog closes once this is done
            focusIndex();
        }
    }
}

class ReadingListRenderer extends ListRenderer {
    /**
     * A row is entered by its index: the day and the meter are proposed, and the calendar of the day would open over
     * the question that the row before asks.
     */
    focusCell(column, forward = true) {
        const isEntered = this.activeRowId !== this.editedRecord?.id && !this.cellToFocus;
        if (isEntered && column === this.columns[0]) {
            const wanted = this.editedRecord.data.meter_id ? "index" : "meter_id";
            column = this.columns.find(({ name }) => name === wanted) || column;
        }
        super.focusCell(column, forward);
    }
}

registry.category("views").add("utility_reading_form", {
    ...formView,
    Controller: asksToSynchronize(FormController),
});

registry.category("views").add("utility_reading_list", {
    ...listView,
    Controller: ReadingListController,
    Renderer: ReadingListRenderer,
});
