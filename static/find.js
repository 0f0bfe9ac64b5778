// Suggestions as one types, and the number pad. Without it, the forms are plain ones.

const WAIT_MS = 150;
const LEAST = 2;

/** Let a field suggest: the editable combobox of the ARIA Authoring Practices Guide. */
function suggest(box) {
  const field = box.querySelector("input");
  const list = box.querySelector("[role=listbox]");
  const status = box.querySelector("[role=status]");
  const chosen = document.querySelector("[data-chosen]");
  let timer, asking, options = [], at = -1;

  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  const close = () => {
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (next) => {
    at = next;
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else {
      field.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  };
  const take = (place) => {
    const { accession, address } = options[place];
    if (accession && chosen) {
      chosen.elements.work.value = accession;
      chosen.submit();
    } else location.href = address;
  };
  const draw = ({ name, hint, picture }, place) => {
    const option = document.createElement("li");
    option.id = `find-suggestion-${place}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    if (picture) {
      const image = document.createElement("img");
      image.alt = "";
      image.src = picture;
      option.append(image);
    }
    const title = document.createElement("b");
    title.textContent = name;
    const more = document.createElement("small");
    more.textContent = hint;
    option.append(title, " ", more);
    // The field keeps the focus; what is pressed is taken when it is let go.
    option.addEventListener("mousedown", (event) => event.preventDefault());
    option.addEventListener("click", () => take(place));
    return option;
  };
  const ask = async () => {
    asking?.abort();
    const typed = field.value;
    if (typed.trim().length < LEAST) {
      status.textContent = "";
      return close();
    }
    asking = new AbortController();
    const address = new URL(box.dataset.combobox, location.href);
    address.searchParams.set("q", typed);
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      options = (await answer.json()).suggestions;
    } catch (fault) {
      if (fault.name === "AbortError") return;
      status.textContent = box.dataset.failed;
      return close();
    }
    list.replaceChildren(...options.map(draw));
    mark(-1);
    list.hidden = !options.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = options.length ? box.dataset.some.replace("{count}", options.length) : box.dataset.none;
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden) {
      if (event.key === "ArrowDown") ask();
      return;
    }
    const count = options.length;
    // From the field itself, which is -1, to the first or the last, and around.
    if (event.key === "ArrowDown") mark(at + 1 < count ? at + 1 : -1);
    else if (event.key === "ArrowUp") mark(at < 0 ? count - 1 : at - 1);
    else if (event.key === "Enter" && at >= 0) take(at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}

/** Let a pad of buttons write into the field before it, where the caret is. */
function press(pad) {
  const field = pad.closest("form").elements.number;
  const write = (text, from) => {
    field.setRangeText(text, from, field.selectionEnd, "end");
  };
  pad.addEventListener("click", ({ target }) => {
    const { key, letters, back } = target.dataset;
    const caret = field.selectionStart;
    if (key) write(key, caret);
    else if (back !== undefined) write("", caret === field.selectionEnd ? Math.max(0, caret - 1) : caret);
    else if (letters !== undefined) {
      field.inputMode = "text";
      field.focus();
    }
  });
  pad.hidden = false;
}

document.querySelectorAll("[data-combobox]").forEach(suggest);
document.querySelectorAll("[data-pad]").forEach(press);
