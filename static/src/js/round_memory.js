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

    /**
     * Keep the entries; where the device has no room for another photo, the last one's stays out.
     *
     * @param {Object} [last] the entry that has just been typed
     * @returns {boolean} whether all is kept
     */
    keep(last) {
        const entries = Object.fromEntries(
            // a photo that the server already has takes space from others
            Object.entries(this.entries).map(([id, e]) => [id, e.state === "waiting" ? e : { ...e, photo: undefined }])
        );
        try {
            browser.localStorage.setItem(this.place, JSON.stringify({ day: today(), entries }));
            return true;
        } catch (error) {
            if (error.name !== "QuotaExceededError" || !last?.photo) {
                throw error;
            }
            last.photo = "";
            this.keep();
            return false;
        }
    }
}

/** What the server said last, and what is being typed: a round is resumed where it was without a connection. */
export class Memory {
    constructor() {
        this.place = `utility_round.${user.userId}.memory`;
        this.known = JSON.parse(browser.localStorage.getItem(this.place) || "{}");
        if (this.known.day !== today()) {
            Object.assign(this.known, { day: today(), at: null, drafts: {} });
        }
    }

    /** What was being typed about a meter today, undefined if nothing was. */
    draft(meterId) {
        return this.known.drafts[meterId];
    }

    keepDraft(meterId, draft) {
        this.keep({ drafts: { ...this.known.drafts, [meterId]: draft } });
    }

    /** Where in which round the agent is, null between two rounds. */
    get at() {
        return this.known.at;
    }

    keep(values) {
        Object.assign(this.known, values);
        browser.localStorage.setItem(this.place, JSON.stringify(this.known));
    }

    /** Call the server, or return its last answer if it cannot be reached. */
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

/** Have the service worker keep what this page needs to open again without the network (service_worker/round.js). */
export async function prepareToReload() {
    const worker = await browser.navigator.serviceWorker?.ready;
    const assets = performance.getEntriesByType("resource").map((resource) => resource.name);
    worker?.active.postMessage({
        action: "utility_round",
        assets: assets.filter((url) => new URL(url).pathname.startsWith("/web/assets/")),
    });
}
