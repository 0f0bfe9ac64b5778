// Points out a work in all columns while the mouse or the keyboard is on it in one.

const table = document.querySelector("[data-methods]");

function point(event) {
  const isOver = event.type === "mouseover" || event.type === "focusin";
  const found = (isOver ? event.target : event.relatedTarget)?.closest?.("[data-same]");
  const work = found?.dataset.same;
  for (const other of table.querySelectorAll("[data-same]")) {
    other.classList.toggle("same", other.dataset.same === work);
  }
}

for (const name of ["mouseover", "mouseout", "focusin", "focusout"]) {
  table.addEventListener(name, point);
}
