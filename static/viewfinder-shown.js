// What the viewfinder found: laid over the picture, and as a list below.

import { words } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
// Of the picture's width: the label of one work, and of one of several, is cut nearer to
// the edge.
const RIM = 0.34;
const RIM_OF_SEVERAL = 0.22;
const LOWEST = 0.7; // of a work below which its label finds room under it
const MOST = 30;

export class Shown {
  /** @param root the viewfinder's element; @param keep takes a seen work, keeps its frame */
  constructor(root, keep) {
    const find = (name) => root.querySelector(`[data-${name}]`);
    this.outlines = find("outlines");
    this.tags = find("tags");
    this.section = find("seen");
    this.list = find("list");
    this.template = find("item");
    this.mayKeep = Boolean(root.dataset.kept);
    this.keep = keep;
    this.seen = new Map();
    this.present = "";
  }

  /** Lay labels over the picture. */
  lay(works) {
    this.outlines.replaceChildren();
    this.tags.replaceChildren();
    works.forEach((work, place) => {
      if (work.place) this.outlines.append(this.outline(work));
      this.tags.append(this.tag(work, works.length > 1 ? `${place + 1} ` : ""));
    });
    this.tags.classList.toggle("several", works.length > 1);
    this.present = works.map(({ accession }) => accession).join("\n");
  }

  clear() {
    if (this.present) this.lay([]);
  }

  /** Take works into the list; return whether others are seen than before. */
  take(works, frame) {
    const isNews = works.map(({ accession }) => accession).join("\n") !== this.last;
    this.last = works.map(({ accession }) => accession).join("\n");
    for (const work of works) {
      const known = this.seen.get(work.accession);
      if (known) {
        known.frame = frame;
        continue;
      }
      const seen = { work, frame };
      seen.row = this.row(seen);
      this.seen.set(work.accession, seen);
      this.list.prepend(seen.row);
    }
    while (this.seen.size > MOST) {
      const [oldest, { row }] = this.seen.entries().next().value;
      row.remove();
      this.seen.delete(oldest);
    }
    this.section.hidden = false;
    return isNews;
  }

  /** Show that a frame is kept, and where. */
  showKept({ row }, address) {
    row.querySelector("[data-keep]").hidden = true;
    row.querySelector("[data-answer]").hidden = true;
    const link = row.querySelector("[data-kept-answer]");
    link.href = address;
    link.hidden = false;
    return link;
  }

  outline({ address, place }) {
    const link = document.createElementNS(SVG, "a");
    link.setAttribute("href", address);
    link.setAttribute("tabindex", "-1");
    for (const name of ["casing", "line"]) {
      const polygon = document.createElementNS(SVG, "polygon");
      polygon.setAttribute("class", name);
      polygon.setAttribute("points", place.map((corner) => corner.join()).join(" "));
      link.append(polygon);
    }
    return link;
  }

  tag({ address, title, by, where, place }, number) {
    const tag = document.createElement("a");
    tag.className = "tag";
    tag.href = address;
    const name = tag.appendChild(document.createElement("b"));
    name.textContent = number + title;
    for (const text of [by, where]) {
      if (!text) continue;
      tag.append(" ");
      tag.appendChild(document.createElement("span")).textContent = text;
    }
    const [xs, ys] = [0, 1].map((axis) => (place ?? [[0.5, 1]]).map((corner) => corner[axis]));
    const rim = number ? RIM_OF_SEVERAL : RIM;
    const middle = (Math.min(...xs) + Math.max(...xs)) / 2;
    tag.style.setProperty("--x", `${100 * Math.min(Math.max(middle, rim), 1 - rim)}%`);
    const bottom = Math.max(...ys);
    tag.classList.toggle("under", bottom < LOWEST);
    tag.style.setProperty("--y", `${100 * Math.min(bottom, 1)}%`);
    return tag;
  }

  row(seen) {
    const { title, by, where, address, answer, picture, is_kept: isKept } = seen.work;
    const row = this.template.content.firstElementChild.cloneNode(true);
    const link = row.querySelector("h3 a");
    link.href = address;
    link.textContent = title;
    row.querySelector(".by").textContent = by;
    row.querySelector(".where").textContent = where;
    const image = row.querySelector("img");
    image.hidden = !picture;
    if (picture) image.src = picture;
    row.querySelector("[data-answer]").href = `${answer}#feedback`;
    const button = row.querySelector("[data-keep]");
    button.hidden = !this.mayKeep;
    button.setAttribute("aria-label", words("keep", { title }));
    button.addEventListener("click", async () => {
      button.disabled = true;
      await this.keep(seen);
      button.disabled = false;
    });
    if (isKept) this.showKept({ row }, answer);
    return row;
  }
}
