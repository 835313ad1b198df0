// Where a cell of a map lies, in words: a picture has rows and columns, a signal moments, a volume
// layers of rows and columns, which are drawn below one another.

const WORDS = { 2: ["moment"], 4: ["layer", "row", "column"] };

/** The words and numbers of the cell `index` of a map: [["row", 3], ["column", 4]].
 *
 *  @param {number[]} shape of the layer, channels last
 *  @param {number} columns of its map
 *  @param {number} index
 *  @returns {[string, number][]} */
export function placeWords(shape, columns, index) {
  const row = Math.floor(index / columns);
  const rows = shape.length === 4 ? shape[1] : Number.POSITIVE_INFINITY;
  const numbers = { layer: Math.floor(row / rows), row, column: index % columns, moment: index };
  if (shape.length === 4) numbers.row = row % rows;
  return (WORDS[shape.length] ?? ["row", "column"]).map((word) => [word, numbers[word]]);
}
