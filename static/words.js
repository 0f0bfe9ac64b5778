// What the scripts say, in the language of the page that they run in.

const source = document.querySelector("[data-words]");
const sentences = source ? JSON.parse(source.textContent) : {};

/** Return a sentence by its name, with {values} filled in. */
export function words(name, values = {}) {
  return sentences[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}
