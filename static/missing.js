// A small picture that does not come leaves no hole: the title of its work stands there.

const TITLE = "cite, h2, h3, figcaption";

function replace(image) {
  const frame = image.closest(".hung");
  if (!frame || image.hidden) return;
  const title = frame.parentElement.querySelector(TITLE)?.textContent.trim();
  const stand = document.createElement("span");
  stand.className = "no-picture";
  // Whoever hears the page is told the title anyway.
  stand.setAttribute("aria-hidden", "true");
  stand.textContent = title ?? "";
  image.replaceWith(stand);
}

// Errors do not bubble; those from before this script ran are seen by their outcome.
document.addEventListener("error", ({ target }) => {
  if (target instanceof HTMLImageElement) replace(target);
}, true);
for (const image of document.querySelectorAll(".hung img")) {
  if (image.complete && image.currentSrc && image.naturalWidth === 0) replace(image);
}
