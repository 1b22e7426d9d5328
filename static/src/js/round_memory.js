import { browser } from "@web/core/browser/browser";
import { ConnectionLostError } from "@web/core/network/rpc";
import { user } from "@web/core/user";

export const today = () => luxon.DateTime.now().toISODate();

/** What was typed on a round, kept on the device until the server has it: it survives a lost connection, a closed page. */
export class Notebook {
    constructor(sectionId) {
        this.place = `utility_round.${user.userId}.${sectionId}`;
        const kept = JSON.parse(browser.localStorage.getItem(this.place) || "{}");
        this.entries = kept.day === today() ? kept.entries : this.unsent(kept.entries || {});
    }

    unsent(entries) {
        return Object.fromEntries(Object.entries(entries).filter(([, entry]) => entry.state !== "saved"));
    }

    keep() {
        const entries = Object.fromEntries(
            // a photo that the server has takes the room of others
            Object.entries(this.entries).map(([id, e]) => [id, e.state === "waiting" ? e : { ...e, photo: undefined }])
        );
        browser.localStorage.setItem(this.place, JSON.stringify({ day: today(), entries }));
    }
}

/** What the server said last, and what is being typed: a round is resumed where it was without a connection. */
export class Memory {
    constructor() {
        this.place = `utility_round.${user.userId}.memory`;
        this.known = JSON.parse(browser.localStorage.getItem(this.place) || "{}");
    }

    keep(values) {
        Object.assign(this.known, values);
        browser.localStorage.setItem(this.place, JSON.stringify(this.known));
    }

    /** Ask the server, or take what it said last where it cannot be reached. */
    async ask(name, call) {
        try {
            const value = await call();
            this.keep({ [name]: value });
            return value;
        } catch (error) {
            if (error instanceof ConnectionLostError && this.known[name]) {
                return this.known[name];
            }
            throw error;
        }
    }
}
