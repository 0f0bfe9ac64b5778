// Where this site is: the path of its first page, which is "/", or a prefix such as
// "/search/" below which a museum has it.

export const ROOT = document.body.dataset.root;

/** What the names of things kept in the browser begin with: a host has one room for all
 * sites on it. */
export const SPACE = ROOT === "/" ? "" : ROOT;
