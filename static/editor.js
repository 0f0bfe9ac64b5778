// The chosen photo: shown, turned, cropped, and drawn small enough to be sent.
//
// Drawing applies the camera's orientation and leaves out all metadata; what is cropped
// away never leaves the device.

import { CropBox } from "./crop.js";
import { words } from "./words.js";

const SHOWN_PX = 1280;
const FRAME_PX = 800;
const QUALITY = 0.88;
const SMALL_BYTES = 1_000_000;
const SPEAK_AFTER_MS = 400;

export class Editor {
  /**
   * @param element the editor's element
   * @param options.say speaks a sentence
   * @param options.tell speaks one that only ears need
   * @param options.findFrame takes a small photo, returns the edges of a box or null
   */
  constructor(element, { say, tell, findFrame }) {
    this.element = element;
    this.say = say;
    this.tell = tell;
    this.findFrame = findFrame;
    this.canvas = element.querySelector("[data-canvas]");
    this.toggle = element.querySelector("[data-crop-toggle]");
    this.finder = element.querySelector("[data-find-frame]");
    const box = element.querySelector("[data-crop]");
    this.values = element.querySelector("[data-values]");
    this.crop = new CropBox(element.querySelector("[data-stage]"), box, (isDone) => {
      this.showValues();
      if (isDone) this.speakSoon();
    });
    for (const field of this.values.querySelectorAll("[data-value]")) {
      field.addEventListener("change", () => this.setValue(field));
      field.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault(); // it would send the form
        this.setValue(field);
      });
    }
    for (const button of element.querySelectorAll("[data-turn]")) {
      button.addEventListener("click", () => this.turn(Number(button.dataset.turn)));
    }
    this.toggle.addEventListener("click", () => this.switchCrop(this.crop.box.hidden));
    this.finder.addEventListener("click", () => this.lookForFrame());
    element.querySelector("[data-reset]").addEventListener("click", () => this.reset());
    this.picture = null;
    this.quarters = 0;
  }

  /** Show a photo; return whether this browser can. */
  async load(file) {
    this.close();
    const picture = new Image();
    picture.src = URL.createObjectURL(file);
    this.loading = picture;
    try {
      await picture.decode();
    } catch {
      URL.revokeObjectURL(picture.src);
      return false;
    }
    if (this.loading !== picture) { // another one was chosen meanwhile, or none
      URL.revokeObjectURL(picture.src);
      return true;
    }
    this.file = file;
    this.picture = picture;
    this.draw();
    this.element.hidden = false;
    return true;
  }

  /** Forget the photo. */
  close() {
    if (this.picture) URL.revokeObjectURL(this.picture.src);
    this.picture = this.loading = null;
    this.element.hidden = true;
    this.quarters = 0;
    this.showCrop(false);
  }

  /** Return the edits as the form's fields write them. */
  get fields() {
    const crop = this.crop.isWhole ? "" : this.crop.edges.map((e) => e.toFixed(5)).join();
    return { turn: this.quarters ? String(this.quarters) : "", crop };
  }

  /**
   * Return what to send: the edited photo, drawn with a long side of at most `side`.
   * Null where this browser cannot draw it, or need not.
   */
  async render(side) {
    const { turn, crop } = this.fields;
    const { naturalWidth, naturalHeight } = this.picture;
    const isSmall = Math.max(naturalWidth, naturalHeight) <= side;
    if (!turn && !crop && isSmall && this.file.size <= SMALL_BYTES) return null;
    return this.blob(side, this.crop.edges);
  }

  get turnedSize() {
    const size = [this.picture.naturalWidth, this.picture.naturalHeight];
    return this.quarters % 2 ? size.reverse() : size;
  }

  /** Draw a part of the turned photo. */
  paint(canvas, side, [left, top, right, bottom]) {
    const [width, height] = this.turnedSize;
    const [partWidth, partHeight] = [(right - left) * width, (bottom - top) * height];
    const scale = Math.min(1, side / Math.max(partWidth, partHeight));
    canvas.width = Math.max(1, Math.round(partWidth * scale));
    canvas.height = Math.max(1, Math.round(partHeight * scale));
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff"; // below transparent pictures
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.scale(canvas.width / partWidth, canvas.height / partHeight);
    context.translate(width / 2 - left * width, height / 2 - top * height);
    context.rotate((this.quarters * Math.PI) / 2);
    const { naturalWidth, naturalHeight } = this.picture;
    context.drawImage(this.picture, -naturalWidth / 2, -naturalHeight / 2);
  }

  async blob(side, edges) {
    const canvas = document.createElement("canvas");
    this.paint(canvas, side, edges);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  }

  draw() {
    this.paint(this.canvas, SHOWN_PX, [0, 0, 1, 1]);
  }

  turn(quarters) {
    this.quarters = (this.quarters + quarters) % 4;
    for (let quarter = 0; quarter < quarters; quarter += 1) this.crop.turn();
    this.draw();
    this.say(words("turned"));
  }

  switchCrop(isOn) {
    if (!isOn) {
      this.showCrop(false);
      this.say(words("whole"));
      return;
    }
    this.showCrop(true);
    this.speak();
  }

  showCrop(isShown) {
    this.crop.show(isShown);
    this.values.hidden = !isShown;
    this.showValues();
    this.toggle.setAttribute("aria-pressed", String(isShown));
  }

  async lookForFrame() {
    const { picture, quarters } = this;
    this.finder.disabled = true;
    this.say(words("finding_frame"));
    const edges = await this.findFrame(await this.blob(FRAME_PX, [0, 0, 1, 1]));
    this.finder.disabled = false;
    if (picture !== this.picture || quarters !== this.quarters) return; // too late
    this.finder.focus({ preventScroll: true });
    if (!edges) {
      this.say(words("no_frame"));
      return;
    }
    const [left, top, right, bottom] = edges;
    this.showCrop(true);
    this.crop.set({ left, top, right, bottom });
    this.showValues();
    this.say(words("frame_found"));
    this.speak();
  }

  /** Move one edge to where somebody wrote it, as far as it may go. */
  setValue(field) {
    const { value: edge } = field.dataset;
    const at = Number(field.value) / 100;
    if (field.value === "" || Number.isNaN(at)) {
      this.showValues();
      return;
    }
    const start = this.crop.shares;
    const distance = at - start[edge];
    this.crop.move(start, [edge], distance, distance);
    this.showValues();
    this.speakSoon();
  }

  showValues() {
    for (const field of this.values.querySelectorAll("[data-value]")) {
      field.value = Math.round(this.crop.shares[field.dataset.value] * 100);
    }
  }

  reset() {
    this.quarters = 0;
    this.showCrop(false);
    this.draw();
    this.say(words("whole"));
  }

  speak() {
    this.tell(words("cropped", this.crop.spoken));
  }

  /** Speak when the box has come to rest: nobody wants to hear every step of it. */
  speakSoon() {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => this.speak(), SPEAK_AFTER_MS);
  }
}
