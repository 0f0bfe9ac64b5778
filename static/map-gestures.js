// What fingers, mice and keys do to the map: move it, enlarge it, point, draw a lasso.

const TAP_PX = 8;
const TAP_MS = 600;
const STEP_PX = 90;
const LARGE_STEP_PX = 360;
const KEY_ZOOM = 1.5;
const LINE_PX = 16;
const ARROWS = {
  ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
};

export class Gestures {
  /**
   * @param canvas what is touched
   * @param camera what is moved
   * @param told.point told where the mouse is, null: nowhere
   * @param told.tap told where was tapped or clicked, and by what
   * @param told.lasso told the line so far, and whether it is finished
   * @param told.escape told that the key was pressed
   */
  constructor(canvas, camera, told) {
    this.canvas = canvas;
    this.camera = camera;
    this.told = told;
    this.isLasso = false;
    this.fingers = new Map();
    const listen = (name, act, options) => canvas.addEventListener(name, act, options);
    listen("pointerdown", (event) => this.down(event));
    listen("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) {
      listen(name, (event) => this.up(event, name === "pointercancel"));
    }
    // A finger leaves whenever it is lifted; what it tapped is to stay.
    listen("pointerleave", ({ pointerType }) => {
      if (pointerType === "mouse") told.point(null);
    });
    listen("wheel", (event) => this.wheel(event), { passive: false });
    listen("keydown", (event) => this.press(event));
  }

  where({ clientX, clientY }) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  down(event) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, this.where(event));
    this.told.point(null);
    if (this.fingers.size === 1) {
      this.begun = { at: this.where(event), time: event.timeStamp };
      this.line = this.isLasso ? [this.where(event)] : null;
    } else {
      this.begun = this.line = null;
      this.told.lasso([], false);
    }
  }

  move(event) {
    const before = this.fingers.get(event.pointerId);
    const at = this.where(event);
    if (!before) {
      if (event.pointerType === "mouse" && !this.isLasso) this.told.point(at);
      return;
    }
    if (this.fingers.size === 2) {
      this.pinch(event.pointerId, at);
    } else if (this.line) {
      this.line.push(at);
      this.told.lasso(this.line, false);
    } else if (!this.isTap(at)) {
      this.begun = null;
      this.camera.pan(at[0] - before[0], at[1] - before[1]);
    } else {
      return; // perhaps a tap: what has moved so far is made up for later
    }
    this.fingers.set(event.pointerId, at);
  }

  up(event, isCancelled) {
    if (!this.fingers.delete(event.pointerId)) return;
    const { line, begun } = this;
    if (line) {
      this.line = null;
      this.told.lasso(isCancelled ? [] : line, true);
    } else if (begun && !isCancelled && event.timeStamp - begun.time < TAP_MS) {
      this.told.tap(begun.at, event);
    }
    this.begun = null;
  }

  isTap([x, y]) {
    return this.begun && Math.hypot(x - this.begun.at[0], y - this.begun.at[1]) < TAP_PX;
  }

  /** One of two fingers has moved: both stay on what they touch. */
  pinch(moved, at) {
    const [other] = [...this.fingers].filter(([id]) => id !== moved).map(([, place]) => place);
    const before = this.fingers.get(moved);
    const apart = (one) => Math.max(Math.hypot(one[0] - other[0], one[1] - other[1]), 1);
    const middle = (one) => [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
    const [fromX, fromY] = middle(before);
    const [toX, toY] = middle(at);
    this.camera.pan(toX - fromX, toY - fromY);
    this.camera.zoom(apart(at) / apart(before), toX, toY);
  }

  wheel(event) {
    const factor = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
    // A trackpad's pinch arrives as a wheel with Ctrl, in much smaller steps.
    const speed = event.ctrlKey ? 0.01 : 0.0018;
    const zoom = Math.exp(-event.deltaY * factor * speed);
    // Once everything is in view, the wheel scrolls the page again.
    if (!event.ctrlKey && !this.camera.canZoom(zoom)) return;
    event.preventDefault();
    this.told.point(null);
    this.camera.zoom(zoom, ...this.where(event));
  }

  press(event) {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    const arrow = ARROWS[event.key];
    const step = event.shiftKey ? LARGE_STEP_PX : STEP_PX;
    if (arrow) this.camera.glideBy(arrow[0] * step, arrow[1] * step);
    else if (event.key === "+" || event.key === "=") this.camera.glideZoom(KEY_ZOOM);
    else if (event.key === "-") this.camera.glideZoom(1 / KEY_ZOOM);
    else if (event.key === "0" || event.key === "Home") this.camera.glideHome();
    else if (event.key === "Escape") this.told.escape();
    else return;
    event.preventDefault();
  }
}
