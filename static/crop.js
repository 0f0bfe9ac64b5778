// A crop box over a picture, for mouse, touch and keyboard.
//
// All measures are shares of the picture, so that its size on the screen never matters.

const WHOLE = { left: 0, top: 0, right: 1, bottom: 1 };
const STEP = 0.01;
const LARGE_STEP = 0.05;
const LEAST_PX = 48;
const ARROWS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

export class CropBox {
  /**
   * @param stage what the box lies in, exactly as large as the picture
   * @param box the element of the box, with its handles inside
   * @param changed called after every change, with whether it is finished
   */
  constructor(stage, box, changed) {
    this.stage = stage;
    this.box = box;
    this.shade = stage.querySelector("[data-shaded]");
    this.changed = changed;
    this.handles = [...box.querySelectorAll("[data-edges]")];
    for (const element of [box, ...this.handles]) {
      element.addEventListener("pointerdown", (event) => this.grab(event, element));
      element.addEventListener("keydown", (event) => this.press(event, element));
    }
    this.set(WHOLE);
  }

  /** Show or hide the box; hidden, it is the whole picture. */
  show(isShown) {
    for (const element of [this.box, this.shade]) element.hidden = !isShown;
    if (!isShown) this.set(WHOLE);
  }

  get isWhole() {
    return Object.keys(WHOLE).every((edge) => this.shares[edge] === WHOLE[edge]);
  }

  /** Return left, top, right and bottom, each in [0, 1]. */
  get edges() {
    const { left, top, right, bottom } = this.shares;
    return [left, top, right, bottom];
  }

  /** Return what the box is, in whole hundredths, for ears. */
  get spoken() {
    const [left, top, right, bottom] = this.edges.map((share) => Math.round(share * 100));
    return { left, top, width: right - left, height: bottom - top };
  }

  set(shares) {
    this.shares = { ...shares };
    for (const [edge, share] of Object.entries(this.shares)) {
      this.stage.style.setProperty(`--${edge}`, `${share * 100}%`);
    }
    this.box.classList.toggle("whole", this.isWhole);
    for (const handle of this.handles) {
      const edges = handle.dataset.edges.split(" ");
      const values = edges.map((edge) => Math.round(this.shares[edge] * 100));
      handle.setAttribute("aria-valuenow", values[0]);
      handle.setAttribute("aria-valuetext", values.map((value) => `${value} %`).join(", "));
    }
  }

  /** Turn the box with its picture, a quarter clockwise. */
  turn() {
    const { left, top, right, bottom } = this.shares;
    this.set({ left: 1 - bottom, top: left, right: 1 - top, bottom: right });
  }

  /** Move edges by shares of the picture; no edges: the box as a whole. */
  move(start, edges, dx, dy) {
    const moved = { ...start };
    if (edges.length === 0) {
      const x = clamp(dx, -start.left, 1 - start.right);
      const y = clamp(dy, -start.top, 1 - start.bottom);
      this.set({
        left: start.left + x, right: start.right + x,
        top: start.top + y, bottom: start.bottom + y,
      });
      return;
    }
    const { width, height } = this.stage.getBoundingClientRect();
    const leastX = Math.min(LEAST_PX / width, 1);
    const leastY = Math.min(LEAST_PX / height, 1);
    for (const edge of edges) {
      const value = start[edge] + (edge === "left" || edge === "right" ? dx : dy);
      if (edge === "left") moved.left = clamp(value, 0, Math.max(0, start.right - leastX));
      if (edge === "right") moved.right = clamp(value, Math.min(1, start.left + leastX), 1);
      if (edge === "top") moved.top = clamp(value, 0, Math.max(0, start.bottom - leastY));
      if (edge === "bottom") moved.bottom = clamp(value, Math.min(1, start.top + leastY), 1);
    }
    this.set(moved);
  }

  grab(event, element) {
    // The whole picture cannot be moved: fingers on it scroll the page.
    const isWholeBox = element === this.box && this.isWhole;
    if (event.button !== 0 || isWholeBox) return;
    event.preventDefault();
    event.stopPropagation();
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    const start = this.shares;
    const edges = this.edgesOf(element);
    const follow = (move) => {
      const { width, height } = this.stage.getBoundingClientRect();
      const dx = (move.clientX - event.clientX) / width;
      const dy = (move.clientY - event.clientY) / height;
      this.move(start, edges, dx, dy);
      this.changed(false);
    };
    const release = () => {
      element.removeEventListener("pointermove", follow);
      this.changed(true);
    };
    element.addEventListener("pointermove", follow);
    element.addEventListener("lostpointercapture", release, { once: true });
  }

  press(event, element) {
    const arrow = ARROWS[event.key];
    if (!arrow || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? LARGE_STEP : STEP;
    this.move(this.shares, this.edgesOf(element), arrow[0] * step, arrow[1] * step);
    this.changed(true);
  }

  edgesOf(element) {
    return element === this.box ? [] : element.dataset.edges.split(" ");
  }
}
