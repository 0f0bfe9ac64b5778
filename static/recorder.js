// Audio recorded in the browser, put into the form as if it were a file.

const form = document.querySelector("[data-recorder]");
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const MOST_SECONDS = 3600;

function asTime(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

function offer() {
  const file = form.querySelector('[type="file"]');
  const button = form.querySelector("[data-record]");
  const status = form.querySelector("[data-recorder-status]");
  const player = form.querySelector("[data-recorded]");
  const start = button.textContent;
  let recorder = null;

  function say(words, seconds) {
    status.textContent = words.replace("{time}", asTime(seconds));
  }

  function ended(chunks, kind, seconds) {
    const name = `recording.${kind.includes("mp4") ? "m4a" : kind.includes("ogg") ? "ogg" : "webm"}`;
    const recorded = new File(chunks, name, { type: kind });
    const transfer = new DataTransfer();
    transfer.items.add(recorded);
    file.files = transfer.files;
    if (player.src) URL.revokeObjectURL(player.src);
    player.src = URL.createObjectURL(recorded);
    player.hidden = false;
    say(status.dataset.done, seconds);
  }

  async function begin() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      status.textContent = form.dataset.refused;
      return;
    }
    const kind = KINDS.find((one) => MediaRecorder.isTypeSupported(one));
    recorder = new MediaRecorder(stream, kind ? { mimeType: kind } : {});
    const chunks = [];
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1000;
    const clock = setInterval(() => {
      say(status.dataset.running, seconds());
      if (seconds() > MOST_SECONDS) recorder.stop();
    }, 1000);
    recorder.addEventListener("dataavailable", (event) => chunks.push(event.data));
    recorder.addEventListener("stop", () => {
      clearInterval(clock);
      for (const track of stream.getTracks()) track.stop();
      button.textContent = start;
      button.setAttribute("aria-pressed", "false");
      ended(chunks, recorder.mimeType, seconds());
      recorder = null;
    });
    recorder.start(1000);
    button.textContent = button.dataset.stop;
    button.setAttribute("aria-pressed", "true");
    say(status.dataset.running, 0);
  }

  form.querySelector("[data-recorder-tools]").hidden = false;
  button.addEventListener("click", () => (recorder ? recorder.stop() : begin()));
}

// Without https browsers give no microphone; the file field is there all the same.
if (form && navigator.mediaDevices && window.MediaRecorder) offer();
