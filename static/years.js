// Two sliders for the years that works are looked for by, beside the fields for numbers.
// The fields stay what is sent; the sliders write into them, and follow them.

const years = document.querySelector("[data-first]");
const first = Number(years.dataset.first);
const last = Number(years.dataset.last);
const fields = ["from", "to"].map((name) => years.querySelector(`#${name}`));
const ends = [first, last];

// There is no year 0: the sliders count on from 1 B.C. to A.D. 1.
const place = (year) => (year < 0 ? year + 1 : year);
const yearAt = (at) => (at < 1 ? at - 1 : at);
const nameOf = (year) => (
  year < 0 ? years.dataset.beforeChrist.replace("{year}", -year) : String(year)
);

const track = document.createElement("div");
track.className = "track";
const sliders = fields.map((field, number) => {
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = place(first);
  slider.max = place(last);
  slider.setAttribute("aria-labelledby", `years ${field.id}-label`);
  slider.addEventListener("input", () => {
    // Neither slider passes the other.
    const other = Number(sliders[1 - number].value);
    const held = number === 0 ? Math.min(slider.value, other) : Math.max(slider.value, other);
    slider.value = held;
    const year = yearAt(held);
    field.value = year === ends[number] ? "" : year;
    show();
  });
  field.addEventListener("input", follow);
  return slider;
});

function follow() {
  fields.forEach((field, number) => {
    const year = field.value === "" ? ends[number] : Number(field.value);
    sliders[number].value = place(year);
  });
  show();
}

function show() {
  const [from, to] = sliders.map((slider) => Number(slider.value));
  const share = (at) => (at - place(first)) / Math.max(1, place(last) - place(first));
  track.style.setProperty("--from", share(from));
  track.style.setProperty("--to", share(to));
  sliders.forEach((slider) => slider.setAttribute("aria-valuetext", nameOf(yearAt(Number(slider.value)))));
  // Where both stand at the end, the one that can still move lies on top.
  sliders[0].style.zIndex = share(from) > 0.5 ? 1 : 0;
}

if (first < last) {
  track.append(...sliders);
  years.querySelector("legend").after(track);
  follow();
}
