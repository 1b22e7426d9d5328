/** @odoo-module **/

import { onMounted, status } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";

/**
 * *Visuel Synchronisations*: « tout cocher » takes every document of the search, not only those of the page (notice 2).
 *
 * The list is shown at once; changes that bypassed the documents are searched afterwards.
 */
class LedgerDocumentListController extends ListController {
    setup() {
        super.setup();
        this.orm = useService("orm");
        onMounted(() => this.compareEntries());
    }

    async compareEntries() {
        if (!this.props.context.compare_entries) {
            return;
        }
        const hasChanged = await this.orm.silent.call("ledger.document", "action_compare");
        // what the user has ticked meanwhile stays ticked: exports read each document anew
        if (hasChanged && status(this) === "mounted" && !this.model.root.selection.length) {
            await this.model.load();
        }
    }

    async onSelectAll() {
        const { root } = this.model;
        await root.selectDomain(false);
        for (const record of root.records) {
            await record.toggleSelection(true);
        }
        if (root.count > root.records.length) {
            await root.selectDomain(true);
        }
    }
}

registry.category("views").add("ledger_document_list", {
    ...listView,
    Controller: LedgerDocumentListController,
    buttonTemplate: "utility_billing_sync.LedgerDocumentButtons",
});
