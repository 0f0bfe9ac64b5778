// A tour stop by stop: one at a time, with its progress kept in this browser. Without
// this, all stops stand below each other.

import { keep } from "./kept-tours.js";
import { ROOT, SPACE } from "./root.js";

const tour = document.querySelector("[data-tour]");
const sections = [...tour.querySelectorAll(":scope > section")];
const stops = sections.filter((section) => section.matches(".stop"));
const begin = tour.querySelector("[data-begin]");
const NAME = `${SPACE}tour-progress-${tour.dataset.tour}`;

/** Return what was seen: the works' numbers, and the last of them. */
function progress() {
  try {
    return JSON.parse(localStorage.getItem(NAME)) ?? { seen: [], last: null };
  } catch {
    return { seen: [], last: null }; // a browser that keeps nothing, or not ours
  }
}

function note(work) {
  const seen = [...new Set([...progress().seen, work])];
  try {
    localStorage.setItem(NAME, JSON.stringify({ seen, last: work }));
  } catch {
    // A browser that keeps nothing: the tour goes on without.
  }
}

function mark() {
  const { seen, last } = progress();
  for (const link of tour.querySelectorAll(".stops a[data-work]")) {
    const item = link.parentElement;
    item.querySelector(".mark")?.remove();
    if (!seen.includes(link.dataset.work)) continue;
    const sign = document.createElement("span");
    sign.className = "mark";
    sign.textContent = ` ✓ ${tour.dataset.seen}`;
    item.append(sign);
  }
  const at = stops.findIndex((stop) => stop.dataset.work === last);
  if (!begin || at < 0) return;
  begin.href = `#${stops[at].id}`;
  begin.textContent = tour.dataset.goOn.replace("{number}", at + 1);
}

function show({ isMoved }) {
  const id = location.hash.slice(1);
  const current = sections.find((section) => section.id === id) ?? sections[0];
  for (const section of sections) section.classList.toggle("current", section === current);
  if (stops.includes(current)) note(current.dataset.work);
  mark();
  if (!isMoved) return;
  current.focus({ preventScroll: true });
  current.scrollIntoView({ block: "start" });
}

tour.classList.add("stepping");
addEventListener("hashchange", () => show({ isMoved: true }));
show({ isMoved: location.hash !== "" });

const status = tour.querySelector("[data-kept]");
if (status && !navigator.connection?.saveData) {
  navigator.serviceWorker?.register(`${ROOT}worker.js`);
  keep(JSON.parse(tour.dataset.keeping)).then(
    (isKept) => { if (isKept) status.textContent = status.dataset.done; },
    () => { status.textContent = status.dataset.failed; },
  );
}
