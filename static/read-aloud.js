// Texts read aloud by the browser's own voice, where it has one of their language.

const speech = window.speechSynthesis;
const buttons = [...document.querySelectorAll("[data-read-aloud]")];
let reading = null;

/** Return the browser's voice for a language: of the same country, or of any. */
function voiceFor(language) {
  const wanted = language.toLowerCase();
  const [code] = wanted.split("-");
  const tagged = speech.getVoices().map((voice) => [voice, voice.lang.replaceAll("_", "-").toLowerCase()]);
  const found = tagged.find(([, tag]) => tag === wanted) ?? tagged.find(([, tag]) => tag.split("-")[0] === code);
  return found?.[0];
}

/** Show the buttons for whose texts there is a voice; voices may come late. */
function offer() {
  for (const button of buttons) button.hidden = !voiceFor(button.dataset.language);
}

function label(button, isReading) {
  const words = button.querySelector("span");
  button.dataset.start ??= words.textContent;
  words.textContent = isReading ? button.dataset.stop : button.dataset.start;
  button.setAttribute("aria-pressed", String(isReading));
}

function stop() {
  speech.cancel();
  if (reading) label(reading, false);
  reading = null;
}

/** Read a text by its paragraphs: browsers break off in long ones. */
function read(button) {
  const text = document.getElementById(button.dataset.readAloud);
  const parts = [...text.querySelectorAll("p, li:not(:has(p))")];
  const voice = voiceFor(button.dataset.language);
  const spoken = (parts.length ? parts : [text]).map((part) => new SpeechSynthesisUtterance(part.textContent));
  for (const utterance of spoken) {
    utterance.voice = voice;
    utterance.lang = button.dataset.language;
    speech.speak(utterance);
  }
  reading = button;
  label(button, true);
  spoken.at(-1).addEventListener("end", () => {
    if (reading === button) stop();
  });
}

if (speech && buttons.length) {
  offer();
  speech.addEventListener("voiceschanged", offer);
  window.addEventListener("pagehide", stop);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const isThis = reading === button;
      stop();
      if (!isThis) read(button);
    });
  }
}
