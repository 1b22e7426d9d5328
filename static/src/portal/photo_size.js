/** @odoo-module **/

import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Refuses a photo that is too big before it is sent: a telephone's connection is slow, and a server cuts it off. */
export class PhotoSize extends Interaction {
    static selector = ".o_self_reading input[data-max-bytes]";
    dynamicContent = { _root: { "t-on-change": this.check } };

    check() {
        const { files, dataset } = this.el;
        const isTooBig = files.length && files[0].size > Number(dataset.maxBytes);
        this.el.setCustomValidity(isTooBig ? dataset.tooBig : "");
        this.el.reportValidity();
    }
}

registry.category("public.interactions").add("utility_billing_sync.photo_size", PhotoSize);
