/** A unit's place in words: "row 3, column 4, channel 7", or "unit 12". */
export function placeText(index) {
  if (index.length < 3) return index.length === 1 ? `unit ${index[0]}` : `row ${index[0]}, column ${index[1]}`;
  const [row, column] = index;
  return `row ${row}, column ${column}, channel ${index[index.length - 1]}`;
}

/** The same in few letters, for buttons: "(3, 4) ch 7". */
export function placeInShort(index) {
  if (index.length < 3) return placeText(index);
  return `(${index.slice(0, -1).join(", ")}) ch ${index[index.length - 1]}`;
}

/** By this the same unit is found in grids, tables and equations. */
export function termKey(source, index) {
  return `${source}:${index.join(",")}`;
}

/** Those that are not listed, in words: "573 more inputs". */
export function moreText(count, what) {
  return `${count.toLocaleString("en")} more ${what}${count === 1 ? "" : "s"}`;
}
