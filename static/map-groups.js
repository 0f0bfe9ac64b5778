// Groups of works that share a colour: by school, by artist, by century.
//
// Middle tones, each at least three times as light or dark as the wall, by day and by
// night. The colour is never all: the legend names it, and so does each work's label.

import { words } from "./words.js";

const COLOURS = [
  [190, 75, 40], [40, 115, 180], [40, 130, 80], [155, 85, 190], [165, 105, 10],
  [15, 130, 135], [200, 60, 110], [100, 115, 30],
];
/** From the oldest to the newest, so that neighbours in time are neighbours in hue. */
const AGES = [
  [155, 82, 185], [85, 105, 205], [20, 120, 170], [20, 130, 115], [70, 125, 45],
  [150, 110, 10], [190, 85, 25], [190, 55, 70],
];
const OTHERS = [122, 116, 108];
const CENTURY = 100;

/**
 * Sort works into groups.
 *
 * @param how "school", "artist" or "date"
 * @return of each group name, colour and count, and for each work the number of its group
 */
export function groupsBy(how, labels, places) {
  const keys = how === "date" ? centuries(labels.year) : labels[how];
  const counts = new Map();
  for (let work = 0; work < places.count; work += 1) {
    if (places.isShown(work)) counts.set(keys[work], (counts.get(keys[work]) ?? 0) + 1);
  }
  const unknown = how === "date" ? null : 0;
  const known = [...counts.keys()].filter((key) => key !== unknown);
  const colours = how === "date" ? AGES : COLOURS;
  const chosen = known
    .sort((a, b) => counts.get(b) - counts.get(a) || a - b)
    .slice(0, colours.length);
  if (how === "date") chosen.sort((a, b) => a - b);
  const nameOf = (key) => how === "date" ? centuryName(key) : labels[`${how}s`][key];
  const groups = chosen.map((key, number) => (
    { name: nameOf(key), colour: colours[number], count: counts.get(key) }
  ));
  const numbers = new Map(chosen.map((key, number) => [key, number]));
  const rest = known.slice(colours.length);
  const add = (name, members) => {
    const count = members.reduce((sum, key) => sum + counts.get(key), 0);
    if (count === 0) return;
    for (const key of members) numbers.set(key, groups.length);
    groups.push({ name, colour: OTHERS, count });
  };
  add(words("others"), rest);
  add(words(`no_${how}`), counts.has(unknown) ? [unknown] : []);
  const of = Uint8Array.from({ length: places.count }, (_, work) => numbers.get(keys[work]) ?? 0);
  return { groups, of };
}

/** Name a year, negative before Christ; so are the first years of centuries. */
export function yearName(year) {
  return year < 0 ? words("before_christ", { year: -year }) : String(year);
}

function centuryName(first) {
  if (first < 0) return words("before_christ", { year: `${-first}–${1 - first - CENTURY}` });
  return `${first || 1}–${first + CENTURY - 1}`;
}

function centuries(years) {
  return years.map((year) => (year === null ? null : Math.floor(year / CENTURY) * CENTURY));
}
