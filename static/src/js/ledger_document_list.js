/** @odoo-module **/

import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";

/**
 * *Visuel Synchronisations*: « tout cocher » takes every document of the search, not only those of the page (notice 2).
 */
class LedgerDocumentListController extends ListController {
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
