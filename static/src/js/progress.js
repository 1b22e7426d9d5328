/** @odoo-module **/

import { Component, useState, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/**
 * Shows the progress of long work of this user: an import, a synchronisation of many readings.
 */
export class UtilityProgress extends Component {
    static template = xml`
        <div t-if="state.title" class="o_utility_progress position-fixed bottom-0 start-50 translate-middle-x mb-4 p-3 bg-view border rounded shadow" style="z-index: 1100; min-width: 20rem;">
            <div class="mb-2"><t t-out="state.title"/> <span class="float-end"><t t-out="state.percent"/> %</span></div>
            <div class="progress" role="progressbar" t-att-aria-valuenow="state.percent" aria-valuemin="0" aria-valuemax="100">
                <div class="progress-bar" t-attf-style="width: {{state.percent}}%"/>
            </div>
        </div>`;
    static props = {};

    setup() {
        this.state = useState({ title: "", percent: 0 });
        const bus = useService("bus_service");
        bus.subscribe("utility_billing_sync.progress", ({ title, percent }) => {
            this.state.percent = percent;
            this.state.title = percent < 100 ? title : "";
        });
        bus.start();
    }
}

registry.category("main_components").add("utility_billing_sync.progress", { Component: UtilityProgress });
