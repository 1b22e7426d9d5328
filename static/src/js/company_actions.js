import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The *Actions* of a company's row in *Administration → Société* (notice 2): open, update, fetch the scans. */
export class CompanyActions extends Component {
    static template = "utility_billing_sync.CompanyActions";
    static props = { ...standardFieldProps };

    setup() {
        this.actions = useService("action");
        this.buttons = [
            { name: "open", icon: "fa-pencil", label: _t("Open") },
            { name: "action_update_companies", icon: "fa-refresh", label: _t("Update the Company") },
            { name: "action_fetch_scans", icon: "fa-file-pdf-o", label: _t("Fetch Scans") },
        ];
    }

    onClick(name) {
        const { context, resId, resModel } = this.props.record;
        return name === "open"
            ? this.actions.switchView("form", { resId })
            : this.actions.doActionButton({ type: "object", name, resModel, resId, resIds: [resId], context });
    }
}

registry.category("fields").add("utility_company_actions", {
    component: CompanyActions,
    supportedTypes: ["integer"],
});
