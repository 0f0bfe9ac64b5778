// Asks about frames: one at a time, never more than two a second, later if it is told so.

const SIDE_PX = 640;
const QUALITY = 0.8;
const GAP_MS = 550; // between the beginnings of two requests: two a second at most
const FIRST_WAIT_MS = 1_000; // after a failure, doubled with each more
const LONGEST_WAIT_MS = 30_000;
const PATIENCE_MS = 10_000;

export class Asker {
  /** @param addresses where frames go, and where a token is fetched */
  constructor(addresses) {
    this.addresses = addresses;
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d");
    this.count = 0;
    this.bytes = 0;
    this.failures = 0;
    this.nextAt = 0;
    this.isBusy = false;
  }

  /** Whether a frame may be asked about now. */
  get isReady() {
    return !this.isBusy && performance.now() >= this.nextAt;
  }

  /** Milliseconds that are left to wait. */
  get left() {
    return Math.max(0, this.nextAt - performance.now());
  }

  /** Try at once, as when the network is back. */
  hurry() {
    this.failures = 0;
    this.nextAt = Math.min(this.nextAt, performance.now() + GAP_MS);
  }

  /** Give up what is being asked. */
  stop() {
    this.isStopped = true;
    this.aborter?.abort();
  }

  /**
   * Ask about what a video shows.
   *
   * @returns {Promise<{kind: string, frame: Blob, answer?: object, reason?: string}>} kind is
   * "answered", "busy", "offline", "refused", or "stopped" where somebody gave it up
   */
  async ask(video) {
    this.isBusy = true;
    this.isStopped = false;
    this.nextAt = performance.now() + GAP_MS;
    this.aborter = new AbortController();
    try {
      const frame = await this.draw(video);
      this.count += 1;
      this.bytes += frame.size;
      const result = await this.send(this.addresses.frames, { photo: frame }, this.aborter);
      return this.isStopped ? { kind: "stopped", frame } : { ...result, frame };
    } finally {
      this.isBusy = false;
    }
  }

  draw(video) {
    const { videoWidth: width, videoHeight: height } = video;
    const scale = Math.min(1, SIDE_PX / Math.max(width, height));
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.context.drawImage(video, 0, 0, this.canvas.width, this.canvas.height);
    return new Promise((resolve) => this.canvas.toBlob(resolve, "image/jpeg", QUALITY));
  }

  /** Send fields with a token that is accepted, and tell what came of it. */
  async send(address, values, aborter = new AbortController()) {
    const timer = setTimeout(() => aborter.abort(), PATIENCE_MS);
    try {
      let response = await this.post(address, values, aborter.signal);
      let body = await read(response);
      if (body?.error?.code === "form_expired") {
        this.token = null;
        response = await this.post(address, values, aborter.signal);
        body = await read(response);
      }
      if (response.ok && body) {
        this.failures = 0;
        return { kind: "answered", answer: body };
      }
      const isLater = response.status === 429 || response.status >= 500;
      this.wait(Number(response.headers.get("Retry-After")) * 1000);
      return { kind: isLater ? "busy" : "refused", reason: body?.error?.message ?? "" };
    } catch (error) {
      if (!(error instanceof TypeError) && error.name !== "AbortError") throw error;
      this.wait(0);
      return { kind: "offline" };
    } finally {
      clearTimeout(timer);
    }
  }

  async post(address, values, signal) {
    if (!this.token) {
      const fresh = await fetch(this.addresses.token, { cache: "no-store", signal });
      this.token = (await fresh.json()).csrf_token;
    }
    const fields = new FormData();
    fields.set("csrf_token", this.token);
    for (const [name, value] of Object.entries(values)) {
      if (value instanceof Blob) fields.set(name, value, "frame.jpg");
      else fields.set(name, value);
    }
    return fetch(address, { method: "POST", body: fields, signal, headers: { Accept: "application/json" } });
  }

  /** Wait as long as the server says, or longer with each failure where it says nothing. */
  wait(told) {
    const own = Math.min(FIRST_WAIT_MS * 2 ** this.failures, LONGEST_WAIT_MS);
    this.failures += 1;
    this.nextAt = performance.now() + Math.max(told > 0 ? told : own, GAP_MS);
  }
}

async function read(response) {
  const type = response.headers.get("Content-Type") ?? "";
  return type.startsWith("application/json") ? response.json() : null;
}
