// What makes an answer livelier. Without it, pictures to compare lie side by side, and
// the link is copied by hand.

for (const figure of document.querySelectorAll("[data-comparison]")) {
  const stage = figure.querySelector(".stage");
  const slider = stage.querySelector("input");
  const words = slider.dataset.valuetext;
  const show = () => {
    stage.style.setProperty("--share", slider.value / 100);
    slider.setAttribute("aria-valuetext", words.replace("{share}", slider.value));
  };
  slider.addEventListener("input", show);
  slider.hidden = false;
  stage.classList.add("sliding");
  show();
}

const link = document.querySelector("[data-link]");
if (link) {
  const field = link.querySelector("input");
  // The address that this browser reached us by works for others as well.
  field.value = new URL(link.dataset.link, location.href).href;
  field.addEventListener("focus", () => field.select());
  const copied = document.querySelector("[data-copied]");
  const copy = link.querySelector("[data-copy]");
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    copied.textContent = copy.dataset.done;
  });
  const send = link.querySelector("[data-send]");
  send.hidden = !navigator.share;
  send.addEventListener("click", () => {
    // Turned down by the visitor: nothing to be done.
    navigator.share({ title: document.title, url: field.value }).catch(() => {});
  });
}

// A page that was led to is read from its heading on, not from the site's links; one
// that was led back to, from the part that changed.
const place = location.hash
  ? document.querySelector(`section[id="${CSS.escape(location.hash.slice(1))}"]`)
  : document.querySelector("[data-heading]");
place?.focus({ preventScroll: !location.hash });
