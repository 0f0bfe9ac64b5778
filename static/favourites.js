// Hearts beside works: pressed without leaving the page. Without this, the page comes
// back after each.

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("[data-favourites]") || !button) return;
  event.preventDefault();
  const fields = new FormData(form);
  fields.set(button.name, button.value);
  button.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, {
      method: "POST", body: fields, headers: { Accept: "application/json" },
    });
    const { is_kept: isKept, fault } = response.ok ? await response.json() : { fault: true };
    if (fault) {
      sendAsForm(form, button); // the server's own page says what is wrong
      return;
    }
    show(button.value, isKept);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    sendAsForm(form, button); // there is no network: the browser says so
  } finally {
    button.removeAttribute("aria-busy");
  }
});

/** Bring all hearts of a work up to date: it may be on the page twice. */
function show(work, isKept) {
  for (const heart of document.querySelectorAll("button.heart")) {
    if (heart.value !== work) continue;
    heart.setAttribute("aria-pressed", isKept);
    heart.name = isKept ? "drop" : "keep";
  }
}

function sendAsForm(form, button) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: button.name, value: button.value });
  form.append(field);
  form.submit();
}
