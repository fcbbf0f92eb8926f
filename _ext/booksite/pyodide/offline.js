// A service worker, registered once Python runs in a page: that page works again without a network. It keeps what the page
// names, and gives it out only where the network gives nothing, so nothing is shown stale.
"use strict";
const STORE = "python";
const FIXED = /\/python\/[0-9a-f]{16}\//; // such an address has the digest of its content

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keep(addresses) {
  const store = await caches.open(STORE);
  for (const { url } of await store.keys()) {
    if (FIXED.test(url) && !addresses.includes(url)) await store.delete(url); // of an older book
  }
  await Promise.all(addresses.map(async (url) => FIXED.test(url) && (await store.match(url)) ? undefined : store.add(url)));
}

self.addEventListener("message", (event) => {
  event.waitUntil(keep(event.data.keep).then(() => event.source.postMessage({ kept: true })));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  // A browser keeps the machine code of WebAssembly that it fetched itself.
  if (navigator.onLine && request.url.endsWith(".wasm")) return;
  event.respondWith(fetch(request).catch(async () =>
    (await caches.match(request, { ignoreSearch: true })) ?? Response.error()));
});
