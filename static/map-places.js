// Where the works lie: cells of a grid, one work in each.

const NUMBERS = 3; // column, row, and width by height: 0 where the work is withdrawn

export class Places {
  /** @param buffer the numbers of all works, as the server keeps them */
  constructor(buffer) {
    this.values = new Float32Array(buffer);
    this.count = this.values.length / NUMBERS;
    this.width = this.height = 0;
    for (let work = 0; work < this.count; work += 1) {
      this.width = Math.max(this.width, this.x(work) + 1);
      this.height = Math.max(this.height, this.y(work) + 1);
    }
    this.cells = new Int32Array(this.width * this.height).fill(-1);
    for (let work = 0; work < this.count; work += 1) {
      if (this.isShown(work)) this.cells[this.y(work) * this.width + this.x(work)] = work;
    }
  }

  x(work) { return this.values[NUMBERS * work]; }

  y(work) { return this.values[NUMBERS * work + 1]; }

  /** Return width and height of a picture, in cells. */
  size(work) {
    const shape = this.values[NUMBERS * work + 2];
    return shape >= 1 ? [1, 1 / shape] : [shape, 1];
  }

  isShown(work) { return this.values[NUMBERS * work + 2] > 0; }

  /** Return which work lies at a point; -1 where none does. */
  at(x, y) {
    const [column, row] = [Math.round(x), Math.round(y)];
    if (column < 0 || row < 0 || column >= this.width || row >= this.height) return -1;
    return this.cells[row * this.width + column];
  }

  /** Return the works inside a box, those nearest to its middle first. */
  inside({ left, top, right, bottom }) {
    const found = [];
    const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
    const lastRow = Math.min(Math.floor(bottom), this.height - 1);
    const lastColumn = Math.min(Math.floor(right), this.width - 1);
    for (let row = Math.max(0, Math.ceil(top)); row <= lastRow; row += 1) {
      for (let column = Math.max(0, Math.ceil(left)); column <= lastColumn; column += 1) {
        const work = this.cells[row * this.width + column];
        if (work >= 0) found.push([Math.hypot(column - middleX, row - middleY), work]);
      }
    }
    found.sort(([a], [b]) => a - b);
    return found.map(([, work]) => work);
  }

  /** Return the works inside a polygon of [x, y]. */
  within(polygon) {
    const xs = polygon.map(([x]) => x);
    const ys = polygon.map(([, y]) => y);
    const box = {
      left: Math.min(...xs), right: Math.max(...xs),
      top: Math.min(...ys), bottom: Math.max(...ys),
    };
    return this.inside(box).filter((work) => isInside(polygon, this.x(work), this.y(work)));
  }

  /** Return the box around works from one number to before another. */
  boxOf(first, end) {
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (let work = first; work < end; work += 1) {
      box.left = Math.min(box.left, this.x(work) - 0.5);
      box.right = Math.max(box.right, this.x(work) + 0.5);
      box.top = Math.min(box.top, this.y(work) - 0.5);
      box.bottom = Math.max(box.bottom, this.y(work) + 0.5);
    }
    return box;
  }
}

/** Whether a ray from a point crosses the polygon's edges an odd number of times. */
function isInside(polygon, x, y) {
  let inside = false;
  let [fromX, fromY] = polygon[polygon.length - 1];
  for (const [toX, toY] of polygon) {
    if (toY > y !== fromY > y && x < ((fromX - toX) * (y - toY)) / (fromY - toY) + toX) {
      inside = !inside;
    }
    [fromX, fromY] = [toX, toY];
  }
  return inside;
}
