// Fetches the sheets of small pictures: the coarse ones at once, fine ones where one looks.

const KEPT = 16;
const AT_A_TIME = 3;

export class Sheets {
  /**
   * @param addressOf takes a level and a number, returns the sheet's address
   * @param painter keeps and drops them
   * @param changed called when there is something new to draw
   */
  constructor(addressOf, painter, changed) {
    this.addressOf = addressOf;
    this.painter = painter;
    this.changed = changed;
    this.loading = new Set();
    this.failed = new Set();
    this.wanted = [];
  }

  /** Fetch the coarse sheets, one after another. */
  async fetchCoarse(count) {
    for (let number = 0; number < count; number += 1) {
      await this.fetch("coarse", number);
      this.changed();
    }
  }

  /** Have these fine sheets ready, the first ones first. */
  want(numbers) {
    this.wanted = numbers.slice(0, KEPT);
    this.next();
  }

  next() {
    const kept = this.painter.sheets.fine;
    for (const number of this.wanted) {
      if (this.loading.size >= AT_A_TIME) return;
      if (kept.has(number) || this.loading.has(number) || this.failed.has(number)) continue;
      this.loading.add(number);
      this.fetch("fine", number)
        .then(() => this.tidy(), () => this.failed.add(number))
        .finally(() => {
          this.loading.delete(number);
          this.changed();
          this.next();
        });
    }
  }

  /** Drop what has not been looked at for longest. */
  tidy() {
    const kept = this.painter.sheets.fine;
    for (const number of [...kept.keys()]) {
      if (kept.size <= KEPT) return;
      if (!this.wanted.includes(number)) this.painter.drop("fine", number);
    }
  }

  async fetch(level, number) {
    const image = new Image();
    image.src = this.addressOf(level, number);
    await image.decode();
    // Decoded off the page's own thread, and ready for the graphics card.
    const bitmap = await createImageBitmap(image, { premultiplyAlpha: "none" });
    this.painter.keep(level, number, bitmap);
    bitmap.close();
  }
}
