import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Memory, Notebook, prepareToReload, today } from "./round_memory";

const AGAIN_MS = 5000;

/** *Tournée*: the meters of a round one at a time, in the order in which they are read, on a telephone or at a desk. */
export class UtilityRound extends Component {
    static template = "utility_billing_sync.Round";
    // the address of utility_round_action, so that the web client opens it without asking the server for the action
    static path = "tournee";
    static displayName = _t("Round");
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.actions = useService("action");
        this.notification = useService("notification");
        this.field = useRef("index");
        this.memory = new Memory();
        this.state = useState({
            sections: [], section: null, route: null, meters: [], place: 0,
            entries: {}, typed: "", rollover: false, note: "", photo: "", online: true, asked: false,
        });
        onWillStart(async () => {
            const rounds = () => this.orm.call("utility.section", "get_rounds", []);
            this.state.sections = await this.memory.ask("sections", rounds);
            const { sections } = this.state;
            const { at } = this.memory;
            const left = at && sections.find((section) => section.id === at.section);
            if (left) {
                await this.begin(left, at.route, at.meter);
            } else if (sections.length === 1 && sections[0].routes.length === 1) {
                await this.begin(sections[0], sections[0].routes[0].route);
            }
            prepareToReload();
        });
        const timer = setInterval(() => this.send(), AGAIN_MS);
        const online = () => this.send();
        browser.addEventListener("online", online);
        onWillUnmount(() => {
            clearInterval(timer);
            browser.removeEventListener("online", online);
        });
        useEffect(
            (typed, note, rollover) => {
                if (this.meter) {
                    this.memory.keepDraft(this.meter.id, { typed, note, rollover });
                }
            },
            () => [this.state.typed, this.state.note, this.state.rollover]
        );
        useEffect(() => this.field.el?.focus(), () => [this.state.place, this.state.meters]);
    }

    // === WHERE ONE IS === //

    get meter() {
        return this.state.meters[this.state.place];
    }

    get entry() {
        return this.meter && this.state.entries[this.meter.id];
    }

    /** A meter whose entry was refused is still to be read. */
    isDone(meter) {
        const entry = this.state.entries[meter.id];
        return entry ? entry.state !== "refused" : !meter.to_read;
    }

    get done() {
        return this.state.meters.filter((meter) => this.isDone(meter)).length;
    }

    get waiting() {
        return Object.values(this.state.entries).filter((entry) => entry.state === "waiting").length;
    }

    get percent() {
        return this.state.meters.length ? Math.round((100 * this.done) / this.state.meters.length) : 0;
    }

    /** @param {number} [meterId] the meter at which the round was left, else the first one to read */
    async begin(section, route, meterId) {
        this.notebook = new Notebook(section.id);
        this.state.entries = this.notebook.entries;
        this.notebook.entries = this.state.entries;
        const walk = () => this.orm.call("utility.section", "walk_round", [[section.id], route]);
        const meters = await this.memory.ask(`meters.${section.id}.${route}`, walk);
        Object.assign(this.state, { section, route, meters, asked: false });
        const left = meters.findIndex((meter) => meter.id === meterId);
        const next = left === -1 ? meters.findIndex((meter) => !this.isDone(meter)) : left;
        this.goTo(Math.max(next, 0));
        this.send();
    }

    goTo(place) {
        if (place < 0 || place >= this.state.meters.length) {
            return;
        }
        const { section, route, meters } = this.state;
        const meter = meters[place];
        const entry = this.state.entries[meter.id];
        this.memory.keep({ at: { section: section.id, route, meter: meter.id } });
        const draft = this.memory.draft(meter.id);
        if (draft) {
            Object.assign(this.state, { place, ...draft, photo: "" });
            return;
        }
        Object.assign(this.state, {
            place,
            typed: entry?.index === undefined || entry.index === null ? "" : String(entry.index).replace(".", ","),
            rollover: entry?.rollover || false,
            note: entry?.note || "",
            photo: "",
        });
    }

    // === WHAT IS TYPED === //

    get index() {
        const text = this.state.typed.trim().replace(/\s/g, "").replace(",", ".");
        return /^\d+(\.\d{1,3})?$/.test(text) ? Number(text) : null;
    }

    get consumption() {
        const { meter, index } = this;
        if (index === null || meter.previous_index === null) {
            return null;
        }
        const turn = this.state.rollover && meter.digits ? 10 ** meter.digits : 0;
        return Math.round((index + turn - meter.previous_index) * 1000) / 1000;
    }

    get days() {
        const { previous_date } = this.meter;
        return previous_date ? luxon.DateTime.now().startOf("day").diff(luxon.DateTime.fromISO(previous_date), "days").days : 0;
    }

    /** Describe what is unusual about the index, before it is stored. */
    get finding() {
        const { consumption, index, meter } = this;
        if (this.state.typed && index === null) {
            return { level: "danger", text: _t("Digits only, with a comma for the decimals.") };
        }
        if (index !== null && meter.digits && index >= 10 ** meter.digits) {
            return { level: "danger", text: _t("More digits than the meter shows.") };
        }
        if (consumption === null) {
            return null;
        }
        if (consumption < 0) {
            return { level: "danger", text: _t("Below the previous index."), rollover: Boolean(meter.digits) };
        }
        if (consumption === 0) {
            return { level: "warning", text: _t("Nothing consumed since the previous reading.") };
        }
        const usual = (meter.daily || 0) * Math.round(this.days);
        if (usual && consumption > 2 * usual) {
            return { level: "warning", text: _t("More than twice the usual consumption: read again, look for a leak.") };
        }
        return null;
    }

    get canKeep() {
        return this.index !== null && this.finding?.level !== "danger";
    }

    volume(value) {
        return value === null ? "" : value.toLocaleString(user.lang, { maximumFractionDigits: 3 });
    }

    day(value) {
        return value ? luxon.DateTime.fromISO(value).toLocaleString(luxon.DateTime.DATE_MED) : "";
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.keepIndex();
        } else if (ev.key === "PageDown" || ev.key === "PageUp") {
            ev.preventDefault();
            this.goTo(this.state.place + (ev.key === "PageDown" ? 1 : -1));
        }
    }

    async onPhoto(ev) {
        const [file] = ev.target.files;
        if (!file) {
            return;
        }
        const picture = await createImageBitmap(file);
        const scale = Math.min(1, 1280 / Math.max(picture.width, picture.height));
        const canvas = document.createElement("canvas");
        canvas.width = picture.width * scale;
        canvas.height = picture.height * scale;
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        this.state.photo = canvas.toDataURL("image/jpeg", 0.7).split(",")[1];
    }

    // === KEEPING AND SENDING === //

    keepIndex() {
        if (this.canKeep) {
            this.keep({ index: this.index, rollover: this.state.rollover });
        }
    }

    keepAbsent() {
        this.keep({ index: null, note: [_t("Absent"), this.state.note].filter(Boolean).join(", ") });
    }

    keepUnreadable() {
        this.keep({ index: null, note: [_t("Unreadable"), this.state.note].filter(Boolean).join(", ") });
    }

    keep(values) {
        const { meter, state } = this;
        state.entries[meter.id] = {
            key: crypto.randomUUID?.() || `${Date.now()}-${meter.id}-${Math.random()}`,
            meter_id: meter.id,
            date: today(),
            note: state.note,
            photo: state.photo,
            ...values,
            state: "waiting",
        };
        if (!this.notebook.keep(state.entries[meter.id])) {
            const text = _t("This device has no room for another photo: the reading is kept without it.");
            this.notification.add(text, { type: "warning" });
        }
        this.memory.keepDraft(meter.id);
        const { meters, place } = state;
        const next = meters.findIndex((each, i) => i > place && !this.isDone(each));
        this.goTo(next === -1 ? place : next);
        this.send();
    }

    async send() {
        const { entries, section } = this.state;
        const waiting = Object.values(entries).filter((entry) => entry.state === "waiting");
        if (!section || this.isSending || !waiting.length) {
            return;
        }
        this.isSending = true;
        try {
            const sent = waiting.map(({ state, ...entry }) => entry);
            const answers = await this.orm.silent.call("utility.section", "save_round", [[section.id], sent]);
            this.state.online = true;
            for (const { key, meter_id } of waiting) {
                // what was typed meanwhile is another entry, sent in its turn
                if (entries[meter_id].key === key) {
                    Object.assign(entries[meter_id], answers[key], { state: answers[key].refused ? "refused" : "saved" });
                }
            }
            this.notebook.keep();
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.state.online = false;
        } finally {
            this.isSending = false;
        }
    }

    // === THE END OF THE ROUND === //

    get isFinished() {
        return this.done === this.state.meters.length && !this.waiting;
    }

    get readingIds() {
        return Object.values(this.state.entries).map((entry) => entry.reading_id).filter(Boolean);
    }

    /** Ask once, for the whole round, whether its readings go to the other sections (notice 1). */
    async synchronize() {
        await this.send();
        const action = await this.orm.call("utility.reading", "action_ask", [this.readingIds]);
        this.state.asked = true;
        if (action) {
            await this.actions.doAction(action);
        }
    }

    leave() {
        this.memory.keep({ at: null });
        Object.assign(this.state, { section: null, meters: [] });
    }
}

registry.category("actions").add("utility_round", UtilityRound);
