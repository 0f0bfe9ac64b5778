// Keeps a task's page up to date until the task is over.

const EVERY_MS = 1500;
const page = document.querySelector("[data-address]");
const bar = page.querySelector("progress");
const spots = ["words", "place", "step", "done", "total", "pace", "fault"];
const shown = page.querySelector("[data-words]").textContent;

async function look() {
  let facts;
  try {
    const answer = await fetch(page.dataset.address, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    facts = await answer.json();
  } catch {
    return; // the server is being started again; ask later
  }
  for (const name of spots) {
    const spot = page.querySelector(`[data-${name}]`);
    const text = String(facts[name]);
    // Only what is new is said aloud.
    if (spot.textContent !== text) spot.textContent = text;
  }
  page.querySelector("[data-fault]").hidden = !facts.fault;
  page.querySelector("[data-place]").hidden = !facts.place;
  if (facts.total) {
    page.querySelector("[data-count]").hidden = false;
    bar.max = facts.total;
    bar.value = facts.done;
  }
  // Which buttons make sense depends on the state: the server draws them.
  if (facts.words !== shown) location.reload();
}

setInterval(look, EVERY_MS);
