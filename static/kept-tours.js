// Tours that this browser keeps: each in a cache of its own, whole or not at all. The
// service worker opens them without a network (see worker.js).

import { ROOT, SPACE } from "./root.js";

const PREFIX = `${SPACE}tour-`;
const FACTS = `${ROOT}tours/facts`; // what is known of a tour, in its cache
const MOST = 5;

/** Keep a tour as it is now; return whether this browser can. */
export async function keep(tour) {
  if (!("caches" in window)) return false;
  const name = `${PREFIX}${tour.id}-${tour.version}`;
  const known = await factsIn(name);
  if (known?.page !== tour.page) await fill(name, tour);
  const others = (await names()).filter((one) => idOf(one) === tour.id && one !== name);
  await Promise.all(others.map((one) => caches.delete(one)));
  await dropOldest();
  return true;
}

async function fill(name, tour) {
  await caches.delete(name);
  const cache = await caches.open(name);
  try {
    // Without cookies: what is kept must be nobody's page.
    const page = await fetch(tour.page, { credentials: "omit", cache: "no-store" });
    if (!page.ok) throw new TypeError(`the tour's page cannot be had: ${page.status}`);
    await cache.addAll(tour.files);
    await cache.put(tour.address, page);
    // Last, so that what is not whole does not pass for it.
    await cache.put(FACTS, Response.json({ ...tour, files: undefined, kept: Date.now() }));
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
}

/** Drop tours that are not published any more, and bring changed ones up to date. */
async function tidy() {
  const kept = await names();
  if (!kept.length) return;
  const response = await fetch(`${ROOT}tours/versions`, { cache: "no-store" });
  if (!response.ok) return;
  const { versions } = await response.json();
  for (const name of kept) {
    const id = idOf(name);
    if (!(id in versions)) {
      await caches.delete(name);
    } else if (name !== `${PREFIX}${id}-${versions[id]}`) {
      const fresh = await fetch(`${ROOT}tours/${id}/keeping`, { cache: "no-store" });
      if (fresh.ok) await keep(await fresh.json());
    }
  }
}

async function names() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX));
}

function idOf(name) {
  return Number(name.slice(PREFIX.length).split("-")[0]);
}

async function factsIn(name) {
  if (!(await caches.has(name))) return undefined;
  const facts = await (await caches.open(name)).match(FACTS);
  return facts?.json();
}

async function dropOldest() {
  const all = await Promise.all((await names()).map(async (name) => [name, await factsIn(name)]));
  all.sort(([, one], [, other]) => (other?.kept ?? 0) - (one?.kept ?? 0));
  await Promise.all(all.slice(MOST).map(([name]) => caches.delete(name)));
}

/** Show the tours that open without a network, on the page that is shown then. */
async function list(place) {
  const all = await Promise.all((await names()).map(factsIn));
  const items = all.filter(Boolean).map((tour) => {
    const link = document.createElement("a");
    Object.assign(link, { href: tour.address, textContent: tour.title, lang: tour.language });
    const item = document.createElement("li");
    item.append(link);
    return item;
  });
  place.querySelector("ul").replaceChildren(...items);
  place.hidden = !items.length;
}

if ("caches" in window) {
  const place = document.querySelector("[data-kept-tours]");
  if (place) {
    await list(place);
  } else {
    // Without a network there is nothing to tidy by; the next page tries again.
    tidy().catch(() => {});
  }
}
