// The card of one work: its picture, title, artist and year, and the way to its page.

const PICTURE_AFTER_MS = 90;
const GAP_PX = 14;

export class Card {
  /**
   * @param stage what the map lies in, with the card and the ring inside
   * @param pictureOf takes a work, returns its picture's address
   */
  constructor(stage, pictureOf) {
    this.stage = stage;
    this.pictureOf = pictureOf;
    this.element = stage.querySelector("[data-card]");
    this.ring = stage.querySelector("[data-ring]");
    this.link = this.element.querySelector("a");
    this.image = this.element.querySelector("img");
    this.work = -1;
  }

  /**
   * Show a work's card.
   *
   * @param label.title, label.by, label.address
   * @param at where in the stage the work is; null: the card lies at the stage's foot
   */
  show(work, label, at) {
    this.element.classList.toggle("beside", at !== null);
    if (work !== this.work) {
      this.work = work;
      this.link.href = label.address;
      this.element.querySelector("cite").textContent = label.title;
      this.element.querySelector(".by").textContent = label.by;
      clearTimeout(this.waiting);
      this.image.hidden = true;
      this.waiting = setTimeout(() => this.load(work), PICTURE_AFTER_MS);
    }
    this.element.hidden = false;
    if (at) this.lie(at);
    else this.element.scrollIntoView({ block: "nearest" });
  }

  async load(work) {
    this.image.src = this.pictureOf(work);
    try {
      await this.image.decode();
    } catch {
      return; // another one is wanted by now, or it is gone
    }
    if (this.work === work) this.image.hidden = false;
  }

  /** Lie beside a point, on the side where there is more room. */
  lie([x, y]) {
    const { clientWidth, clientHeight } = this.stage;
    const { style } = this.element;
    const isLeft = x > clientWidth / 2;
    const isAbove = y > clientHeight / 2;
    style.setProperty("left", isLeft ? "auto" : `${x + GAP_PX}px`);
    style.setProperty("right", isLeft ? `${clientWidth - x + GAP_PX}px` : "auto");
    style.setProperty("top", isAbove ? "auto" : `${y + GAP_PX}px`);
    style.setProperty("bottom", isAbove ? `${clientHeight - y + GAP_PX}px` : "auto");
  }

  hide() {
    clearTimeout(this.waiting);
    this.work = -1;
    this.element.hidden = true;
  }

  /** Put a ring around what is at a place of the stage; null: around nothing. */
  mark(middle, size) {
    this.ring.hidden = middle === null;
    if (!middle) return;
    const { style } = this.ring;
    const [left, top] = middle.map((value, axis) => value - size[axis] / 2);
    style.setProperty("width", `${size[0]}px`);
    style.setProperty("height", `${size[1]}px`);
    style.setProperty("transform", `translate(${left}px, ${top}px)`);
  }
}
