// A kiosk: when nobody has touched it for a while, it asks, and then starts again.
//
// Without this the button on every page does the same.

const ASKED_SECONDS = 20;
// The first page is loaded anew now and then, so that its form is never too old.
const FRESH_SECONDS = 600;
const TOUCHED = ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "input"];

const form = document.querySelector("[data-anew]");
const dialog = document.querySelector("[data-still]");
const isFirst = location.pathname === new URL(document.querySelector(".wordmark").href).pathname;
let touchedAt = Date.now();
// Also where the last visitor only chose a language, say, and left.
let isUsed = "used" in form.dataset;

function start() {
  try {
    localStorage.clear();
    sessionStorage.clear();
  } catch {
    // There is nothing where the browser keeps nothing.
  }
  form.submit();
}

function look() {
  const idle = (Date.now() - touchedAt) / 1000;
  if (isFirst && !isUsed) {
    if (idle >= FRESH_SECONDS) location.reload();
    return;
  }
  const seconds = Number(form.dataset.seconds);
  if (idle >= seconds + ASKED_SECONDS) start();
  else if (idle >= seconds && !dialog.open) dialog.showModal();
}

for (const type of TOUCHED) {
  addEventListener(type, () => {
    // The question is answered by its button: a sleeve that brushes by is no answer.
    if (dialog.open) return;
    isUsed ||= type !== "pointermove";
    touchedAt = Date.now();
  }, { capture: true, passive: true });
}
dialog.addEventListener("close", () => { touchedAt = Date.now(); });

// Other sites are no way out of a kiosk, whoever wrote the link.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (link && (link.origin !== location.origin || link.hasAttribute("download"))) event.preventDefault();
}, { capture: true });

// What was on the page before is nobody's business, also by the browser's button.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

setInterval(look, 1000);
