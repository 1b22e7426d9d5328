/** @odoo-module **/

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { useService } from "@web/core/utils/hooks";
import { formView } from "@web/views/form/form_view";
import { FormController } from "@web/views/form/form_controller";

const DECISIONS = ["action_attach", "action_set_apart"];

/** One pair of cards after the other: a decision leads to the next pair; A accepts, R refuses, N and P go on and back. */
class MatchFormController extends FormController {
    setup() {
        super.setup();
        this.notification = useService("notification");
        useHotkey("a", () => this.press("action_attach"), { category: _t("Attach") });
        useHotkey("r", () => this.press("action_set_apart"), { category: _t("Not the same device") });
        useHotkey("n", () => this.goOn(1), { category: _t("Next pair"), allowRepeat: true });
        useHotkey("p", () => this.goOn(-1), { category: _t("Previous pair"), allowRepeat: true });
    }

    press(name) {
        this.rootRef.el.querySelector(`button[name=${name}]:not([disabled])`)?.click();
    }

    async afterExecuteActionButton(clickParams) {
        await super.afterExecuteActionButton(...arguments);
        if (DECISIONS.includes(clickParams.name)) {
            await this.goOn(1);
        }
    }

    async goOn(step) {
        const { resId, resIds } = this.model.root;
        const next = resIds[resIds.indexOf(resId) + step];
        if (next) {
            await this.model.load({ resId: next, resIds });
        } else {
            this.notification.add(_t("No other pair in this list."), { type: "info" });
        }
    }
}

registry.category("views").add("utility_match_form", {
    ...formView,
    Controller: MatchFormController,
});
