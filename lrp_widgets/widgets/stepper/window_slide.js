// Where a window lies that slides over rows and columns, as networks.receptive_fields.Sliding has it.

/** The cells of the layer below that an output reads: {row, column, high, wide}, padding left out. */
export function windowUnder(slide, cell, below) {
  const span = (axis, place, length) => {
    const from = place * slide.strides[axis] + slide.first[axis];
    return clipSpan(from, from + slide.span[axis] - 1, length);
  };
  return spanBox(span(0, cell.row, below.rows), span(1, cell.column, below.columns));
}

/** The outputs whose windows hold a cell of the layer below. */
export function outputsOver(slide, cell, outputs) {
  const span = (axis, place, length) => {
    const ahead = place - slide.first[axis];
    return clipSpan(
      Math.ceil((ahead - slide.span[axis] + 1) / slide.strides[axis]),
      Math.floor(ahead / slide.strides[axis]),
      length,
    );
  };
  return spanBox(span(0, cell.row, outputs.rows), span(1, cell.column, outputs.columns));
}

/** @returns {[number, number]} */
const clipSpan = (first, last, length) => [Math.max(first, 0), Math.min(last, length - 1)];

/** Null where no cell is left, as between windows that are further apart than they are wide. */
function spanBox([top, bottom], [left, right]) {
  if (bottom < top || right < left) return null;
  return { row: top, column: left, high: bottom - top + 1, wide: right - left + 1 };
}

/** The next place of a window that plays over a map, row by row; large maps are crossed in leaps. */
export function nextPlace({ row, column }, { rows, columns }) {
  const leap = Math.max(1, Math.round(Math.max(rows, columns) / 28));
  const next = { row, column: column + leap };
  if (next.column >= columns) Object.assign(next, { row: row + leap, column: 0 });
  if (next.row >= rows) next.row = 0;
  return next;
}
