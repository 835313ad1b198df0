import assert from "node:assert/strict";
import { test } from "node:test";
import { shade, writer } from "../../lrp_widgets/widgets/shared/number_grid.js";

const written = (values, key) => {
  const { factor, write } = writer(values, key);
  return [factor, ...values.map(write)];
};

test("a column has one number of decimals, and zero is plain", () => {
  assert.deepEqual(written([1.5, -0.25, 0, 1e-9], "x"), ["", "1.50", "−0.25", "0", "0"]);
  assert.deepEqual(written([150, -25], "w"), ["", "150", "−25"]);
});

test("small and large columns share a power of ten", () => {
  assert.deepEqual(written([1.5e-5, -2e-6], "x"), ["×10⁻⁵", "1.50", "−0.20"]);
  assert.deepEqual(written([25000, 1000], "x"), ["×10⁴", "2.50", "0.10"]);
});

test("relevance has its sign written; shares are percentages", () => {
  assert.deepEqual(written([0.5, -0.5, 0], "relevance"), ["", "+0.500", "−0.500", "0"]);
  assert.deepEqual(written([0.123, -0.5], "share"), ["", "12.3", "−50.0"]);
});

test("a cell's colour is as strong as its share of the strongest", () => {
  assert.equal(shade("x", 2, 2), "rgb(29 37 48 / 0.500)");
  assert.equal(shade("w", -1, 2), "rgb(140 81 10 / 0.250)");
  assert.equal(shade("w", 1, 0), "rgb(0 121 107 / 0.000)");
});
