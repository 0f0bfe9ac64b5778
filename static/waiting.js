// The list of photos that wait for a network, on the page.

import "./waiting-store.js";
import { words } from "./words.js";

const store = self.waitingPhotos;
const SYNC = "send-waiting";
// Browsers do not always notice that a network is back, so while photos wait it is tried
// by and by, less and less often. A try that fails costs next to nothing: first a token
// is asked for.
const FIRST_TRY_MS = 5_000;
const LONGEST_TRY_MS = 120_000;

export class Waiting {
  /** @param section the list's section; @param addresses where to send, and get a token */
  constructor(section, addresses) {
    this.section = section;
    this.addresses = addresses;
    this.list = section.querySelector("[data-waiting-list]");
    this.status = section.querySelector("[data-waiting-status]");
    this.sender = section.querySelector("[data-send-now]");
    this.template = section.querySelector("[data-waiting-item]");
    this.shown = new Map();
    this.sender.addEventListener("click", () => this.send());
    store.channel.addEventListener("message", () => this.show());
    this.pause = FIRST_TRY_MS;
    window.addEventListener("online", () => this.sendSoon());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.sendSoon();
    });
  }

  /** Show what there is, and try to send it. */
  async start() {
    await this.show();
    await this.send();
  }

  /** Keep a photo until there is a network. */
  async keep(photo, fields) {
    await store.add(photo, fields);
    await this.show();
    this.pause = FIRST_TRY_MS;
    this.timer = setTimeout(() => this.send(), this.pause);
    // Where the browser can, it sends even after this page is closed.
    const registration = await navigator.serviceWorker?.getRegistration();
    await registration?.sync?.register(SYNC).catch(() => {}); // not allowed: the page does
  }

  /** Try now, and often again, as there is reason to believe in a network. */
  sendSoon() {
    this.pause = FIRST_TRY_MS;
    return this.send();
  }

  async send() {
    clearTimeout(this.timer);
    await store.sendAll(this.addresses);
    await this.show();
    if (this.sender.hidden) { // nothing waits
      this.pause = FIRST_TRY_MS;
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_TRY_MS);
  }

  async show() {
    const items = await store.all();
    for (const image of this.list.querySelectorAll("img[src]")) URL.revokeObjectURL(image.src);
    this.list.replaceChildren(...items.map((item) => this.row(item)));
    this.section.hidden = items.length === 0;
    this.sender.hidden = !items.some((item) => item.state === "waiting");
    for (const { id, state, message } of items) {
      const isNews = this.shown.has(id) && this.shown.get(id) !== state;
      if (isNews) this.status.textContent = message ?? words(state);
      this.shown.set(id, state);
    }
  }

  row(item) {
    const row = this.template.content.firstElementChild.cloneNode(true);
    const [image, time, state, link, remove] = ["img", "time", ".state", "a", "button"]
      .map((selector) => row.querySelector(selector));
    const taken = new Date(item.taken);
    time.dateTime = taken.toISOString();
    time.textContent = taken.toLocaleString(document.documentElement.lang, {
      dateStyle: "medium", timeStyle: "short",
    });
    state.textContent = words(item.state) + (item.message ? `: ${item.message}` : "");
    if (item.photo) {
      image.addEventListener("load", () => { image.hidden = false; });
      image.src = URL.createObjectURL(item.photo);
    }
    if (item.answer) {
      link.href = item.answer;
      link.hidden = false;
    }
    remove.addEventListener("click", async () => {
      await store.remove(item.id);
      await this.show();
    });
    return row;
  }
}
