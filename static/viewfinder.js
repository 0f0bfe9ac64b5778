// The viewfinder: the camera in the page, its frames asked by themselves.

import { Asker } from "./viewfinder-asker.js";
import { FrameJudge } from "./viewfinder-judge.js";
import { Shown } from "./viewfinder-shown.js";
import { words } from "./words.js";

const TICK_MS = 75;
const AGAIN_MS = [1_000, 2_000, 4_000]; // before the same view is asked about once more
const FOLLOW_MS = 1_500; // before the outlines of what was found are drawn anew
const SPEAK_MS = 4_000; // after which ears are told what eyes see all the time
const FAULTS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "no_camera",
  OverconstrainedError: "no_camera",
  NotReadableError: "in_use",
  AbortError: "in_use",
};

const root = document.querySelector("[data-viewfinder]");
if (root) begin();

function begin() {
  const find = (name) => root.querySelector(`[data-${name}]`);
  const [sight, video, fault, hint, said, sent, start, stop] = [
    "sight", "video", "fault", "hint", "said", "sent", "start", "stop",
  ].map(find);
  const judge = new FrameJudge();
  const asker = new Asker({ frames: root.dataset.frames, token: root.dataset.token });
  const shown = new Shown(root, keep);
  let stream = null;
  let isWanted = false; // somebody has started it, and not stopped it
  let timer = 0;
  let misses = 0; // of the same view, one after the other
  let againAt = 0;
  let last = ""; // what was answered to the view that is still there
  let kept = 0;
  let hintedAt = 0;

  const speak = (sentence) => { said.textContent = sentence; };

  function tell(sentence) {
    if (hint.textContent !== sentence) {
      hint.textContent = sentence;
      hintedAt = performance.now();
    } else if (hintedAt && performance.now() - hintedAt > SPEAK_MS) {
      hintedAt = 0;
      speak(sentence);
    }
  }

  function complain(name) {
    fault.hidden = false;
    fault.textContent = words(name);
  }

  function count() {
    if (!asker.count) return;
    const kilobytes = asker.bytes / 1000;
    sent.textContent = words(kept ? "sent_some" : "sent", {
      total: Math.round(kilobytes).toLocaleString(document.documentElement.lang),
      count: asker.count.toLocaleString(document.documentElement.lang),
      each: Math.round(kilobytes / asker.count),
    });
  }

  async function open() {
    fault.hidden = true;
    if (!window.isSecureContext) return complain("insecure");
    if (!navigator.mediaDevices?.getUserMedia) return complain("unsupported");
    isWanted = true;
    start.hidden = true;
    stop.hidden = false;
    tell(words("starting"));
    const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 960 } };
    let opened;
    try {
      opened = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    } catch (error) {
      close();
      tell("");
      return complain(FAULTS[error.name] ?? "failed");
    }
    if (!isWanted || document.hidden || stream) { // stopped, or put aside, meanwhile
      opened.getTracks().forEach((track) => track.stop());
      return undefined;
    }
    stream = opened;
    stream.getVideoTracks()[0].addEventListener("ended", () => {
      close();
      tell("");
      complain("ended");
    });
    video.srcObject = stream;
    sight.hidden = false;
    judge.forget();
    last = "";
    await video.play().catch(() => {}); // put aside again while it began
    look();
    return undefined;
  }

  /** Give the camera back. */
  function release() {
    clearTimeout(timer);
    asker.stop();
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
    shown.clear();
  }

  function close() {
    isWanted = false;
    release();
    sight.hidden = true;
    start.hidden = false;
    stop.hidden = true;
  }

  function look() {
    clearTimeout(timer);
    if (!stream) return;
    timer = setTimeout(look, TICK_MS);
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const found = judge.judge(video, video.videoWidth, video.videoHeight);
    const isGone = judge.isNew || found === "empty" || found === "dark";
    if (isGone && !asker.isBusy) {
      // On to the next work: what was found lies no more where it was.
      shown.clear();
      last = "";
      misses = againAt = 0;
    }
    if (last === "found") tell(words("found"));
    else if (last === "offline" && !navigator.onLine) tell(words("offline"));
    else if (last === "busy") tell(words("busy", { seconds: Math.ceil(asker.left / 1000) }));
    else if (found !== "good") tell(words(found));
    const isDue = performance.now() >= againAt && (last !== "found" || judge.hasDrifted);
    if (found === "good" && isDue && asker.isReady) ask();
  }

  async function ask() {
    judge.noteAsked();
    if (!last) tell(words("asking"));
    const { kind, answer, frame, reason } = await asker.ask(video);
    count();
    if (!stream || kind === "stopped") return;
    last = kind;
    if (kind === "answered") show(answer, frame);
    else if (kind === "offline") tell(words("offline"));
    else if (kind === "refused") tell(words("refused", { reason }));
  }

  function show({ verdict, works, advice }, frame) {
    last = works.length ? "found" : verdict;
    if (!works.length) {
      shown.clear();
      againAt = performance.now() + AGAIN_MS[Math.min(misses, AGAIN_MS.length - 1)];
      misses += 1;
      tell(advice ?? words(verdict));
      return;
    }
    againAt = performance.now() + FOLLOW_MS;
    // Over another picture the labels would be wrong; the list is right all the same.
    if (!judge.isNew) shown.lay(works);
    if (shown.take(works, frame)) {
      const named = works.map(({ title, by }) => `${title}, ${by}`).join("; ");
      speak(words("named", { works: named }));
    }
  }

  async function keep(seen) {
    const { work, frame } = seen;
    const { kind, answer } = await asker.send(root.dataset.kept, { photo: frame, work: work.accession });
    if (kind !== "answered") {
      speak(words("not_kept"));
      complain("not_kept");
      return;
    }
    kept += 1;
    count();
    speak(words("kept"));
    shown.showKept(seen, answer.answer).focus();
  }

  start.addEventListener("click", open);
  stop.addEventListener("click", () => {
    close();
    tell("");
    start.focus();
  });
  document.addEventListener("visibilitychange", () => {
    if (!isWanted) return;
    if (document.hidden) {
      release();
      tell(words("paused"));
    } else open();
  });
  window.addEventListener("pagehide", release);
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted && isWanted) open();
  });
  window.addEventListener("online", () => asker.hurry());

  document.querySelector("[data-without]").hidden = true;
  root.hidden = false;
  if (!window.isSecureContext) complain("insecure");
  else if (!navigator.mediaDevices?.getUserMedia) complain("unsupported");
  start.disabled = !fault.hidden;
}
