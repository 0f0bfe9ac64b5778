// Makes choosing a photo nicer. Everything works without it: the form is plain HTML.

const form = document.querySelector("[data-ask]");
const frame = form.querySelector("[data-frame]");
const input = form.elements.photo;
const button = form.querySelector("[type=submit]");
const status = form.querySelector("[data-status]");
const words = button.textContent;

const preview = new Image();
preview.className = "preview";
preview.alt = "The photo you chose";
preview.hidden = true;
frame.append(preview);

// A picture that this browser cannot show (HEIC, TIFF) is sent all the same.
preview.addEventListener("error", () => { preview.hidden = true; });
preview.addEventListener("load", () => { preview.hidden = false; });

function chosen() {
  URL.revokeObjectURL(preview.src);
  preview.hidden = true;
  const [file] = input.files;
  frame.classList.toggle("filled", Boolean(file));
  if (!file) return;
  preview.src = URL.createObjectURL(file);
  status.textContent = `Photo chosen. Now press “${words}”.`;
  button.focus();
}

function take(files) {
  const pictures = [...files].filter((file) => /^image\/|^$/.test(file.type));
  if (pictures.length === 0) {
    status.textContent = "That is not a picture.";
    return;
  }
  const transfer = new DataTransfer();
  transfer.items.add(pictures[0]);
  input.files = transfer.files;
  chosen();
}

function rest() {
  form.classList.remove("looking");
  button.disabled = false;
  button.textContent = words;
  status.textContent = "";
}

input.addEventListener("change", chosen);

for (const type of ["dragenter", "dragover"]) {
  frame.addEventListener(type, (event) => {
    event.preventDefault();
    frame.classList.add("over");
  });
}
for (const type of ["dragleave", "drop"]) {
  frame.addEventListener(type, () => frame.classList.remove("over"));
}
frame.addEventListener("drop", (event) => {
  event.preventDefault();
  take(event.dataTransfer.files);
});
document.addEventListener("paste", (event) => {
  if (event.clipboardData.files.length > 0) take(event.clipboardData.files);
});

// Some phones offer only the gallery for a file field; a second button asks for the
// camera outright. Machines with a mouse have no camera worth pointing at a wall.
if (window.matchMedia("(pointer: coarse)").matches) {
  const camera = document.createElement("button");
  camera.type = "button";
  camera.className = "camera";
  camera.textContent = "Take a photo";
  camera.addEventListener("click", () => {
    input.setAttribute("capture", "environment");
    input.click();
    input.removeAttribute("capture");
  });
  input.before(camera);
}

form.addEventListener("submit", () => {
  form.classList.add("looking");
  button.disabled = true;
  button.textContent = "Looking…";
  status.textContent = "Looking through the collection…";
});

// Coming back by the browser's button shows the page as it was left: still looking.
window.addEventListener("pageshow", (event) => { if (event.persisted) rest(); });
