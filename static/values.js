// Values that works have already, suggested as one types. Without it, fields are plain.

const WAIT_MS = 150;

/** Let a field suggest what the address of its values knows, in the browser's own list. */
function suggest(field) {
  const list = document.createElement("datalist");
  list.id = `${field.id}-values`;
  field.after(list);
  field.setAttribute("list", list.id);
  let timer, asking, last = null;
  const ask = async () => {
    const address = field.dataset.values;
    const typed = field.value.trim();
    const asked = `${address}?${typed}`;
    if (!address || asked === last) return;
    last = asked;
    asking?.abort();
    asking = new AbortController();
    const where = new URL(address, location.href);
    where.searchParams.set("q", typed);
    try {
      const answer = await fetch(where, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return; // nothing is suggested, and the field is a plain one
      const { values } = await answer.json();
      list.replaceChildren(...values.map((value) => new Option("", value)));
    } catch (fault) {
      if (fault.name !== "AbortError") last = null; // the next letter asks again
    }
  };
  field.addEventListener("focus", ask);
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  return list;
}

for (const field of document.querySelectorAll("input[data-values]")) suggest(field);

// One value for many works: which field it is of, is chosen beside it.
const chooser = document.querySelector("select[data-values-of]");
if (chooser) {
  const field = document.getElementById(chooser.dataset.valuesOf);
  const line = document.createElement("input");
  const sync = () => {
    const address = chooser.selectedOptions[0].dataset.values ?? "";
    // A field of one line for values of one line; a text may have several.
    const [there, next] = address ? [field, line] : [line, field];
    if (there.isConnected) {
      next.value = there.value;
      there.replaceWith(next);
    }
    line.dataset.values = address;
  };
  for (const name of ["id", "name"]) line.setAttribute(name, field.getAttribute(name));
  line.autocomplete = "off";
  chooser.addEventListener("change", sync);
  sync();
  const list = suggest(line);
  document.body.append(list);
}
