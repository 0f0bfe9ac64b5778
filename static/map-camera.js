// Which part of the map is in view: a middle, and how many pixels a cell has.

const MOST_PX = 136;
const GLIDE_MS = 160;
const MARGIN = 1.06;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const isStill = window.matchMedia("(prefers-reduced-motion: reduce)");

export class Camera {
  /**
   * @param places what is to be seen
   * @param changed called whenever something else is in view
   * @param most pixels of a cell, at most
   */
  constructor(places, changed, most = MOST_PX) {
    this.places = places;
    this.changed = changed;
    this.most = most;
    this.width = this.height = 1;
    this.x = (places.width - 1) / 2;
    this.y = (places.height - 1) / 2;
    this.scale = 0;
  }

  /** Look through a window of this size, in CSS pixels; at first at everything. */
  resize(width, height) {
    const isWhole = this.scale <= this.least * 1.001;
    this.width = width;
    this.height = height;
    this.look(this.x, this.y, isWhole ? this.least : this.scale);
  }

  /** The scale at which everything is in view. */
  get least() {
    const { places, width, height } = this;
    return Math.min(this.most, width / (places.width * MARGIN), height / (places.height * MARGIN));
  }

  get box() {
    const [halfWidth, halfHeight] = [this.width / this.scale / 2, this.height / this.scale / 2];
    return {
      left: this.x - halfWidth, right: this.x + halfWidth,
      top: this.y - halfHeight, bottom: this.y + halfHeight,
    };
  }

  /** Return where on the map a point of the window is. */
  toMap(x, y) {
    return [
      this.x + (x - this.width / 2) / this.scale,
      this.y + (y - this.height / 2) / this.scale,
    ];
  }

  /** Return where in the window a point of the map is. */
  toWindow(x, y) {
    return [
      (x - this.x) * this.scale + this.width / 2,
      (y - this.y) * this.scale + this.height / 2,
    ];
  }

  look(x, y, scale) {
    cancelAnimationFrame(this.gliding);
    this.place(this.within(x, y, scale));
  }

  within(x, y, scale) {
    return {
      x: clamp(x, 0, this.places.width - 1),
      y: clamp(y, 0, this.places.height - 1),
      scale: clamp(scale, this.least, this.most),
    };
  }

  place({ x, y, scale }) {
    Object.assign(this, { x, y, scale });
    this.changed();
  }

  /** Move what is in view by pixels. */
  pan(dx, dy) {
    this.look(this.x - dx / this.scale, this.y - dy / this.scale, this.scale);
  }

  /** Enlarge, so that what is at a point of the window stays there. */
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    cancelAnimationFrame(this.gliding);
    this.place(this.zoomed(factor, x, y));
  }

  zoomed(factor, x, y) {
    const [mapX, mapY] = this.toMap(x, y);
    const scale = clamp(this.scale * factor, this.least, this.most);
    return this.within(
      mapX - (x - this.width / 2) / scale, mapY - (y - this.height / 2) / scale, scale,
    );
  }

  canZoom(factor) {
    return factor > 1 ? this.scale < this.most : this.scale > this.least * 1.001;
  }

  /** Go somewhere smoothly, for those who like that. */
  glide(x, y, scale) {
    cancelAnimationFrame(this.gliding);
    const to = this.within(x, y, scale);
    const from = { x: this.x, y: this.y, scale: this.scale };
    if (isStill.matches) {
      this.place(to);
      return;
    }
    const begun = performance.now();
    const step = (time) => {
      const share = clamp((time - begun) / GLIDE_MS, 0, 1);
      const eased = share * (2 - share);
      const between = (name) => from[name] + (to[name] - from[name]) * eased;
      this.place({ x: between("x"), y: between("y"), scale: between("scale") });
      if (share < 1) this.gliding = requestAnimationFrame(step);
    };
    this.gliding = requestAnimationFrame(step);
  }

  glideZoom(factor) {
    const { x, y, scale } = this.zoomed(factor, this.width / 2, this.height / 2);
    this.glide(x, y, scale);
  }

  glideBy(dx, dy) {
    this.glide(this.x - dx / this.scale, this.y - dy / this.scale, this.scale);
  }

  glideHome() {
    this.glide((this.places.width - 1) / 2, (this.places.height - 1) / 2, this.least);
  }
}
