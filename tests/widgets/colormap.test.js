import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cssColor,
  cssGradient,
  indexer,
  pack,
  relevanceTable,
} from "../../lrp_widgets/widgets/shared/colormap.js";

test("zero of a symmetric scale is entry 128, the limits are 1 and 255", () => {
  const index = indexer({ low: -2, high: 2 });
  assert.deepEqual([-2, 0, 2].map(index), [1, 128, 255]);
});

test("equal distances from zero get equally distant entries", () => {
  const index = indexer({ low: -1, high: 1 });
  for (const value of [0.01, 0.3, 0.7001, 0.99]) {
    assert.ok(Math.abs(index(value) + index(-value) - 256) <= 1, String(value));
  }
});

test("what lies beyond the limits gets the limits' colours", () => {
  const index = indexer({ low: 0, high: 10 });
  assert.deepEqual([-5, 0, 10, 1e30].map(index), [1, 1, 255, 255]);
});

test("a map of equal values is all middle", () => {
  assert.deepEqual([3, 3].map(indexer({ low: 3, high: 3 })), [128, 128]);
});

test("a table's bytes become opaque pixels, red in the lowest byte", () => {
  const bytes = Uint8Array.from({ length: 768 }, (_, i) => i % 256);
  const table = relevanceTable(bytes);
  assert.equal(table.length, 256);
  assert.equal(table[1], pack(3, 4, 5));
  assert.equal(table[1], 0xff050403);
  assert.equal(cssColor(table[1]), "rgb(3 4 5)");
});

test("a gradient runs from the lower limit's colour to the upper one's", () => {
  const table = Uint32Array.from({ length: 256 }, (_, i) => pack(i, i, i));
  const gradient = cssGradient(table);
  assert.ok(gradient.startsWith("linear-gradient(90deg, rgb(1 1 1), "));
  assert.ok(gradient.endsWith("rgb(255 255 255))"));
});
