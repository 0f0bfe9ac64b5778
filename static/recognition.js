// Moves the figures with the sliders; the server computes the same without a script.

const form = document.querySelector("[data-cases]");
const cases = JSON.parse(form.dataset.cases);
const save = document.querySelector("[data-save]");
const language = document.documentElement.lang;
const percent = new Intl.NumberFormat(language, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
const sliders = { found: form.elements.found, uncertain: form.elements.uncertain };

function count(test) {
  return cases.reduce((sum, one) => sum + (test(...one) ? 1 : 0), 0);
}

function show(changed) {
  // "Found" needs at least as much as "perhaps": the other slider gives way.
  const other = changed === sliders.found ? sliders.uncertain : sliders.found;
  if (Number(sliders.uncertain.value) > Number(sliders.found.value)) other.value = changed.value;
  const found = Number(sliders.found.value);
  const uncertain = Number(sliders.uncertain.value);
  const named = count((p) => p >= found);
  const right = count((p, isRight) => p >= found && isRight);
  const ours = count((p, isRight, isOurs) => isOurs);
  const shares = {
    precision: [right, named],
    recall: [right, ours],
    false_accepts: [count((p, isRight, isOurs) => p >= found && !isOurs), cases.length - ours],
    unanswered: [count((p) => p < uncertain), cases.length],
  };
  for (const [name, [part, whole]] of Object.entries(shares)) {
    document.querySelector(`[data-share="${name}"]`).textContent = whole ? percent.format(part / whole) : "–";
  }
  for (const [name, slider] of Object.entries(sliders)) {
    save.elements[name].value = slider.value;
    for (const spot of document.querySelectorAll(`[data-value="${name}"]`)) {
      spot.textContent = Number(slider.value).toFixed(3);
    }
  }
}

for (const slider of Object.values(sliders)) slider.addEventListener("input", () => show(slider));
form.querySelector("button").hidden = true;
