// A picture, looked at closely: of a work tiles of IIIF's Image API on a canvas, a photo
// as a whole.
// Without this script, the links lead to the picture in its full size.

import { Camera } from "./map-camera.js";
import { Gestures } from "./map-gestures.js";

const MOST_PX = 4; // of the screen for one of the picture
const MOST_TILES = 200;
const KEY_ZOOM = 1.5;

const dialog = document.querySelector("[data-zoom]");
const canvas = dialog.querySelector("canvas");
const status = dialog.querySelector("[data-zoom-status]");
const context = canvas.getContext("2d");
let picture = null;
let camera = null;
let waiting = 0;

/** Tiles of one picture: those of each reduction of it, loaded when they are in view. */
class Picture {
  constructor(service, { width, height, tiles: [{ width: side, scaleFactors }] }) {
    Object.assign(this, { service, width, height, side });
    this.factors = [...scaleFactors].sort((a, b) => b - a);
    this.tiles = new Map();
  }

  /** Return the reductions to draw: the smallest, and over it the one that is sharp. */
  layers(scale) {
    const sharp = this.factors.find((factor) => factor * scale <= 1) ?? this.factors.at(-1);
    return [...new Set([this.factors[0], sharp])];
  }

  /** Yield the tiles of a reduction that lie in a box, and where in the picture. */
  * within(factor, box) {
    const step = this.side * factor;
    const from = (low) => Math.max(0, Math.floor(low / step)) * step;
    for (let y = from(box.top); y < Math.min(box.bottom, this.height); y += step) {
      for (let x = from(box.left); x < Math.min(box.right, this.width); x += step) {
        const width = Math.min(step, this.width - x);
        const height = Math.min(step, this.height - y);
        yield { x, y, width, height, image: this.tile(factor, x, y, width, height) };
      }
    }
  }

  tile(factor, x, y, width, height) {
    const size = [width, height].map((side) => Math.ceil(side / factor));
    const address = `${this.service}/${x},${y},${width},${height}/${size}/0/default.jpg`;
    let image = this.tiles.get(address);
    if (!image) {
      image = new Image();
      image.addEventListener("load", draw);
      image.addEventListener("error", () => {
        this.tiles.delete(address);
        status.hidden = false;
      });
      image.src = address;
    }
    // Used last, forgotten last.
    this.tiles.delete(address);
    this.tiles.set(address, image);
    if (this.tiles.size > MOST_TILES) this.tiles.delete(this.tiles.keys().next().value);
    return image;
  }
}

/** A picture without tiles: one image, for all sizes. */
class WholePicture {
  constructor(address, width, height) {
    Object.assign(this, { width, height });
    this.image = new Image();
    this.image.addEventListener("load", draw);
    this.image.addEventListener("error", () => { status.hidden = false; });
    this.image.src = address;
  }

  layers() {
    return [1];
  }

  * within() {
    yield { x: 0, y: 0, width: this.width, height: this.height, image: this.image };
  }
}

function draw() {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => {
    if (!picture) return; // closed meanwhile
    const density = canvas.width / canvas.clientWidth;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    for (const factor of picture.layers(camera.scale * density)) {
      for (const { x, y, width, height, image } of picture.within(factor, camera.box)) {
        if (!image.complete || image.naturalWidth === 0) continue;
        const [left, top] = camera.toWindow(x, y);
        context.drawImage(image, left, top, width * camera.scale, height * camera.scale);
      }
    }
    // How many pixels of the screen one of the picture has.
    canvas.dataset.scale = camera.scale;
  });
}

function fit() {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!camera || !width) return;
  canvas.width = Math.round(width * window.devicePixelRatio);
  canvas.height = Math.round(height * window.devicePixelRatio);
  camera.resize(width, height);
}

async function tiled(service) {
  const answer = await fetch(`${service}/info.json`);
  if (!answer.ok) throw new Error(answer.status);
  return new Picture(service, await answer.json());
}

async function open({ href, dataset: { service, width, height } }) {
  status.hidden = true;
  dialog.showModal();
  canvas.focus();
  try {
    const found = service ? await tiled(service) : new WholePicture(href, Number(width), Number(height));
    if (!dialog.open) return;
    picture = found;
  } catch {
    status.hidden = false;
    return;
  }
  camera = new Camera(picture, draw, MOST_PX);
  gestures.camera = camera;
  fit();
}

const nothing = () => {};
const still = { pan: nothing, zoom: nothing, glideBy: nothing, glideZoom: nothing, glideHome: nothing, canZoom: () => false };
const gestures = new Gestures(canvas, still, {
  point: nothing,
  tap: nothing,
  lasso: nothing,
  escape: () => dialog.close(),
});

for (const link of document.querySelectorAll("[data-service], [data-picture]")) {
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
}
const press = (name, act) => dialog.querySelector(`[data-zoom-${name}]`).addEventListener("click", act);
press("in", () => gestures.camera.glideZoom(KEY_ZOOM));
press("out", () => gestures.camera.glideZoom(1 / KEY_ZOOM));
press("whole", () => gestures.camera.glideHome());
press("close", () => dialog.close());
dialog.addEventListener("close", () => {
  camera = picture = null;
  gestures.camera = still;
  cancelAnimationFrame(waiting);
});
new ResizeObserver(fit).observe(canvas);
