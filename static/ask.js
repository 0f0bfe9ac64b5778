// Asking about a photo: choose, drop, paste or take it, edit it, send it.
//
// Everything works without this: the form is plain HTML.

import { Editor } from "./editor.js";
import { ROOT } from "./root.js";
import { NoNetworkError, send } from "./send.js";
import { Waiting } from "./waiting.js";
import { words } from "./words.js";

const form = document.querySelector("[data-ask]");
const find = (name) => form.querySelector(`[data-${name}]`);
const frame = find("frame");
const fault = find("fault");
const progress = find("progress");
const status = find("status");
const camera = find("camera");
const input = form.elements.photo;
const link = form.elements.link;
const button = form.querySelector("[type=submit]");
const choose = find("choose");
const choice = choose.textContent;
const label = button.textContent;
const addresses = { queries: form.action, token: form.dataset.token };
// A page that was opened without a network has no token, and a stale one may be refused.
let token = form.elements.csrf_token?.value;
let photo = null;
// Nothing of a visitor stays on a kiosk, not even a photo that waits for the network.
const isKiosk = document.documentElement.classList.contains("kiosk");

const say = (sentence) => { status.textContent = sentence; };
// The numbers of a crop box: who sees it need not read them.
const tell = (sentence) => { find("spoken").textContent = sentence; };

const editor = new Editor(find("editor"), { say, tell, findFrame });
const waiting = new Waiting(document.querySelector("[data-waiting]"), addresses);

function complain(sentence) {
  rest();
  fault.hidden = false;
  fault.textContent = sentence;
}

function rest() {
  form.classList.remove("looking");
  button.disabled = false;
  button.textContent = label;
  progress.hidden = true;
  fault.hidden = true;
  fault.textContent = "";
  say("");
}

async function take(file) {
  rest();
  photo = file ?? null;
  frame.classList.toggle("filled", Boolean(photo));
  choose.textContent = photo ? words("choose_another") : choice;
  if (!photo) {
    editor.close();
    return;
  }
  say(words("chosen"));
  button.focus({ preventScroll: true });
  if (!(await editor.load(photo))) say(words("not_shown"));
  // On a phone the photo, what can be done to it and the button just fit.
  if (frame.getBoundingClientRect().bottom > window.innerHeight) {
    frame.scrollIntoView({ block: "start" });
  }
}

const isVideo = ({ type }) => type.startsWith("video/");

function takeFirst(files) {
  const file = [...files].find(({ type }) => /^image\/|^$/.test(type));
  if (!file) {
    complain(words(isVideo(files[0]) ? "video" : "not_a_picture"));
    return;
  }
  // So that the file field names what was dropped or pasted.
  const transfer = new DataTransfer();
  transfer.items.add(file);
  input.files = transfer.files;
  take(file);
}

function takeLink(text) {
  if (!link || !/^https?:\/\/\S+$/i.test(text)) return false;
  link.closest("details").open = true;
  link.value = text;
  button.focus({ preventScroll: true });
  return true;
}

async function freshToken() {
  const response = await fetch(addresses.token, { cache: "no-store" });
  token = (await response.json()).csrf_token;
}

/** Post fields with a token that is accepted. */
async function post(address, values, told) {
  if (!token) await freshToken();
  const fields = () => {
    const data = new FormData();
    data.set("csrf_token", token);
    for (const [name, value] of Object.entries(values)) {
      if (value instanceof Blob) data.set(name, value, value.name ?? "photo.jpg");
      else data.set(name, value);
    }
    return data;
  };
  const result = await send(address, fields(), told);
  if (result.body?.error?.code !== "form_expired") return result;
  await freshToken();
  return send(address, fields(), told);
}

async function findFrame(small) {
  try {
    const { body } = await post(form.dataset.frames, { photo: small }, () => {});
    return body?.crop ?? null;
  } catch {
    return null; // without a network no frame is found either
  }
}

/** Return what the form asks: the photo as it is to be sent, with what is left to do. */
async function question() {
  if (!photo) return { link: link.value.trim() };
  if (!editor.picture) return { photo, turn: "", crop: "" };
  const drawn = await editor.render(Number(form.dataset.side));
  return drawn ? { photo: drawn, turn: "", crop: "" } : { photo, ...editor.fields };
}

function look() {
  form.classList.add("looking");
  progress.hidden = true;
  button.textContent = words("looking_short");
  say(words(photo ? "looking" : "fetching"));
}

function told(share) {
  progress.hidden = share === 1 || !photo;
  progress.value = share * 100;
  if (share === 1) look();
}

async function keep(asked) {
  try {
    await waiting.keep(asked.photo, asked);
  } catch {
    complain(words("not_kept"));
    return;
  }
  input.value = "";
  await take(null);
  say(words("kept"));
}

/** Show an answer that could not be stored, and so has no address to go to. */
function show(page) {
  document.open();
  document.write(page);
  document.close();
}

async function ask() {
  const asked = await question();
  try {
    const { status: code, body, page } = await post(addresses.queries, asked, told);
    if (body?.answer) {
      location.assign(body.answer);
    } else if (code === 200) {
      show(page);
    } else {
      complain(body?.error?.message ?? words("failed"));
    }
  } catch (error) {
    const isOffline = error instanceof NoNetworkError || error instanceof TypeError;
    if (!isOffline) throw error;
    if (asked.photo && !isKiosk) await keep(asked);
    else complain(words(asked.photo ? "failed" : "link_needs_network"));
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (button.disabled) return;
  rest();
  if (!photo && !link?.value.trim()) {
    complain(words("nothing_chosen"));
    choose.focus();
    return;
  }
  button.disabled = true;
  say(words(photo ? "sending" : "fetching"));
  ask();
});

input.addEventListener("change", () => {
  const [file] = input.files;
  if (file && isVideo(file)) {
    input.value = "";
    take(null);
    complain(words("video"));
  } else take(file);
});

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
  const { files } = event.dataTransfer;
  if (files.length > 0) takeFirst(files);
  else if (!takeLink(event.dataTransfer.getData("text/uri-list"))) {
    complain(words("not_a_picture"));
  }
});
document.addEventListener("paste", (event) => {
  const { files } = event.clipboardData;
  if (files.length > 0) takeFirst(files);
  else if (event.target !== link && takeLink(event.clipboardData.getData("text").trim())) {
    event.preventDefault();
  }
});

// Some phones offer only the gallery for a file field; a second button asks for the
// camera outright. Machines with a mouse have no camera worth pointing at a wall.
if (window.matchMedia("(pointer: coarse)").matches) {
  camera.hidden = false;
  camera.addEventListener("click", () => {
    input.setAttribute("capture", "environment");
    input.click();
    input.removeAttribute("capture");
  });
}

// Coming back by the browser's button shows the page as it was left: still looking.
window.addEventListener("pageshow", (event) => { if (event.persisted) rest(); });

// Browsers label a file field in their own language, whatever the page's is.
choose.hidden = false;
choose.addEventListener("click", () => input.click());
input.hidden = true;
find("scripted").hidden = false;
waiting.start();
if (!isKiosk) navigator.serviceWorker?.register(`${ROOT}worker.js`);
