// @odoo-module ignore

/* eslint-disable no-restricted-globals, no-undef */
// Put before Odoo's own service worker, in the same script (controllers/service_worker.py).
//
// Odoo's worker serves the web client without the network as long as it has the session's information in memory, which
// it loses as soon as the browser stops it: in a cellar, F5 or a dropped tab ends on "You are offline". The information,
// and the scripts of the page, are therefore kept on a device on which a round is walked, until midnight or log out.
const roundCache = "utility-round";
const sessionKey = "/odoo/utility-round/session";
const midnight = () => new Date().setHours(24, 0, 0, 0);

/** Keep what the page needs to open without the network. */
const prepareRound = async (assets) => {
    if (!sessionInfo?.length) {
        await storeDataOnCache(homepageURL, await fetch(homepageURL));
    }
    const cache = await caches.open(roundCache);
    const headers = { "x-until": String(midnight()) };
    await cache.put(sessionKey, new Response(sessionInfo, { headers }));
    const known = new Set((await cache.keys()).map((request) => request.url));
    await Promise.all(assets.filter((url) => !known.has(url)).map((url) => cache.add(url)));
};

/** Take the session's information again after the browser stopped the worker. */
const recallSession = async () => {
    if (sessionInfo?.length) {
        return;
    }
    const kept = await caches.match(sessionKey, { cacheName: roundCache });
    if (kept && Number(kept.headers.get("x-until")) > Date.now()) {
        sessionInfo = await kept.text();
    } else if (kept) {
        await caches.delete(roundCache);
    }
};

const isRound = (url) => url.origin === self.location.origin && /^\/odoo\b/.test(url.pathname);

self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== "GET") {
        return;
    }
    if (request.mode === "navigate" && isRound(url)) {
        event.stopImmediatePropagation(); // Odoo's listener would answer, too
        event.respondWith(recallSession().then(() => navigateOrDisplayOfflinePage(request)));
    } else if (url.pathname.startsWith("/web/assets/")) {
        // their addresses hold a digest of their contents
        event.stopImmediatePropagation();
        event.respondWith(caches.match(request, { cacheName: roundCache }).then((kept) => kept || fetch(request)));
    }
});

self.addEventListener("message", (event) => {
    if (event.data === "user_logout") {
        event.waitUntil(caches.delete(roundCache));
    } else if (event.data?.action === "utility_round") {
        event.waitUntil(prepareRound(event.data.assets));
    }
});
