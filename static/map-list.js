// The list beside the map: the works in view, or those inside the lasso.
//
// The server draws it, as it does where there are no scripts: this page, asked for some
// works by their numbers.

import { words } from "./words.js";

const AT_A_TIME = 24;

export class WorkList {
  /**
   * @param element the list with its title and button
   * @param told.work told which work is pointed at or has the focus; -1: none
   * @param told.outdated told that there is another map by now
   */
  constructor(element, told) {
    this.name = element.dataset.name;
    this.told = told;
    this.list = element.querySelector("[data-list]");
    this.title = element.querySelector("[data-list-title]");
    this.status = element.querySelector("[data-list-status]");
    this.more = element.querySelector("[data-more]");
    this.more.addEventListener("click", () => this.add(true));
    element.querySelector("nav")?.remove();
    const point = ({ target, relatedTarget, type }) => {
      const isOver = type === "mouseover" || type === "focusin";
      const entry = (isOver ? target : relatedTarget)?.closest?.("[data-work]");
      told.work(entry ? Number(entry.dataset.work) : -1);
    };
    for (const name of ["mouseover", "mouseout", "focusin", "focusout"]) {
      this.list.addEventListener(name, point);
    }
  }

  /** List some works, the first ones at once. */
  show(title, works) {
    this.title.textContent = title;
    const count = works.length.toLocaleString(document.documentElement.lang);
    this.status.textContent = words(works.length ? "works" : "none", { count });
    this.works = works;
    this.listed = 0;
    this.add(false);
  }

  async add(isMore) {
    const { works } = this;
    const next = works.slice(this.listed, this.listed + AT_A_TIME);
    this.list.setAttribute("aria-busy", "true");
    const entries = next.length ? await this.fetch(next) : [];
    if (works !== this.works) return; // something else is listed by now
    this.list.setAttribute("aria-busy", "false");
    if (!entries) return;
    if (isMore) this.list.append(...entries);
    else this.list.replaceChildren(...entries);
    this.listed += next.length;
    this.more.hidden = this.listed >= works.length;
    if (isMore) entries[0]?.querySelector("a").focus();
  }

  async fetch(works) {
    this.aborter?.abort();
    this.aborter = new AbortController();
    const address = new URL(location.href);
    address.searchParams.set("works", works.join("-"));
    try {
      const answer = await fetch(address, { signal: this.aborter.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("[data-name]");
      if (found && found.dataset.name !== this.name) this.told.outdated();
      return found ? [...found.querySelectorAll("[data-list] > li")] : null;
    } catch (error) {
      if (error.name !== "AbortError") this.status.textContent = words("failed");
      return null;
    }
  }
}
