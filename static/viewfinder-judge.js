// Whether a frame of the camera is worth asking about, judged on this device.
//
// A grey copy of 320 pixels shows whether it is sharp and bright; its means over 16 by 12
// cells, which a shaking hand hardly changes, whether it holds still, and whether it is
// still what was asked about before.

const SIDE_PX = 320;
const COLUMNS = 16;
const ROWS = 12;
const CELLS = COLUMNS * ROWS;
const LEAST_LIGHT = 40; // grey value that a tenth of the frame exceeds
const LEAST_SHARP = 15; // variance of the Laplacian: less is out of focus, or even
const SHARP_SHARE = 0.5; // of the sharpest of the last moments: the lens still moves
const FADING = 0.9; // of that memory, from frame to frame
const STILL = 4; // mean change of the cells, in grey values, from frame to frame
const STILL_FRAMES = 2;
const DRIFTED = 6; // the same, from what was asked about: it lies elsewhere by now
const CHANGED = 10; // likewise: something else is in view
const DETAIL = 8; // deviation within a cell, in grey values, of one that shows something
const LEAST_DETAIL = 0.3; // share of the cells in the middle that show something

export class FrameJudge {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.cells = new Float32Array(CELLS);
    this.before = new Float32Array(CELLS);
    this.asked = new Float32Array(CELLS);
    this.forget();
  }

  /** Begin anew, as with another camera. */
  forget() {
    this.hasBefore = this.hasAsked = false;
    this.stillFrames = 0;
    this.sharpest = 0;
  }

  /** Judge a frame: "good", or what is wrong with it. */
  judge(source, width, height) {
    const scale = SIDE_PX / Math.max(width, height);
    const size = [width, height].map((side) => Math.max(COLUMNS, Math.round(side * scale)));
    if (this.canvas.width !== size[0] || this.canvas.height !== size[1]) {
      [this.canvas.width, this.canvas.height] = size;
      this.grey = new Uint8Array(size[0] * size[1]);
      this.hasBefore = false;
    }
    this.context.drawImage(source, 0, 0, ...size);
    this.toGrey(this.context.getImageData(0, 0, ...size).data);
    const sharpness = this.laplacian(...size);
    const detailed = this.measureCells(...size);
    const moved = this.hasBefore ? difference(this.cells, this.before) : Infinity;
    this.before.set(this.cells);
    this.hasBefore = true;
    this.stillFrames = moved < STILL ? this.stillFrames + 1 : 0;
    this.sharpest = Math.max(sharpness, this.sharpest * FADING);
    if (this.light < LEAST_LIGHT) return "dark";
    if (this.stillFrames < STILL_FRAMES) return "moving";
    if (detailed < LEAST_DETAIL) return "empty";
    if (sharpness < Math.max(LEAST_SHARP, SHARP_SHARE * this.sharpest)) return "blurred";
    return "good";
  }

  /** Note that the frame judged last is asked about. */
  noteAsked() {
    this.asked.set(this.cells);
    this.hasAsked = true;
  }

  /** Whether the frame judged last shows something else than what was asked about. */
  get isNew() {
    return !this.hasAsked || difference(this.cells, this.asked) > CHANGED;
  }

  /** Whether it shows the same, but not quite where it was. */
  get hasDrifted() {
    return this.hasAsked && difference(this.cells, this.asked) > DRIFTED;
  }

  toGrey(pixels) {
    const { grey } = this;
    const counts = new Uint32Array(256);
    for (let at = 0, from = 0; at < grey.length; at += 1, from += 4) {
      grey[at] = (pixels[from] * 77 + pixels[from + 1] * 150 + pixels[from + 2] * 29) >> 8;
      counts[grey[at]] += 1;
    }
    let above = 0;
    this.light = 255;
    while (this.light > 0 && above < grey.length / 10) {
      above += counts[this.light];
      this.light -= 1;
    }
  }

  laplacian(width, height) {
    const { grey } = this;
    let sum = 0;
    let squares = 0;
    for (let y = 1; y < height - 1; y += 1) {
      for (let x = 1, at = y * width + 1; x < width - 1; x += 1, at += 1) {
        const value = 4 * grey[at] - grey[at - 1] - grey[at + 1] - grey[at - width] - grey[at + width];
        sum += value;
        squares += value * value;
      }
    }
    const count = (width - 2) * (height - 2);
    return squares / count - (sum / count) ** 2;
  }

  /** Measure the means of all cells; return the share of those in the middle with detail. */
  measureCells(width, height) {
    const { grey, cells } = this;
    let detailed = 0;
    let middle = 0;
    for (let row = 0; row < ROWS; row += 1) {
      const [top, bottom] = [row, row + 1].map((edge) => Math.floor((edge * height) / ROWS));
      for (let column = 0; column < COLUMNS; column += 1) {
        const [left, right] = [column, column + 1].map((edge) => Math.floor((edge * width) / COLUMNS));
        let sum = 0;
        let squares = 0;
        for (let y = top; y < bottom; y += 1) {
          for (let x = left, at = y * width + left; x < right; x += 1, at += 1) {
            sum += grey[at];
            squares += grey[at] * grey[at];
          }
        }
        const count = (bottom - top) * (right - left);
        const mean = sum / count;
        cells[row * COLUMNS + column] = mean;
        const isInner = row >= 2 && row < ROWS - 2 && column >= 3 && column < COLUMNS - 3;
        if (!isInner) continue;
        middle += 1;
        if (squares / count - mean * mean > DETAIL * DETAIL) detailed += 1;
      }
    }
    return detailed / middle;
  }
}

/** Mean difference of cells, in grey values; a change of all of them alike is light. */
function difference(one, other) {
  let shift = 0;
  for (let at = 0; at < CELLS; at += 1) shift += one[at] - other[at];
  shift /= CELLS;
  let sum = 0;
  for (let at = 0; at < CELLS; at += 1) sum += Math.abs(one[at] - other[at] - shift);
  return sum / CELLS;
}
