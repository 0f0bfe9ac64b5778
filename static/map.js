// The map of the collection: puts its parts together.
//
// Without this, or without WebGL, the same works are a list, in the map's order.

import { Camera } from "./map-camera.js";
import { Card } from "./map-card.js";
import { Gestures } from "./map-gestures.js";
import { groupsBy, yearName } from "./map-groups.js";
import { WorkList } from "./map-list.js";
import { makePainter } from "./map-painter.js";
import { Places } from "./map-places.js";
import { Sheets } from "./map-sheets.js";
import { words } from "./words.js";

const FINE_FROM_PX = 22;
const LIST_AFTER_MS = 350;
const LEAST_RING_PX = 12;
const DIMMED = 40;
const MOST_DENSITY = 2;
const ZOOM = 1.6;

const section = document.querySelector("[data-map]");
const find = (name) => section.querySelector(`[data-${name}]`);
const { dataset } = section;
const stage = find("stage");
const canvas = stage.querySelector("canvas");
const legend = find("legend");
const lassoButton = find("lasso-toggle");
const clearButton = find("clear");
const polygon = stage.querySelector("polygon");
const grids = JSON.parse(dataset.grids);

let places, camera, painter, sheets, card, gestures, list, labels;
let grouped = null;
let highlighted = -1; // the group that stands out; -1: all do
let selection = null; // the works inside the lasso
let wall = [0, 0, 0];
let isScheduled = false;

async function start() {
  const answer = await fetch(dataset.places);
  if (!answer.ok) return;
  places = new Places(await answer.arrayBuffer());
  painter = makePainter(canvas, places, grids);
  if (!painter) return;
  section.hidden = false;
  document.querySelector("[data-without]").hidden = true;
  camera = new Camera(places, changed);
  card = new Card(stage, (work) => dataset.picture.replace("/0.jpg", `/${work}.jpg`));
  gestures = new Gestures(canvas, camera, { point, tap, lasso, escape: clear });
  list = new WorkList(document.querySelector("[data-name]"), {
    work: mark, outdated: () => location.reload(),
  });
  sheets = new Sheets(addressOf, painter, schedule);
  seeScheme();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", seeScheme);
  new ResizeObserver(fit).observe(stage);
  fit();
  listen();
  await sheets.fetchCoarse(Math.ceil(places.count / grids.coarse.cells));
  await fetchLabels();
}

function addressOf(level, number) {
  return dataset.sheets.replace("coarse-0", `${level}-${number}`);
}

async function fetchLabels() {
  const answer = await fetch(dataset.labels);
  if (!answer.ok) return;
  labels = await answer.json();
  find("colour").disabled = false;
  colour(find("colour").value);
}

function listen() {
  const buttons = { in: () => camera.glideZoom(ZOOM), out: () => camera.glideZoom(1 / ZOOM) };
  buttons.whole = () => camera.glideHome();
  for (const [name, act] of Object.entries(buttons)) find(`zoom-${name}`).addEventListener("click", act);
  find("colour").addEventListener("change", ({ target }) => colour(target.value));
  lassoButton.addEventListener("click", () => switchLasso(!gestures.isLasso));
  clearButton.addEventListener("click", clear);
  canvas.addEventListener("webglcontextlost", () => {
    section.hidden = true;
    document.querySelector("[data-without]").hidden = false;
  });
}

function fit() {
  const density = Math.min(window.devicePixelRatio, MOST_DENSITY);
  const { clientWidth, clientHeight } = stage;
  canvas.width = Math.max(1, Math.round(clientWidth * density));
  canvas.height = Math.max(1, Math.round(clientHeight * density));
  camera.resize(clientWidth, clientHeight);
}

/** Read the wall's colour, which follows the reader's system. */
function seeScheme() {
  const numbers = getComputedStyle(stage).backgroundColor.match(/[\d.]+/g);
  wall = numbers.slice(0, 3).map((number) => number / 255);
  schedule();
}

/** Something else is in view. */
function changed() {
  mark(-1);
  if (selection === null) listSoon();
  schedule();
}

function schedule() {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(() => {
    isScheduled = false;
    paint();
  });
}

function paint() {
  const blocks = blocksInView();
  const fine = camera.scale >= FINE_FROM_PX;
  sheets.want(fine ? blocks : []);
  painter.draw(camera, { wall, coloured: grouped !== null, fine }, blocks);
  if (painter.sheets.coarse.size > 0 && !stage.dataset.drawn) {
    stage.dataset.drawn = "";
    performance.mark("map-drawn");
  }
}

/** Return the numbers of the blocks in view, those nearest to the middle first. */
function blocksInView() {
  const { left, top, right, bottom } = camera.box;
  const each = grids.fine.cells;
  blocksInView.boxes ??= Array.from(
    { length: Math.ceil(places.count / each) },
    (_, number) => places.boxOf(number * each, Math.min((number + 1) * each, places.count)),
  );
  const apart = (value, low, high) => Math.max(low - value, 0, value - high);
  return blocksInView.boxes
    .map((box, number) => ({ box, number }))
    .filter(({ box }) => (
      box.left < right && box.right > left && box.top < bottom && box.bottom > top
    ))
    .map(({ box, number }) => [
      Math.hypot(apart(camera.x, box.left, box.right), apart(camera.y, box.top, box.bottom)),
      number,
    ])
    .sort(([a], [b]) => a - b)
    .map(([, number]) => number);
}

// Pointing

function labelOf(work) {
  const { title, artist, artists, year, accession } = labels;
  return {
    title: title[work] || words("untitled"),
    by: [artists[artist[work]], year[work] && yearName(year[work])].filter(Boolean).join(", "),
    address: dataset.work.replace("ACCESSION", encodeURIComponent(accession[work]).replaceAll("%2F", "/")),
  };
}

function workAt(at) {
  return at && labels ? places.at(...camera.toMap(...at)) : -1;
}

function point(at) {
  const work = workAt(at);
  mark(work);
  canvas.classList.toggle("on-work", work >= 0);
  if (work >= 0) card.show(work, labelOf(work), at);
  else card.hide();
}

function tap(at, { pointerType }) {
  const work = workAt(at);
  if (work < 0) {
    point(null);
  } else if (pointerType === "mouse") {
    location.assign(labelOf(work).address);
  } else {
    mark(work);
    card.show(work, labelOf(work), null);
  }
}

/** Put a ring around a work. */
function mark(work) {
  if (work < 0) {
    card.mark(null);
    if (card.work >= 0) card.hide();
    return;
  }
  const size = places.size(work).map((side) => Math.max(side * camera.scale, LEAST_RING_PX));
  card.mark(camera.toWindow(places.x(work), places.y(work)), size);
}

// The list

function listSoon() {
  clearTimeout(listSoon.waiting);
  listSoon.waiting = setTimeout(() => {
    if (selection === null) list.show(words("in_view"), places.inside(camera.box));
  }, LIST_AFTER_MS);
}

// The lasso

function switchLasso(isOn) {
  gestures.isLasso = isOn;
  lassoButton.setAttribute("aria-pressed", String(isOn));
  stage.classList.toggle("drawing", isOn);
  if (!isOn) lasso([], false);
}

function lasso(line, isFinished) {
  polygon.setAttribute("points", line.map((point) => point.join()).join(" "));
  if (!isFinished) return;
  polygon.setAttribute("points", "");
  switchLasso(false);
  if (line.length < 3) return;
  select(places.within(line.map((point) => camera.toMap(...point))));
}

function select(works) {
  selection = works;
  clearButton.hidden = false;
  tint();
  list.show(words("in_lasso"), works);
}

function clear() {
  switchLasso(false);
  point(null);
  if (selection === null) return;
  selection = null;
  if (document.activeElement === clearButton) canvas.focus();
  clearButton.hidden = true;
  tint();
  listSoon();
}

// Colours

function colour(how) {
  grouped = how ? groupsBy(how, labels, places) : null;
  highlighted = -1;
  tint();
  showLegend();
}

/** Colour the works by their groups, and dim those that do not stand out. */
function tint() {
  const bytes = new Uint8Array(4 * places.count).fill(255);
  const chosen = selection && new Set(selection);
  for (let work = 0; work < places.count; work += 1) {
    const group = grouped?.of[work];
    if (grouped) bytes.set(grouped.groups[group].colour, 4 * work);
    const standsOut = highlighted < 0 || group === highlighted;
    if (!standsOut || (chosen && !chosen.has(work))) bytes[4 * work + 3] = DIMMED;
  }
  painter.tint(bytes);
  schedule();
}

function showLegend() {
  legend.hidden = grouped === null;
  legend.replaceChildren(...(grouped?.groups ?? []).map(({ name, colour: rgb, count }, number) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    const patch = document.createElement("span");
    patch.className = "patch";
    patch.style.setProperty("background-color", `rgb(${rgb.join()})`);
    const works = document.createElement("span");
    works.className = "works";
    works.textContent = count.toLocaleString(document.documentElement.lang);
    button.append(patch, `${name} `, works);
    button.addEventListener("click", () => highlight(number));
    const entry = document.createElement("li");
    entry.append(button);
    return entry;
  }));
}

function highlight(number) {
  highlighted = highlighted === number ? -1 : number;
  for (const [other, button] of legend.querySelectorAll("button").entries()) {
    button.setAttribute("aria-pressed", String(other === highlighted));
  }
  tint();
}

start();
