// Sends many pictures, one at a time; what is there is not sent again.

import { NoNetworkError, send } from "./send.js";

const AT_A_TIME = 50; // files whose hashes are asked for together
const TRIES = 4;
const form = document.querySelector("[data-pictures]");
const words = form.dataset;
const bar = form.querySelector("[data-bar]");
const status = form.querySelector("[data-status]");
const received = document.querySelector("[data-received]");
const button = form.querySelector("button");
const folder = form.querySelector("[data-folder]");

// Only browsers that can choose a folder show the field.
folder.hidden = !("webkitdirectory" in HTMLInputElement.prototype);

function fields() {
  const sent = new FormData();
  sent.append("csrf_token", form.elements.csrf_token.value);
  return sent;
}

/** SHA-256 in hexadecimal; "" where the browser does not compute it (without https). */
async function hash(file) {
  if (!globalThis.crypto?.subtle) return "";
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Which of some files are there already. */
async function there(files) {
  const hashes = new Map();
  for (const file of files) hashes.set(file, await hash(file));
  const asked = fields();
  for (const one of hashes.values()) if (one) asked.append("sha256", one);
  if (!asked.has("sha256")) return new Set();
  const answer = await fetch(words.known, { method: "POST", body: asked, headers: { Accept: "application/json" } });
  const known = new Set(answer.ok ? (await answer.json()).known : []);
  return new Set(files.filter((file) => known.has(hashes.get(file))));
}

/** Send one picture, again after a while where the server or the network is busy. */
async function sendOne(file) {
  for (let turn = 0; turn < TRIES; turn += 1) {
    try {
      const sent = fields();
      sent.append("pictures", file, file.webkitRelativePath || file.name);
      const answer = await send(form.action, sent, () => {});
      if (answer.status === 200 && answer.body) return answer.body.pictures[0] ?? null;
      if (answer.status !== 429 && answer.status < 500) {
        return { name: file.name, is_used: false, sentence: answer.body?.error?.message ?? words.failed, address: "" };
      }
    } catch (error) {
      if (!(error instanceof NoNetworkError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000 * 3 ** turn));
  }
  return null;
}

function show({ name, is_used: isUsed, sentence, address }) {
  const item = document.createElement("li");
  const title = item.appendChild(document.createElement("p"));
  const what = address ? title.appendChild(document.createElement("a")) : title;
  if (address) what.href = address;
  what.textContent = name;
  const said = item.appendChild(document.createElement("p"));
  said.className = isUsed ? "hint" : "change";
  said.textContent = sentence;
  // What needs somebody stands first.
  if (isUsed) received.append(item);
  else received.prepend(item);
}

const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  if (!files.length) return;
  button.disabled = true;
  bar.hidden = false;
  bar.max = files.length;
  received.replaceChildren();
  let done = 0;
  let used = 0;
  for (let start = 0; start < files.length; start += AT_A_TIME) {
    const some = files.slice(start, start + AT_A_TIME);
    const known = await there(some).catch(() => new Set());
    for (const file of some) {
      const name = file.webkitRelativePath || file.name;
      const result = known.has(file)
        ? { name, is_used: true, sentence: words.there, address: "" }
        : (await sendOne(file)) ?? { name, is_used: false, sentence: words.failed, address: "" };
      show(result);
      done += 1;
      used += result.is_used ? 1 : 0;
      bar.value = done;
      status.textContent = fill(words.sent, { done, all: files.length });
    }
  }
  status.textContent = fill(words.over, { used, all: files.length });
  button.disabled = false;
});
