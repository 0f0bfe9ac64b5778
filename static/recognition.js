// Shows what thresholds mean while a slider moves, as the server computes it.

const PAUSE_MS = 150;
const form = document.querySelector("[data-try]");
const sliders = { found: form.elements.found, uncertain: form.elements.uncertain };
let waiting = 0;
let asking = new AbortController();

async function ask() {
  asking.abort();
  asking = new AbortController();
  const address = new URL(form.action);
  address.search = new URLSearchParams(new FormData(form));
  let page;
  try {
    const answer = await fetch(address, { signal: asking.signal });
    if (!answer.ok) return;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // another position is asked for, or the server is being started again
  }
  for (const spot of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${spot.dataset.live}"]`);
    if (fresh) spot.replaceChildren(...fresh.childNodes);
  }
}

function show(changed) {
  // "Found" needs at least as much as "perhaps": the other slider gives way.
  const other = changed === sliders.found ? sliders.uncertain : sliders.found;
  if (Number(sliders.uncertain.value) > Number(sliders.found.value)) other.value = changed.value;
  for (const [name, slider] of Object.entries(sliders)) {
    form.querySelector(`[data-value="${name}"]`).textContent = Number(slider.value).toFixed(3);
  }
  // What could be set is what was shown: until the server has said what it means, nothing.
  const set = document.querySelector("[data-live=setting] button");
  if (set) set.disabled = true;
  clearTimeout(waiting);
  waiting = setTimeout(ask, PAUSE_MS);
}

for (const slider of Object.values(sliders)) slider.addEventListener("input", () => show(slider));
form.querySelector("button").hidden = true;
