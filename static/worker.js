// The service worker: opens the shell and kept tours without a network, and sends
// waiting photos.
//
// KNOWN, which the server puts in front of this, names the version, the page and the
// files. Besides them there are tours, which pages keep (kept-tours.js), each with its
// pictures. Nothing else is ever kept: no answer, no photo, no page of anybody's. A
// request that is not for one of those files goes to the network as if there were no
// worker.

importScripts(KNOWN.store);

const SPACE = KNOWN.root === "/" ? "" : KNOWN.root; // see root.js
const SHELL = `${SPACE}shell-`; // what the names of the caches of the shell begin with
const CACHE = `${SHELL}${KNOWN.version}`;
const TOUR = `${SPACE}tour-`; // and of tours
const OF_TOURS = [`${KNOWN.root}media/works/`, `${KNOWN.root}assets/`];

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(clear().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => withoutNetwork(request)));
    return;
  }
  const { origin, pathname } = new URL(request.url);
  if (origin === self.location.origin && KNOWN.files.includes(pathname)) {
    event.respondWith(fromCache(pathname).then((kept) => kept ?? fetch(request)));
  } else if (origin === self.location.origin && OF_TOURS.some((one) => pathname.startsWith(one))) {
    event.respondWith(fetch(request).catch(() => fileWithoutNetwork(pathname)));
  }
});

self.addEventListener("sync", (event) => {
  if (event.tag === "send-waiting") event.waitUntil(sendAll());
});

async function fill() {
  const cache = await caches.open(CACHE);
  // Without cookies: what is kept must be nobody's page.
  const requests = [KNOWN.page, ...KNOWN.files].map(
    (address) => new Request(address, { credentials: "omit" }),
  );
  await cache.addAll(requests);
}

async function clear() {
  const names = await caches.keys();
  const old = names.filter((name) => name !== CACHE && name.startsWith(SHELL));
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function fromCache(address) {
  const cache = await caches.open(CACHE);
  return cache.match(address);
}

async function withoutNetwork(request) {
  return (await fromTours(new URL(request.url).pathname)) ?? fromCache(KNOWN.page);
}

async function fileWithoutNetwork(pathname) {
  return (await fromTours(pathname)) ?? Response.error();
}

async function fromTours(pathname) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(TOUR)) continue;
    const kept = await (await caches.open(name)).match(pathname, { ignoreVary: true });
    if (kept) return kept;
  }
  return undefined;
}

async function sendAll() {
  const isDone = await self.waitingPhotos.sendAll(KNOWN);
  // A failure makes the browser try again later.
  if (!isDone) throw new Error("some photos still wait");
}
