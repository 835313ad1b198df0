import assert from "node:assert/strict";
import { test } from "node:test";
import {
  nextPlace,
  outputsOver,
  windowUnder,
} from "../../lrp_widgets/widgets/stepper/window_slide.js";

const below = { rows: 7, columns: 9 };
const slides = [
  { strides: [1, 1], first: [-1, -1], span: [3, 3], outputs: { rows: 7, columns: 9 } },
  { strides: [2, 2], first: [0, 0], span: [2, 2], outputs: { rows: 3, columns: 4 } },
  { strides: [3, 2], first: [-2, -1], span: [5, 3], outputs: { rows: 3, columns: 5 } },
  { strides: [4, 4], first: [0, 0], span: [2, 1], outputs: { rows: 2, columns: 3 } }, // with gaps
];
const cells = ({ rows, columns }) =>
  Array.from({ length: rows * columns }, (_, i) => ({
    row: Math.floor(i / columns),
    column: i % columns,
  }));
const holds = (box, { row, column }) =>
  box !== null &&
  row >= box.row &&
  row < box.row + box.high &&
  column >= box.column &&
  column < box.column + box.wide;

for (const slide of slides) {
  test(`a window of ${slide.span} in steps of ${slide.strides} reads what feeds it`, () => {
    for (const output of cells(slide.outputs)) {
      const window = windowUnder(slide, output, below);
      for (const cell of cells(below)) {
        const by = (axis, place, from) =>
          place >= from * slide.strides[axis] + slide.first[axis] &&
          place < from * slide.strides[axis] + slide.first[axis] + slide.span[axis];
        const reads = by(0, cell.row, output.row) && by(1, cell.column, output.column);
        assert.equal(holds(window, cell), reads);
        assert.equal(holds(outputsOver(slide, cell, slide.outputs), output), reads);
      }
    }
  });
}

test("a playing window goes row by row and begins again", () => {
  let at = { row: 0, column: 0 };
  const seen = [];
  for (let i = 0; i < 6; i++) {
    seen.push(at);
    at = nextPlace(at, { rows: 2, columns: 3 });
  }
  assert.deepEqual(seen, cells({ rows: 2, columns: 3 }));
  assert.deepEqual(at, { row: 0, column: 0 });
});

test("large maps are crossed in leaps", () => {
  assert.deepEqual(nextPlace({ row: 0, column: 0 }, { rows: 224, columns: 224 }), {
    row: 0,
    column: 8,
  });
});
